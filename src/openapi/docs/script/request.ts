/** The script that creates a request from a form, and updates the code beside the form when its fields change. */

export const REQUEST = String.raw`
const isGiven = (field) => field.type === 'file' ? field.files.length > 0 : field.value !== '' || field.required

function valuesOf(field) {
  if (field.type === 'file') return [...field.files]
  if (field.multiple) return [...field.selectedOptions].map((option) => option.value)
  return 'list' in field.dataset ? field.value.split('\n').filter((line) => line !== '') : [field.value]
}

// Each line is name=value. With a prefix, the parameter is prefix[name].
function membersOf(field) {
  const prefix = field.dataset.members
  return field.value.split('\n').filter((line) => line !== '').map((line) => {
    const [name, ...value] = line.split('=')
    return [prefix === '' ? name : prefix + '[' + name + ']', value.join('=')]
  })
}

// An element of a list in a header. One with a comma, a quote, or a space at its start or end is quoted (RFC 9110 §5.6.1, §5.6.4).
const toElement = (text) => /^\s|[,"]|\s$/.test(text) ? '"' + text.replace(/[\\"]/g, '\\$&') + '"' : text

function toRequest(form, inCode = false) {
  const { method, path, security } = form.dataset
  const request = { method, headers: [], query: [], cookies: [], body: undefined }
  let filled = path
  for (const field of [...form.querySelectorAll('[data-in]:not(fieldset *)')].filter(isGiven)) {
    const values = valuesOf(field)
    const location = field.dataset.in
    if (location === 'path') filled = filled.replace('{' + field.name + '}', () => values.map(encodeURIComponent).join(','))
    else if (location === 'header') request.headers.push([field.name, 'list' in field.dataset ? values.map(toElement).join(', ') : values[0]])
    else if (location === 'cookie') request.cookies.push([field.name, encodeURIComponent(field.value)])
    else request.query.push(...('members' in field.dataset ? membersOf(field) : values.map((value) => [field.name, value])))
  }
  authorizeRequest(JSON.parse(security), request, inCode)
  const fieldset = form.querySelector('fieldset:not([hidden])')
  if (fieldset && method !== 'GET' && method !== 'HEAD') addBody(fieldset, request)
  const search = new URLSearchParams(request.query).toString()
  request.url = baseOf(form) + filled + (search === '' ? '' : '?' + search)
  return request
}

function addBody(fieldset, request) {
  const type = fieldset.dataset.media
  const fields = [...fieldset.querySelectorAll('[data-in]')].filter(isGiven)
  if (type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded') {
    request.body = type === 'multipart/form-data' ? new FormData() : new URLSearchParams()
    for (const field of fields) for (const value of valuesOf(field)) request.body.append(field.name, value)
    return
  }
  if (fields.length === 0) return
  const [file] = fields[0].type === 'file' ? fields[0].files : []
  request.body = file ?? fields[0].value
  request.headers.push(['Content-Type', type.includes('*') ? file?.type || 'application/octet-stream' : type])
}

// The code beside the form.
function toCurlText({ method, url, headers, cookies, body }) {
  const flag = (name, text) => name + " '" + quoteForShell(text) + "'"
  const lines = ['curl' + (method === 'GET' ? '' : ' -X ' + method) + " '" + quoteForShell(url) + "'", ...headers.map(([name, value]) => flag('-H', name + ': ' + value))]
  if (cookies.length > 0) lines.push(flag('-b', cookies.map((cookie) => cookie.join('=')).join('; ')))
  if (body instanceof FormData) for (const [name, value] of body) lines.push(value instanceof File ? flag('-F', name + '=@' + value.name) : flag('--form-string', name + '=' + value))
  else if (body instanceof URLSearchParams) for (const [name, value] of body) lines.push(flag('--data-urlencode', name + '=' + value))
  else if (body instanceof File) lines.push(flag('--data-binary', '@' + body.name))
  else if (body !== undefined) lines.push(flag('--data-raw', body))
  return lines.join(' \\\n  ')
}

function toFetchText({ method, url, headers, cookies, body }) {
  const literal = (text) => "'" + quoteForScript(text) + "'"
  const all = cookies.length === 0 ? headers : [...headers, ['Cookie', cookies.map((cookie) => cookie.join('=')).join('; ')]]
  const options = method === 'GET' ? [] : ['method: ' + literal(method)]
  if (all.length > 0) options.push('headers: {' + all.map(([name, value]) => '\n    ' + literal(name) + ': ' + literal(value) + ',').join('') + '\n  }')
  const before = []
  if (body instanceof FormData || body instanceof URLSearchParams) {
    before.push('const form = new ' + body.constructor.name + '()')
    for (const [name, value] of body) before.push('form.append(' + literal(name) + ', ' + (value instanceof File ? 'file' : literal(value)) + ')')
    options.push('body: form')
  } else if (body instanceof File) options.push('body: file')
  else if (body !== undefined) options.push('body: ' + literal(body))
  const init = options.length === 0 ? '' : ', {\n' + options.map((option) => '  ' + option + ',\n').join('') + '}'
  return [...before, 'const response = await fetch(' + literal(url) + init + ')', 'console.log(response.status, await response.text())'].join('\n')
}

function showCode(form) {
  form.classList.add('touched')
  const request = toRequest(form, true)
  const figure = form.closest('aside').querySelector('.code')
  figure.querySelector('.curl code').textContent = toCurlText(request)
  figure.querySelector('.fetch code').textContent = toFetchText(request)
}
for (const form of all('form.send')) form.addEventListener('input', () => showCode(form))
`
