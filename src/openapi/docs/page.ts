/** The document → the whole page: navigation, operations by tag, models. */
import type { OpenAPIDocument } from '../document.ts'
import type { Contact } from '../settings.ts'
import { toAuthorize } from './authorize.ts'
import { toGroups, type Group } from './groups.ts'
import { html, HTML } from './html.ts'
import { inlineMarkdown, markdown } from './markdown.ts'
import { toCard, toMethod } from './operation.ts'
import { toModel, typeOf } from './schema.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

/** `documentPath` is where the document is, seen from the page; `rootPath` where the API is, seen from the document. */
export function toPage(document: OpenAPIDocument, documentPath: string, rootPath: string): HTML {
  const { info, servers = [], components } = document
  const groups = toGroups(document)
  const title = html`${info.title} <small>${info.version}</small>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.title}</title>
        <link rel="icon" href="${ICON}" />
        <link rel="service-desc" type="application/json" href="${documentPath}" />
        ${STYLE_ELEMENT}
      </head>
      <body data-base="${servers[0]?.url ?? rootPath}">
        <nav>
          <a class="title" href="#top">${title}</a>
          <input type="search" placeholder="Filter  /" aria-label="Filter operations" hidden />
          <details class="operations" open>
            <summary>Operations</summary>
            ${groups.map(toNavigation)} ${components.schemas === undefined ? undefined : html`<a class="group" href="#models">Models</a>`}
          </details>
        </nav>
        <main id="top">
          <header class="intro">
            <h1>${title}</h1>
            ${info.summary === undefined ? undefined : html`<p class="summary">${info.summary}</p>`} ${markdown(info.description)}
            ${toFacts(document, documentPath)} ${toAuthorize(document)}
          </header>
          ${groups.map((group) => toSection(group, document))} ${toModels(document)}
        </main>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `
}

/** Not a space more than what their hashes are of. */
const STYLE_ELEMENT = new HTML(`<style>${STYLE}</style>`)
const SCRIPT_ELEMENT = new HTML(`<script>${SCRIPT}</script>`)

/** Two blades that cross. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M2 2l12 12M14 2L2 14" stroke="#c2304a" stroke-width="2.4" stroke-linecap="round"/></svg>',
)}`

function toNavigation({ name, id, operations }: Group): HTML {
  return html`<section>
    <a class="group" href="#${id}">${name}</a>
    ${operations.map(
      ({ method, path, operation: { operationId, summary, deprecated } }) =>
        html`<a href="#${operationId}" ${deprecated === true ? html` class="deprecated"` : undefined} title="${path}"
          >${toMethod(method)} <span>${summary ?? path}</span></a
        >`,
    )}
  </section>`
}

function link(href: string | undefined, text: string): HTML {
  return href === undefined ? html`${text}` : html`<a href="${href}" rel="noreferrer">${text}</a>`
}

function toContact({ name, url, email }: Contact): HTML {
  return link(url ?? (email === undefined ? undefined : `mailto:${email}`), name ?? email ?? 'Contact')
}

function toFacts({ openapi, info: { license, contact, termsOfService }, servers = [] }: OpenAPIDocument, documentPath: string): HTML {
  return html`<ul class="facts">
    <li>${link(documentPath, `OpenAPI ${openapi}`)}</li>
    ${servers.map(({ url, description }) => html`<li><code>${url}</code> ${inlineMarkdown(description)}</li>`)}
    ${license === undefined ? undefined : html`<li>${link(license.url, license.name)}</li>`}
    ${contact === undefined ? undefined : html`<li>${toContact(contact)}</li>`}
    ${termsOfService === undefined ? undefined : html`<li>${link(termsOfService, 'Terms of service')}</li>`}
  </ul>`
}

function toSection({ name, id, description, operations }: Group, document: OpenAPIDocument): HTML {
  return html`<section class="group" id="${id}">
    <h2>${name}</h2>
    ${markdown(description)} ${operations.map((operation) => toCard(operation, document))}
  </section>`
}

function toModels({ components: { schemas } }: OpenAPIDocument): HTML | undefined {
  if (schemas === undefined) return undefined
  return html`<section class="group" id="models">
    <h2>Models</h2>
    <div class="models">
      ${Object.entries(schemas).map(([name, schema]) => {
        const inside = toModel(schema, schemas)
        return html`<article class="model" id="model-${name}">
          <h3>${name} ${inside === undefined ? html`<span class="of">${typeOf(schema)}</span>` : undefined}</h3>
          ${markdown(schema.description)} ${inside}
        </article>`
      })}
    </div>
  </section>`
}
