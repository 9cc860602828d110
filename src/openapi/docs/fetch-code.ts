/** Formats a call as JavaScript that sends it with `fetch`. */
import type { Call, CallBody } from './call.ts'
import { join, verbatim, type Content, type HTML } from './html.ts'

export function toFetchCode({ method, url, headers, cookies, body, expects }: Call): HTML {
  const sent = headers.filter(([name]) => name !== 'Content-Type' || body?.kind !== 'form')
  const all =
    cookies.length === 0
      ? sent
      : [
          ...sent,
          [
            'Cookie',
            join(
              cookies.map(([name, value]) => [`${name}=`, value]),
              '; ',
            ),
          ] as const,
        ]
  const options: Content[] = [
    ...(method === 'GET' ? [] : [verbatim`method: ${literal(method)}`]),
    ...(all.length === 0
      ? []
      : [verbatim`headers: {${all.map(([name, value]) => verbatim`\n    ${toKey(name)}: ${literal(value)},`)}\n  }`]),
    ...(body === undefined ? [] : [toBody(body)]),
  ]
  const address = verbatim`<span class="text">'<span class="base">{base}</span>${quoted(url)}'</span>`
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

function toBody(body: CallBody): HTML {
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
  return verbatim`<span class="text">'${quoted(value)}'</span>`
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": String.raw`\'`, '\n': String.raw`\n`, '\r': String.raw`\r` }

function quoted(content: Content): Content {
  if (typeof content === 'string') return content.replace(/[\\'\n\r]/g, (character) => ESCAPES[character]!)
  return Array.isArray(content) ? content.map(quoted) : content
}
