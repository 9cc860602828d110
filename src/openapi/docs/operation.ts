/** An operation → its card: what it takes and may answer on one side, a call and its answer on the other. */
import type { OpenAPIDocument } from '../document.ts'
import { schemesOf } from './authorize.ts'
import { toCurl } from './curl.ts'
import { toExample, type Schemas } from './example.ts'
import type { ShownOperation } from './groups.ts'
import { html, join, type HTML } from './html.ts'
import { highlightJSON } from './json.ts'
import { markdown } from './markdown.ts'
import { toContents, toPart, toResponse, toShownResponses, type ShownResponse } from './response.ts'
import { toFields } from './schema.ts'
import { toSendForm } from './send.ts'

const LOCATIONS = [
  ['path', 'Path'],
  ['query', 'Query'],
  ['header', 'Header fields'],
  ['cookie', 'Cookies'],
] as const

export function toCard({ method, path, operation }: ShownOperation, document: OpenAPIDocument): HTML {
  const schemas = document.components.schemas ?? {}
  const { operationId, summary, description, deprecated, parameters = [], requestBody } = operation
  const responses = toShownResponses(operation, document)
  const success = responses.find(({ status }) => /^[23]/.test(status)) ?? responses[0]
  return html`<article id="${operationId}" class="operation" data-words="${[method, path, summary, operationId].join(' ').toLowerCase()}">
    <header>
      <h3>${toMethod(method)} ${toPath(path)} <a class="anchor" href="#${operationId}" aria-label="Link to this operation">#</a></h3>
      ${summary === undefined && deprecated !== true ? undefined : html`<p class="summary">${summary} ${deprecated === true ? html`<span class="flag">deprecated</span>` : undefined}</p>`}
    </header>
    <div class="sides">
      <div class="contract">
        ${markdown(description)}
        ${LOCATIONS.map(([location, title]) => {
          const fields = parameters.filter((parameter) => parameter.in === location)
          return toPart(title, toFields(fields.map(({ required = false, ...field }) => ({ ...field, required }))))
        })}
        ${requestBody === undefined ? undefined : toPart(requestBody.required === true ? 'Body' : 'Body, may be missing', toContents(requestBody.content, schemas))}
        ${toPart(
          'Responses',
          responses.map((response) => toResponse(response, schemas, response === success)),
        )}
      </div>
      <aside>
        <div>
          <figure>
            <figcaption>Request</figcaption>
            <pre><code>${toCurl({ method, path, operation }, schemas, schemesOf(document))}</code></pre>
          </figure>
          ${success === undefined ? undefined : toAnswer(success, schemas)}
          <details class="try" hidden>
            <summary>Try it</summary>
            ${toSendForm({ method, path, operation }, document)}
          </details>
        </div>
      </aside>
    </div>
  </article>`
}

export function toMethod(method: string): HTML {
  return html`<span class="method m-${method.toLowerCase()}">${method}</span>`
}

function toPath(path: string): HTML {
  const parts = path
    .split(/(\{[^}]+\})/)
    .map((part) => (part.startsWith('{') ? html`<em>${part}</em>` : join(part.split('/'), html`/<wbr />`)))
  return html`<code class="path">${parts}</code>`
}

/** Only JSON has an example that tells more than its media type. */
function toAnswer({ status, content = {} }: ShownResponse, schemas: Schemas): HTML | undefined {
  const [type, media] = Object.entries(content).find(([name]) => name.endsWith('json')) ?? []
  if (media?.schema === undefined) return undefined
  const example = highlightJSON(toExample(media.schema, schemas) ?? null)
  return html`<figure>
    <figcaption>${status} <span class="media">${type}</span></figcaption>
    <pre><code>${example}</code></pre>
  </figure>`
}
