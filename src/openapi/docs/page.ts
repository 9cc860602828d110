/** Renders the whole document as one HTML page, which loads no other file: navigation, operations by tag, webhooks, models. */
import type { OpenAPIDocument } from '../document.ts'
import type { Contact } from '../settings.ts'
import { toAuthorize } from './authorize.ts'
import { toGroups, toOperations, toServerURLs, type Group, type ShownOperation } from './groups.ts'
import { html, HTML, join, type Content } from './html.ts'
import { markdown, toLink } from './markdown.ts'
import { toCard, toMethod, type CardOptions } from './operation.ts'
import { toModel, typeOf } from './schema.ts'
import { toHash, toPolicy, type DocsPage } from './policy.ts'
import { AUTHORIZE } from './script/authorize.ts'
import { BROWSE } from './script/browse.ts'
import { REQUEST } from './script/request.ts'
import { SEND } from './script/send.ts'
import { STYLE } from './style.ts'

/**
 * `documentPath`: the URL of the document, relative to the page, such as `openapi.json`. `rootPath`: the base path of the routes, relative to the
 * document, such as `..` for `/api/openapi.json`.
 */
export async function createDocsPage(document: OpenAPIDocument, documentPath: string, rootPath = '.'): Promise<DocsPage> {
  const [style, theme, script] = await Promise.all([STYLE, THEME_SCRIPT, SCRIPT].map(toHash))
  const policy = toPolicy(document, `style-src ${style}; script-src ${theme} ${script}; img-src data:`)
  return { html: toPage(document, documentPath, rootPath).text, policy }
}

/** Runs in the head, because a page that first renders in the wrong theme would flash. Access to storage may be blocked. */
const THEME_SCRIPT = `try { document.documentElement.dataset.theme = localStorage.getItem('riposte theme') ?? '' } catch {}`

/** Without the scripts, everything can still be read. */
const SCRIPT = BROWSE + AUTHORIZE + REQUEST + SEND

/** If the document has more operations than this, they are collapsed when the page opens. */
const OPEN_AT_MOST = 8

function toPage(document: OpenAPIDocument, documentPath: string, rootPath: string): HTML {
  const { info, servers = [] } = document
  const groups = toGroups(document)
  const webhooks = toOperations(document.webhooks ?? {}, document)
  const isOpen = groups.reduce((sum, { operations }) => sum + operations.length, 0) <= OPEN_AT_MOST
  const title = html`${info.title} <small>${info.version}</small>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.title}</title>
        <link rel="icon" href="${ICON}" />
        <link rel="service-desc" type="application/json" href="${documentPath}" />
        ${STYLE_ELEMENT}${THEME_ELEMENT}
      </head>
      <body data-root="${rootPath}" data-servers="${JSON.stringify(servers.length === 0 ? [rootPath] : toServerURLs(servers))}">
        <a class="skip" href="#top">Skip to the operations</a>
        ${toNavigation(title, groups, webhooks, document)}
        <main id="top">
          <header class="intro">
            <h1>${title}</h1>
            ${info.summary === undefined ? undefined : html`<p class="summary">${info.summary}</p>`} ${markdown(info.description)}
            ${toFacts(document, documentPath)} ${toServerChoice(document)} ${toAuthorize(document)}
          </header>
          ${groups.map((group) => toSection(group, document, { isOpen, isSent: true }))} ${toWebhooks(webhooks, document)}
          ${toModels(document, isOpen)}
        </main>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `
}

/** These texts are neither escaped nor indented, because the policy contains the hashes of exactly these texts. */
const STYLE_ELEMENT = new HTML(`<style>${STYLE}</style>`)
const THEME_ELEMENT = new HTML(`<script>${THEME_SCRIPT}</script>`)
const SCRIPT_ELEMENT = new HTML(`<script>${SCRIPT}</script>`)

/** An icon of two crossed blades. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M2 2l12 12M14 2L2 14" stroke="#c2304a" stroke-width="2.4" stroke-linecap="round"/></svg>',
)}`

function toNavigation(title: HTML, groups: readonly Group[], webhooks: readonly ShownOperation[], { components }: OpenAPIDocument): HTML {
  return html`<nav aria-label="Operations">
    <div class="bar">
      <a class="title" href="#top">${title}</a>
      <button type="button" class="theme" hidden></button>
    </div>
    <details class="operations" open>
      <summary>Menu</summary>
      <div class="list">
        <input type="search" placeholder="Filter ( / )" aria-label="Filter operations" autocomplete="off" hidden />
        <button type="button" class="fold" hidden></button>
        ${groups.map(({ id, name, operations }) => toLinks(id, name, operations))}
        ${webhooks.length === 0 ? undefined : toLinks('webhooks', 'Webhooks', webhooks)}
        ${components.schemas === undefined ? undefined : html`<a class="group" href="#models">Models</a>`}
      </div>
    </details>
  </nav>`
}

function toLinks(id: string, name: string, operations: readonly ShownOperation[]): HTML {
  return html`<section>
    <a class="group" href="#${id}">${name}</a>
    ${operations.map(
      ({ method, path, operation: { operationId, summary, deprecated } }) =>
        html`<a href="#${operationId}" ${deprecated === true ? html` class="deprecated"` : undefined} title="${path}"
          >${toMethod(method)} <span>${summary ?? join(path.split('/'), html`/<wbr />`)}</span></a
        >`,
    )}
  </section>`
}

function link(href: string | undefined, text: string): Content {
  return href === undefined ? text : toLink(href, text)
}

function toContact({ name, url, email }: Contact): Content {
  return link(url ?? (email === undefined ? undefined : `mailto:${email}`), name ?? email ?? 'Contact')
}

function toFacts({ openapi, externalDocs, info: { license, contact, termsOfService } }: OpenAPIDocument, documentPath: string): HTML {
  const facts = [
    toLink(documentPath, `OpenAPI ${openapi} document`),
    externalDocs && toLink(externalDocs.url, externalDocs.description ?? 'More documentation'),
    license && link(license.url, license.name),
    contact && toContact(contact),
    link(termsOfService, termsOfService === undefined ? '' : 'Terms of service'),
  ]
  return html`<ul class="facts">
    ${facts.filter((fact) => fact !== undefined && fact !== '').map((fact) => html`<li>${fact}</li>`)}
  </ul>`
}

/** The list of servers. Scripts send requests to the selected one, and show it in the code. */
function toServerChoice({ servers = [] }: OpenAPIDocument): HTML | undefined {
  if (servers.length === 0) return undefined
  const urls = toServerURLs(servers)
  return html`<div class="server">
    <label for="server">Server</label>
    <select id="server" autocomplete="off">
      ${servers.map(({ description }, index) => html`<option value="${index}">${urls[index]}${description === undefined ? undefined : ` – ${description}`}</option>`)}
    </select>
  </div>`
}

function toSection({ name, id, description, operations }: Group, document: OpenAPIDocument, options: CardOptions): HTML {
  return html`<section class="group" id="${id}">
    <h2>${name}</h2>
    ${markdown(description)} ${operations.map((operation) => toCard(operation, document, options))}
  </section>`
}

function toWebhooks(webhooks: readonly ShownOperation[], document: OpenAPIDocument): HTML | undefined {
  if (webhooks.length === 0) return undefined
  return html`<section class="group" id="webhooks">
    <h2>Webhooks</h2>
    <p>Requests that this API sends to its clients.</p>
    ${webhooks.map((webhook) => toCard(webhook, document, { isOpen: false, isSent: false }))}
  </section>`
}

function toModels({ components: { schemas } }: OpenAPIDocument, isOpen: boolean): HTML | undefined {
  if (schemas === undefined) return undefined
  return html`<section class="group" id="models">
    <h2>Models</h2>
    <div class="models">
      ${Object.entries(schemas).map(([name, schema]) => {
        const inside = toModel(schema, schemas)
        return html`<details class="model" id="model-${name}" data-words="${name.toLowerCase()}" ${isOpen ? 'open' : undefined}>
          <summary>
            <h3>${name}</h3>
            <span class="of">${typeOf(schema)}</span>
          </summary>
          ${markdown(schema.description)} ${inside}
        </details>`
      })}
    </div>
  </section>`
}
