/** The script for browsing the page: theme, servers, filter, folding, deep links, copying. */

export const BROWSE = String.raw`
const all = (selector) => [...document.querySelectorAll(selector)]
const root = document.documentElement
root.classList.add('scripted')

const theme = document.querySelector('.theme')
const THEMES = { '': '◐ Auto', light: '☀ Light', dark: '☾ Dark' }
function setTheme(value) {
  root.dataset.theme = value
  theme.textContent = THEMES[value] ?? THEMES['']
  theme.setAttribute('aria-label', 'Theme: ' + (value || 'of the system'))
  try { localStorage.setItem('riposte theme', value) } catch {}
}
setTheme(root.dataset.theme ?? '')
theme.hidden = false
theme.addEventListener('click', () => {
  const names = Object.keys(THEMES)
  setTheme(names[(names.indexOf(root.dataset.theme) + 1) % names.length])
})

// The URL of the selected server. An operation may have its own servers, in the same order.
const described = document.querySelector('link[rel=service-desc]').href
const server = document.querySelector('#server')
function baseOf(place) {
  const own = place.closest('details[data-servers]:not([data-servers=""])')
  const urls = JSON.parse((own ?? document.body).dataset.servers)
  return new URL(urls[server?.value ?? 0] ?? urls[0], described).href.replace(/\/$/, '')
}
function showBases() {
  for (const place of all('.base')) place.textContent = baseOf(place)
}
showBases()
server?.addEventListener('change', () => {
  showBases()
  for (const form of all('form.send.touched')) showCode(form)
})

for (const figure of all('figure')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    const shown = [...figure.querySelectorAll('pre')].find((pre) => pre.offsetParent !== null)
    await navigator.clipboard.writeText(shown.textContent)
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 1500)
  })
  if (navigator.clipboard) figure.querySelector('figcaption').append(button)
}
// Selects the language for the whole page.
for (const radio of all('.tabs input')) radio.addEventListener('change', () => {
  for (const other of all('.tabs input[value=' + radio.value + ']')) other.checked = true
})

const cards = all('.operation')
const filter = document.querySelector('nav input')
const linkOf = (card) => document.querySelector('nav section a[href="#' + CSS.escape(card.id) + '"]')
filter.hidden = false
for (const details of all('.try, .authorize')) details.hidden = false
filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(/\s+/)
  for (const card of all('.operation, .model')) {
    card.hidden = !words.every((word) => card.dataset.words.includes(word))
    const link = linkOf(card)
    if (link) link.hidden = card.hidden
  }
  for (const group of all('main > .group, nav section')) {
    group.hidden = !group.querySelector(':scope > .operation:not([hidden]), .model:not([hidden]), :scope > a:not(.group):not([hidden])')
  }
})
function clearFilter() {
  filter.value = ''
  filter.dispatchEvent(new Event('input'))
}
filter.addEventListener('keydown', (event) => { if (event.key === 'Escape') clearFilter() })
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.matches('input, textarea, select') || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  list.open = true
  filter.focus()
})

// Shows the target of a link, even if it is folded or filtered out.
function visit() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target) return
  if (target.hidden || target.closest('[hidden]')) clearFilter()
  if (target.matches('details')) target.open = true
  target.scrollIntoView()
}
addEventListener('hashchange', visit)
for (const link of all('a[href^="#"]')) link.addEventListener('click', () => { if (link.hash === location.hash) visit() })

const fold = document.querySelector('.fold')
const showFold = () => { fold.textContent = cards.some((card) => card.open) ? 'Fold all' : 'Unfold all' }
fold.hidden = false
fold.addEventListener('click', () => {
  const open = !cards.some((card) => card.open)
  for (const card of all('.operation, .model')) card.open = open
})
for (const card of cards) card.addEventListener('toggle', showFold)
showFold()

const visible = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) linkOf(target)?.classList.toggle('seen', isIntersecting && target.open)
}, { rootMargin: '-10% 0px -70% 0px' })
for (const card of cards) visible.observe(card)

// On a narrow screen, the list is a menu that opens and closes.
const list = document.querySelector('nav .operations')
const isNarrow = matchMedia('(max-width: 50rem)')
const foldList = () => { list.open = !isNarrow.matches }
isNarrow.addEventListener('change', foldList)
foldList()
list.addEventListener('click', (event) => { if (isNarrow.matches && event.target.closest('a')) list.open = false })
addEventListener('keydown', (event) => { if (event.key === 'Escape' && isNarrow.matches) list.open = false })
visit()
`
