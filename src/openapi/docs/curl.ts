/** Formats a call as a curl command. */
import type { Call, CallBody } from './call.ts'
import { join, verbatim, type Content, type HTML } from './html.ts'

/** `{base}` is a placeholder for the URL of the API, which a script fills in. */
export function toCurl({ method, url, headers, cookies, body, expects }: Call): HTML {
  const isStream = expects === 'events' || expects === 'lines'
  const lines: Content[] = [
    verbatim`curl${isStream ? ' -N' : ''}${method === 'GET' ? '' : ` -X ${method}`} <span class="text">'<span class="base">{base}</span>${quoted(url)}'</span>`,
    ...headers.filter(([name]) => !isImplied(name, body)).map(([name, value]) => flag('-H', [`${name}: `, value])),
    ...(cookies.length === 0
      ? []
      : [
          flag(
            '-b',
            join(
              cookies.map(([name, value]) => [`${name}=`, value]),
              '; ',
            ),
          ),
        ]),
    ...(body === undefined ? [] : toBody(body)),
  ]
  return verbatim`${join(lines, ' \\\n  ')}`
}

/** With `--data-urlencode`, curl sends the media type of forms by default. */
function isImplied(name: string, body: CallBody | undefined): boolean {
  return name === 'Content-Type' && body?.kind === 'form'
}

function toBody(body: CallBody): readonly Content[] {
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
  return verbatim`${name} <span class="text">'${quoted(value)}'</span>`
}

/** Between single quotes, a single quote is the only special character of a shell. */
function quoted(content: Content): Content {
  if (typeof content === 'string') return content.replaceAll("'", String.raw`'\''`)
  return Array.isArray(content) ? content.map(quoted) : content
}
