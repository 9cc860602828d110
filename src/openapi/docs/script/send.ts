/** The script that sends a form and shows the response while it arrives: status, headers, time, size, content. */

export const SEND = String.raw`
// The last chunks of an endless stream are kept.
const MOST_CHUNKS = 2000

// A script can't set the Cookie header. The browser sends the cookies that it has stored.
function setCookie([name, value]) {
  document.cookie = name + '=' + value + '; path=/; samesite=strict'
}

function element(tag, text, className) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = text
  if (className !== undefined) made.className = className
  return made
}

const formatBytes = (count) => count < 1000 ? count + ' B' : count < 1e6 ? (count / 1000).toFixed(1) + ' kB' : (count / 1e6).toFixed(1) + ' MB'

// Shows status and headers immediately, then the content as it arrives.
async function show(response, startedMs, output) {
  const status = element('p')
  const facts = element('span', '', 'of')
  status.append(element('span', response.status + ' ' + response.statusText, 'status s' + String(response.status)[0]), facts)
  const type = response.headers.get('content-type') ?? ''
  const isEvents = /^text\/event-stream/.test(type)
  const isLines = /^application\/(jsonl|x-ndjson|ndjson)/.test(type)
  let size = 0
  let parts = 0
  const showFacts = () => {
    const counted = isEvents || isLines ? [parts + (isEvents ? ' event' : ' line') + (parts === 1 ? '' : 's')] : []
    facts.textContent = [Math.round(performance.now() - startedMs) + ' ms', formatBytes(size), ...counted].join(' · ')
  }
  const head = element('details')
  head.append(element('summary', 'Headers'), element('pre', [...response.headers].map(([name, value]) => name + ': ' + value).join('\n')))
  output.replaceChildren(status, head)
  showFacts()
  if (/^(image|audio|video|font)\/|octet-stream|pdf|zip/.test(type)) {
    const blob = await response.blob()
    size = blob.size
    showFacts()
    return save(blob, response, output)
  }
  const content = element('pre')
  content.tabIndex = 0
  output.append(content)
  const decoder = new TextDecoder()
  const add = (text) => {
    const isAtEnd = content.scrollTop + content.clientHeight >= content.scrollHeight - 8
    parts += text.split(isEvents ? '\n\n' : '\n').length - 1
    content.append(text)
    if ((isEvents || isLines) && content.childNodes.length > MOST_CHUNKS) content.firstChild.remove()
    if (isAtEnd) content.scrollTop = content.scrollHeight
    showFacts()
  }
  if (response.body) for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    add(decoder.decode(value, { stream: true }))
  }
  add(decoder.decode())
  if (/^application\/([\w.-]+\+)?json/.test(type)) try { content.textContent = JSON.stringify(JSON.parse(content.textContent), null, 2) } catch {}
  if (content.textContent === '') content.remove()
  content.scrollTop = 0
}

function save(blob, response, output) {
  const url = URL.createObjectURL(blob)
  const link = element('a', 'Save the file')
  link.href = url
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? []
  link.download = name ?? new URL(response.url).pathname.split('/').pop()
  output.append(link)
}

for (const form of all('form.send')) {
  form.hidden = false
  form.noValidate = true
  const [output, cancel, choice] = ['output', '.cancel', '.media-type'].map((selector) => form.querySelector(selector))
  choice?.addEventListener('change', () => {
    for (const fieldset of form.querySelectorAll('fieldset')) fieldset.hidden = fieldset.dataset.media !== choice.value
  })
  for (const example of form.querySelectorAll('.example')) example.addEventListener('change', () => {
    example.closest('fieldset').querySelector('textarea').value = example.value
    showCode(form)
  })
  form.addEventListener('keydown', (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit() })
  let controller
  cancel.addEventListener('click', () => controller.abort())
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    controller?.abort()
    const own = controller = new AbortController()
    cancel.hidden = false
    output.textContent = 'Sending …'
    const startedMs = performance.now()
    try {
      const { url, cookies, ...init } = toRequest(form)
      cookies.forEach(setCookie)
      await show(await fetch(url, { ...init, signal: own.signal }), startedMs, output)
    } catch (error) {
      if (own !== controller) return
      if (output.textContent === 'Sending …') output.textContent = ''
      output.append(element('p', error.name === 'AbortError' ? 'Cancelled' : 'No response: ' + error.message + '. Is the server running, and does it allow requests from this page (CORS)?', 'note'))
    }
    if (own === controller) cancel.hidden = true
  })
}
showCredentials()
`
