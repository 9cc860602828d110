/** What the page does beyond showing: it can be filtered, copied from, and knows where the API is. Without scripts all can still be read. */

import { SEND } from './send-script.ts'

const BROWSE = `
const all = (selector) => [...document.querySelectorAll(selector)]

const described = document.querySelector('link[rel=service-desc]').href
const base = new URL(document.body.dataset.base || '.', described).href.replace(/\\/$/, '')
for (const place of all('.base')) place.textContent = base

for (const figure of all('figure')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(figure.querySelector('pre').textContent)
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 1500)
  })
  if (navigator.clipboard) figure.querySelector('figcaption').append(button)
}

const filter = document.querySelector('nav input')
const cards = all('.operation')
const linkOf = (card) => document.querySelector('nav a[href="#' + CSS.escape(card.id) + '"]')
filter.hidden = false
for (const details of all('.try')) details.hidden = false
filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(/\\s+/)
  for (const card of cards) {
    const hidden = !words.every((word) => card.dataset.words.includes(word))
    card.hidden = linkOf(card).hidden = hidden
  }
  for (const group of all('main > .group:not(#models), nav section')) {
    group.hidden = !group.querySelector(':scope > .operation:not([hidden]), :scope > a:not(.group):not([hidden])')
  }
})
function clearFilter() {
  filter.value = ''
  filter.dispatchEvent(new Event('input'))
}
filter.addEventListener('keydown', (event) => { if (event.key === 'Escape') clearFilter() })
// A link to what the filter hides would lead nowhere.
addEventListener('hashchange', () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target?.hidden) return
  clearFilter()
  target.scrollIntoView()
})
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.matches('input, textarea, select') || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  filter.focus()
})

const visible = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) linkOf(target).classList.toggle('seen', isIntersecting)
}, { rootMargin: '-10% 0px -70% 0px' })
for (const card of cards) visible.observe(card)
// On a narrow screen the list is folded until it is asked for.
const list = document.querySelector('nav .operations')
if (matchMedia('(max-width: 50rem)').matches) {
  list.open = false
  list.addEventListener('click', (event) => { if (event.target.closest('a')) list.open = false })
  filter.addEventListener('input', () => { list.open = true })
}
`

export const SCRIPT = BROWSE + SEND
