/** What the page does beyond showing: it can be filtered, copied from, and knows where the API is. Without scripts all can still be read. */

export const SCRIPT = `
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
filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(/\\s+/)
  for (const card of cards) {
    const hidden = !words.every((word) => card.dataset.words.includes(word))
    card.hidden = linkOf(card).hidden = hidden
  }
  for (const group of all('main > .group:not(#models), nav > section')) {
    group.hidden = !group.querySelector('.operation:not([hidden]), a:not(.group):not([hidden])')
  }
})
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target === filter || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  filter.focus()
})

const visible = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) linkOf(target).classList.toggle('seen', isIntersecting)
}, { rootMargin: '-10% 0px -70% 0px' })
for (const card of cards) visible.observe(card)
`
