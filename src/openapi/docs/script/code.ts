/** Updates the code beside a form when its fields change. */

export const CODE = String.raw`
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
