/** What the page does with its forms: it keeps credentials for this tab, sends operations, and shows what comes while it comes. */

export const SEND = `
// Credentials, by the name of their scheme. They last as long as the tab.
const stored = 'riposte credentials ' + described
const credentials = JSON.parse(sessionStorage.getItem(stored) || '{}')
const schemeForms = all('form.scheme')
const schemeOf = (name) => schemeForms.find((form) => form.dataset.scheme === name)
const toURL = (reference) => reference.startsWith('/') ? base + reference : new URL(reference, described).href

function keep(name, value) {
  if (value === undefined) delete credentials[name]
  else credentials[name] = value
  sessionStorage.setItem(stored, JSON.stringify(credentials))
  showCredentials()
}

// The commands stand in single quotes.
const inQuotes = (text) => text.replaceAll("'", "'\\\\''")

function showCredentials() {
  for (const blank of all('.credential')) blank.textContent = inQuotes(credentials[blank.dataset.scheme] ?? blank.dataset.blank)
  for (const form of schemeForms) {
    const isKnown = credentials[form.dataset.scheme] !== undefined
    form.querySelector('.forget').hidden = !isKnown
    form.querySelector('output').textContent = isKnown ? 'Requests are sent with these credentials' : ''
  }
}

async function fetchToken({ tokenUrl, grant }, fields) {
  const body = new URLSearchParams({ grant_type: grant })
  for (const [name, value] of Object.entries(fields)) if (name !== 'token' && value !== '') body.append(name, value)
  const response = await fetch(toURL(tokenUrl), { method: 'POST', body })
  const answer = await response.json().catch(() => ({}))
  if (typeof answer.access_token !== 'string') throw new Error(response.status + ' ' + (answer.error_description ?? answer.detail ?? answer.error ?? ''))
  return answer.access_token
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
const authorize = document.querySelector('#authorize')
if (authorize) authorize.hidden = false
showCredentials()

// The first requirement that can be met, else the first of all.
function authorizeRequest(security, url, headers) {
  const known = security.find((requirement) => Object.keys(requirement).every((name) => credentials[name] !== undefined))
  for (const name of Object.keys(known ?? {})) {
    const { kind, in: location, name: parameter } = schemeOf(name).dataset
    const value = credentials[name]
    if (kind === 'basic') headers.set('authorization', 'Basic ' + value)
    else if (kind === 'bearer') headers.set('authorization', 'Bearer ' + value)
    else if (location === 'header') headers.set(parameter, value)
    else if (location === 'query') url.searchParams.append(parameter, value)
    else setCookie(parameter, value)
  }
}

// A script can't set the Cookie header: the browser sends what it keeps.
function setCookie(name, value) {
  document.cookie = name + '=' + value + '; path=/; samesite=strict'
}

const split = (field) => 'list' in field.dataset ? field.value.split(',').map((item) => item.trim()) : [field.value]
const isGiven = (field) => field.type === 'file' ? field.files.length > 0 : field.value !== '' || field.required

function toBody(fieldset, headers) {
  const type = fieldset.dataset.media
  const fields = [...fieldset.querySelectorAll('[data-in]')]
  if (type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded') {
    const body = type === 'multipart/form-data' ? new FormData() : new URLSearchParams()
    for (const field of fields.filter(isGiven))
      for (const value of field.type === 'file' ? field.files : split(field)) body.append(field.name, value)
    return body
  }
  headers.set('content-type', type)
  return fields[0].type === 'file' ? fields[0].files[0] : fields[0].value
}

function toRequest(form) {
  const { method, path, security } = form.dataset
  const headers = new Headers()
  const parameters = [...form.querySelectorAll('[data-in]:not(fieldset *)')].filter(isGiven)
  const filled = parameters.filter((field) => field.dataset.in === 'path')
    .reduce((template, field) => template.replace('{' + field.name + '}', split(field).map(encodeURIComponent).join(',')), path)
  const url = new URL(base + filled)
  for (const field of parameters) {
    const values = split(field)
    if (field.dataset.in === 'query') for (const value of values) url.searchParams.append(field.name, value)
    else if (field.dataset.in === 'header') headers.set(field.name, values.join(', '))
    else if (field.dataset.in === 'cookie') setCookie(field.name, encodeURIComponent(field.value))
  }
  authorizeRequest(JSON.parse(security), url, headers)
  const fieldset = form.querySelector('fieldset:not([hidden])')
  const body = fieldset && method !== 'GET' && method !== 'HEAD' ? toBody(fieldset, headers) : undefined
  return [url, { method, headers, body }]
}

function element(tag, text, className) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = text
  if (className !== undefined) made.className = className
  return made
}

// The head at once, then the content as it arrives: each event and each line is seen when it is sent.
async function show(response, startedMs, output) {
  const status = element('p')
  status.append(element('span', response.status + ' ' + response.statusText, 'status s' + String(response.status)[0]))
  const time = element('span', Math.round(performance.now() - startedMs) + ' ms', 'of')
  status.append(time)
  const head = element('details')
  head.append(element('summary', 'Headers'), element('pre', [...response.headers].map(([name, value]) => name + ': ' + value).join('\\n')))
  output.replaceChildren(status, head)
  const type = response.headers.get('content-type') ?? ''
  if (/^(image|audio|video)\\/|octet-stream|pdf|zip/.test(type)) return save(response, output)
  const content = element('pre')
  output.append(content)
  const decoder = new TextDecoder()
  let text = ''
  if (response.body) for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
    content.textContent = text
    content.scrollTop = content.scrollHeight
  }
  time.textContent = Math.round(performance.now() - startedMs) + ' ms'
  if (/^application\\/([\\w.-]+\\+)?json/.test(type)) try { content.textContent = JSON.stringify(JSON.parse(text), null, 2) } catch {}
  if (text === '') content.remove()
}

async function save(response, output) {
  const blob = await response.blob()
  const link = element('a', 'Save ' + blob.size.toLocaleString('en') + ' bytes')
  link.href = URL.createObjectURL(blob)
  link.download = new URL(response.url).pathname.split('/').pop()
  output.append(link)
}

for (const form of all('form.send')) {
  form.hidden = false
  const [output, cancel, choice] = ['output', '.cancel', '.media-type'].map((selector) => form.querySelector(selector))
  choice?.addEventListener('change', () => {
    for (const fieldset of form.querySelectorAll('fieldset')) fieldset.hidden = fieldset.dataset.media !== choice.value
  })
  form.noValidate = true
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const controller = new AbortController()
    cancel.onclick = () => controller.abort()
    cancel.hidden = false
    output.textContent = 'Sending …'
    const startedMs = performance.now()
    try {
      const [url, init] = toRequest(form)
      await show(await fetch(url, { ...init, signal: controller.signal }), startedMs, output)
    } catch (error) {
      output.append(element('p', error.name === 'AbortError' ? 'Cancelled' : 'No answer: ' + error.message, 'note'))
    }
    cancel.hidden = true
  })
}
`
