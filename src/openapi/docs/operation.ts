/** Renders the card of an operation: inputs and responses on one side, a call, a form that sends it and an example response on the other. */
import type { OpenAPIDocument } from '../document.ts'
import { schemesOf, toSecurity } from './authorize.ts'
import { toCall } from './call.ts'
import { toCurl, toFetchCode } from './call-code.ts'
import type { Schemas } from './example.ts'
import type { ShownOperation } from './groups.ts'
import { html, join, type Content, type HTML } from './html.ts'
import { markdown, toLink } from './markdown.ts'
import { toContents, toExamples, toPart, toResponse, toShownResponses, type ShownResponse } from './response.ts'
import { toFields } from './schema.ts'
import { toSendForm } from './send.ts'

const LOCATIONS = [
  ['path', 'Path'],
  ['query', 'Query'],
  ['header', 'Headers'],
  ['cookie', 'Cookies'],
] as const

export interface CardOptions {
  readonly isOpen: boolean
  /** Whether clients send the request. False for webhooks. */
  readonly isSent: boolean
}

export function toCard(shown: ShownOperation, document: OpenAPIDocument, { isOpen, isSent }: CardOptions): HTML {
  const { method, path, operation, serverURLs } = shown
  const { operationId, summary, deprecated, security = [], tags = [] } = operation
  const words = [method, path, summary, operationId, ...tags].join(' ').toLowerCase()
  const responses = toShownResponses(operation, document)
  const success = responses.find(({ status }) => /^[23]/.test(status)) ?? responses[0]
  const isGuarded = security.length > 0 && security.every((requirement) => Object.keys(requirement).length > 0)
  return html`<details
    id="${operationId}"
    class="operation"
    data-words="${words}"
    data-servers="${serverURLs && JSON.stringify(serverURLs)}"
    ${isOpen ? 'open' : undefined}
  >
    <summary>
      <h3>${toMethod(method)} ${toPath(path)}</h3>
      <span class="summary">${summary}</span>
      ${deprecated === true ? html`<span class="flag">deprecated</span>` : undefined}
      <span class="marks"
        ><a class="anchor" href="#${operationId}" aria-label="Link to this operation">#</a>${isGuarded ? LOCK : undefined}</span
      >
    </summary>
    <div class="sides">
      <div class="contract">${toContract(operation, responses, success, document)}</div>
      <aside>
        ${isSent ? toCode(shown, document) : undefined} ${isSent ? toTry(shown, document) : undefined}
        ${success && toExamples(success, document.components.schemas ?? {})}
      </aside>
    </div>
  </details>`
}

const LOCK = html`<svg viewBox="0 0 16 16" width="12" height="12" role="img" aria-label="Needs credentials">
  <path fill="currentColor" d="M4.5 7V5a3.5 3.5 0 0 1 7 0v2h1v7h-9V7zm1.5 0h4V5a2 2 0 0 0-4 0z" />
</svg>`

function toContract(
  { description, externalDocs, parameters = [], requestBody, ...operation }: ShownOperation['operation'],
  responses: readonly ShownResponse[],
  success: ShownResponse | undefined,
  { components }: OpenAPIDocument,
): Content {
  const schemas: Schemas = components.schemas ?? {}
  return [
    markdown(description),
    externalDocs && html`<p>${toLink(externalDocs.url, externalDocs.description ?? externalDocs.url)}</p>`,
    toPart('Authorization', toSecurity(operation)),
    LOCATIONS.map(([location, title]) => {
      const fields = parameters.filter((parameter) => parameter.in === location)
      return toPart(title, toFields(fields.map(({ required = false, ...field }) => ({ ...field, required }))))
    }),
    requestBody &&
      toPart(requestBody.required === true ? 'Body' : 'Body, optional', [
        markdown(requestBody.description),
        toContents(requestBody.content, schemas),
      ]),
    toPart(
      'Responses',
      responses.map((response) => toResponse(response, schemas, response === success)),
    ),
  ]
}

/** The languages are radio buttons, so that the choice works without scripts. */
function toCode(shown: ShownOperation, document: OpenAPIDocument): HTML {
  const call = toCall(shown, document.components.schemas ?? {}, schemesOf(document))
  const name = `code-${shown.operation.operationId}`
  return html`<figure class="code">
    <figcaption>
      <span class="tabs" role="radiogroup" aria-label="Language">
        <label><input type="radio" name="${name}" value="curl" checked autocomplete="off" />curl</label>
        <label><input type="radio" name="${name}" value="fetch" autocomplete="off" />fetch</label>
      </span>
    </figcaption>
    <pre class="curl" tabindex="0"><code>${toCurl(call)}</code></pre>
    <pre class="fetch" tabindex="0"><code>${toFetchCode(call)}</code></pre>
  </figure>`
}

function toTry(shown: ShownOperation, document: OpenAPIDocument): HTML {
  return html`<details class="try" hidden>
    <summary>Try it</summary>
    ${toSendForm(shown, document)}
  </details>`
}

export function toMethod(method: string): HTML {
  return html`<span class="method m-${method.toLowerCase()}">${method}</span>`
}

function toPath(path: string): HTML {
  const parts = path
    .split(/(\{[^{}]+\})/)
    .map((part) => (part.startsWith('{') ? html`<em>${part}</em>` : join(part.split('/'), html`/<wbr />`)))
  return html`<code class="path">${parts}</code>`
}
