/** Formats a call as code: a curl command, or JavaScript that sends it with `fetch`. */
import type { Call, CallBody } from './call.ts'
import { join, verbatim, type Content, type HTML } from './html.ts'

/** `{base}` is a placeholder for the URL of the API, which a script fills in. */
export function toCurl(call: Call): HTML {
  const { method, url, cookies, body, expects } = call
  const isStream = expects === 'events' || expects === 'lines'
  const lines: Content[] = [
    verbatim`curl${isStream ? ' -N' : ''}${method === 'GET' ? '' : ` -X ${method}`} <span class="text">'<span class="base">{base}</span>${quoteForShell(url)}'</span>`,
    ...headersOf(call).map(([name, value]) => flag('-H', [`${name}: `, value])),
    ...(cookies.length === 0 ? [] : [flag('-b', toCookieText(cookies))]),
    ...(body === undefined ? [] : toCurlBody(body)),
  ]
  return verbatim`${join(lines, ' \\\n  ')}`
}

/** The headers without the `Content-Type` of a form, which curl and `fetch` add themselves. */
function headersOf({ headers, body }: Call): Call['headers'] {
  return headers.filter(([name]) => name !== 'Content-Type' || body?.kind !== 'form')
}

function toCookieText(cookies: Call['cookies']): Content {
  return join(
    cookies.map(([name, value]) => [`${name}=`, value]),
    '; ',
  )
}

function toCurlBody(body: CallBody): readonly Content[] {
  switch (body.kind) {
    case 'multipart':
      return body.fields.map(({ name, value = '@file' }) => flag('-F', `${name}=${value}`))
    case 'form':
      return body.fields.map(({ name, value = '' }) => flag('--data-urlencode', `${name}=${value}`))
    case 'file':
      return [flag('--data-binary', '@file')]
    case 'json':
    case 'text':
      return [flag(body.text.includes('\n') && body.kind === 'text' ? '--data-binary' : '-d', body.text)]
  }
}

function flag(name: string, value: Content): HTML {
  return verbatim`${name} <span class="text">'${quoteForShell(value)}'</span>`
}

/** Between single quotes, a single quote is the only special character of a shell. */
function quoteForShell(content: Content): Content {
  if (typeof content === 'string') return content.replaceAll("'", String.raw`'\''`)
  return Array.isArray(content) ? content.map(quoteForShell) : content
}

export function toFetchCode(call: Call): HTML {
  const { method, url, cookies, body, expects } = call
  const headers = [...headersOf(call), ...(cookies.length === 0 ? [] : [['Cookie', toCookieText(cookies)] as const])]
  const options: Content[] = [
    ...(method === 'GET' ? [] : [verbatim`method: ${literal(method)}`]),
    ...(headers.length === 0
      ? []
      : [verbatim`headers: {${headers.map(([name, value]) => verbatim`\n    ${toKey(name)}: ${literal(value)},`)}\n  }`]),
    ...(body === undefined ? [] : [toFetchBody(body)]),
  ]
  const address = verbatim`<span class="text">'<span class="base">{base}</span>${quoteForScript(url)}'</span>`
  const init = options.length === 0 ? undefined : verbatim`, {\n${options.map((option) => verbatim`  ${option},\n`)}}`
  return verbatim`${toFields(body)}const response = await fetch(${address}${init})\n${READING[expects]}`
}

const READING: Readonly<Record<Call['expects'], string>> = {
  json: 'console.log(response.status, await response.json())',
  text: 'console.log(response.status, await response.text())',
  none: 'console.log(response.status)',
  events: 'for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text)',
  lines: 'for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text)',
}

function toFields(body: CallBody | undefined): Content {
  if (body?.kind !== 'multipart') return undefined
  const lines = body.fields.map(
    ({ name, value }) => verbatim`form.append(${literal(name)}, ${value === undefined ? 'file' : literal(value)})\n`,
  )
  return verbatim`const form = new FormData()\n${lines}`
}

function toFetchBody(body: CallBody): HTML {
  switch (body.kind) {
    case 'multipart':
      return verbatim`body: form`
    case 'form':
      return verbatim`body: new URLSearchParams({ ${join(
        body.fields.map(({ name, value = '' }) => verbatim`${toKey(name)}: ${literal(value)}`),
        ', ',
      )} })`
    case 'file':
      return verbatim`body: file`
    case 'json':
      return verbatim`body: JSON.stringify(${body.text.replaceAll('\n', '\n  ')})`
    case 'text':
      return verbatim`body: ${literal(body.text)}`
  }
}

function toKey(name: string): Content {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name)
}

function literal(value: Content): HTML {
  return verbatim`<span class="text">'${quoteForScript(value)}'</span>`
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": String.raw`\'`, '\n': String.raw`\n`, '\r': String.raw`\r` }

function quoteForScript(content: Content): Content {
  if (typeof content === 'string') return content.replace(/[\\'\n\r]/g, (character) => ESCAPES[character]!)
  return Array.isArray(content) ? content.map(quoteForScript) : content
}
