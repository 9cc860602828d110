/** Renders the form that sends an operation: a field for each parameter, and the body in each of its media types. */
import type { OpenAPIDocument } from '../document.ts'
import type { MediaTypeObject } from '../content.ts'
import type { RequestBodyObject } from '../request-body.ts'
import { toTextExample } from './call.ts'
import { resolve, toExample, toMediaExample, type Schemas } from './example.ts'
import { toFormFields, toParameterFields } from './fields.ts'
import type { ShownOperation } from './groups.ts'
import { html, type HTML } from './html.ts'
import { isForm, isJSON, isText } from './media.ts'
import { toShownResponses } from './response.ts'

/** A script shows and sends the form. Without scripts it stays hidden, because it can't send anything. */
export function toSendForm({ method, path, operation }: ShownOperation, document: OpenAPIDocument): HTML {
  const schemas = document.components.schemas ?? {}
  const { parameters = [], requestBody, security = [] } = operation
  return html`<form class="send" data-method="${method}" data-path="${path}" data-security="${JSON.stringify(security)}" hidden>
    ${noteOf(method, requestBody)} ${parameters.map((parameter) => toParameterFields(parameter, schemas))}
    ${toAcceptChoice({ operation, document })} ${requestBody && toBody(requestBody, schemas)}
    <p class="buttons"><button type="submit">Send</button><button type="button" class="cancel" hidden>Cancel</button></p>
    <output aria-live="polite"></output>
  </form>`
}

/** Explains which requests `fetch` refuses (https://fetch.spec.whatwg.org/#methods). */
function noteOf(method: string, body: RequestBodyObject | undefined): HTML | undefined {
  if (['CONNECT', 'TRACE', 'TRACK'].includes(method)) return html`<p class="note">Browsers don't send ${method}. Use the curl command.</p>`
  if (body === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
  return html`<p class="note">Browsers send no body with ${method}. Use the curl command to send one.</p>`
}

/** If the response has several media types, `Accept` selects one. */
function toAcceptChoice({ operation, document }: { operation: ShownOperation['operation']; document: OpenAPIDocument }): HTML | undefined {
  const success = toShownResponses(operation, document).find(({ status }) => status.startsWith('2'))
  const types = Object.keys(success?.content ?? {})
  if (types.length < 2) return undefined
  return html`<label
    ><code class="name">Accept</code>
    <select name="Accept" data-in="header" autocomplete="off">
      ${['', ...types].map((type) => html`<option>${type}</option>`)}
    </select></label
  >`
}

function toBody({ content, required = false }: RequestBodyObject, schemas: Schemas): HTML {
  const contents = Object.entries(content)
  return html`${
    contents.length < 2
      ? undefined
      : html`<label
          ><span>Media type</span>
          <select class="media-type" autocomplete="off">
            ${contents.map(([type]) => html`<option>${type}</option>`)}
          </select></label
        >`
  }${contents.map(
    ([type, media], index) =>
      html`<fieldset data-media="${type}" ${index === 0 ? undefined : 'hidden'}>
        <legend>${type}${required ? undefined : ' (optional: empty sends no body)'}</legend>
        ${toEditor(type, media, schemas)}
      </fieldset>`,
  )}`
}

function toEditor(type: string, media: MediaTypeObject, schemas: Schemas): HTML | readonly HTML[] {
  if (isForm(type)) return toFormFields(resolve(media.schema ?? {}, schemas), schemas)
  if (!isText(type)) return html`<input type="file" data-in="body" aria-label="Body" />`
  const text = isJSON(type)
    ? (JSON.stringify(toMediaExample(media, schemas), null, 2) ?? '')
    : toTextExample(type, media.schema === undefined ? '' : toMediaExample(media, schemas))
  return html`${toExampleChoice(type, media, schemas)}<textarea
      data-in="body"
      rows="${Math.min(16, text.split('\n').length + 1)}"
      spellcheck="false"
      aria-label="Body"
    >
${text}</textarea>`
}

/** The named examples of the body. A script copies the selected one into the editor. */
function toExampleChoice(type: string, { examples = {}, schema = {} }: MediaTypeObject, schemas: Schemas): HTML | undefined {
  const named = Object.entries(examples).flatMap(([name, example]) =>
    'value' in example ? [[example.summary ?? name, example.value] as const] : [],
  )
  if (named.length < 2) return undefined
  const write = (value: unknown) =>
    isJSON(type) ? JSON.stringify(value ?? toExample(schema, schemas), null, 2) : toTextExample(type, value)
  return html`<label
    ><span>Example</span>
    <select class="example" autocomplete="off">
      ${named.map(([name, value]) => html`<option value="${write(value)}">${name}</option>`)}
    </select></label
  >`
}
