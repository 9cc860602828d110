/** The script that stores credentials for this tab by scheme name, requests tokens, and adds credentials to requests and code. */

export const AUTHORIZE = String.raw`
const stored = 'riposte credentials ' + described
const credentials = JSON.parse(sessionStorage.getItem(stored) || '{}')
const schemeForms = all('form.scheme')
const schemeOf = (name) => schemeForms.find((form) => form.dataset.scheme === name)
// A path is relative to the URL at which the API is mounted, because a proxy may have added a prefix.
const mounted = new URL(document.body.dataset.root, described).href.replace(/\/$/, '')
const toURL = (reference) => reference.startsWith('/') ? mounted + reference : new URL(reference, described).href

function keep(name, value) {
  if (value === undefined) delete credentials[name]
  else credentials[name] = value
  sessionStorage.setItem(stored, JSON.stringify(credentials))
  showCredentials()
}

// Escapes text for single quotes in a shell or in JavaScript.
const quoteForShell = (text) => text.replaceAll("'", "'\\''")
const quoteForScript = (text) => text.replace(/[\\'\n\r]/g, (character) => ({ '\n': '\\n', '\r': '\\r' })[character] ?? '\\' + character)

function showCredentials() {
  for (const blank of all('.credential')) {
    const quote = blank.closest('.curl') ? quoteForShell : quoteForScript
    blank.textContent = quote(credentials[blank.dataset.scheme] ?? blank.dataset.blank)
  }
  for (const form of schemeForms) {
    const isKnown = credentials[form.dataset.scheme] !== undefined
    form.querySelector('.forget').hidden = !isKnown
    form.querySelector('output').textContent = isKnown ? 'Requests are sent with these credentials' : ''
  }
  for (const form of all('form.send.touched')) showCode(form)
}

async function fetchToken({ tokenUrl, grant }, fields) {
  const body = new URLSearchParams({ grant_type: grant })
  for (const [name, value] of Object.entries(fields)) if (name !== 'token' && value !== '') body.append(name, value)
  const response = await fetch(toURL(tokenUrl), { method: 'POST', body })
  const content = await response.json().catch(() => ({}))
  if (typeof content.access_token !== 'string') throw new Error(response.status + ' ' + (content.error_description ?? content.detail ?? content.error ?? ''))
  return content.access_token
}

function toBase64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

for (const form of schemeForms) {
  const { scheme, kind, tokenUrl } = form.dataset
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const fields = Object.fromEntries(new FormData(form))
    try {
      if (kind === 'basic') keep(scheme, toBase64(fields.username + ':' + fields.password))
      else if (fields.token || !tokenUrl) keep(scheme, fields.token || undefined)
      else keep(scheme, await fetchToken(form.dataset, fields))
    } catch (error) {
      form.querySelector('output').textContent = 'No token: ' + error.message
    }
  })
  form.querySelector('.forget').addEventListener('click', () => { form.reset(); keep(scheme, undefined) })
}

// Uses the first requirement whose credentials are known. Code has placeholders for unknown credentials.
function authorizeRequest(security, request, inCode) {
  const isKnown = (requirement) => Object.keys(requirement).every((name) => credentials[name] !== undefined)
  const requirement = security.find(isKnown) ?? (inCode ? security[0] : {})
  for (const name of Object.keys(requirement ?? {})) {
    const form = schemeOf(name)
    if (!form) continue
    const { kind, in: location, name: parameter } = form.dataset
    const value = credentials[name] ?? (kind === 'basic' ? '<base64>' : kind === 'key' ? '<key>' : '<token>')
    if (kind === 'basic') request.headers.push(['Authorization', 'Basic ' + value])
    else if (kind === 'bearer') request.headers.push(['Authorization', 'Bearer ' + value])
    else if (location === 'header') request.headers.push([parameter, value])
    else if (location === 'query') request.query.push([parameter, value])
    else request.cookies.push([parameter, value])
  }
}
`
