/** Renders the page that loads Swagger UI or Scalar, and its Content Security Policy. */
import type { OpenAPIDocument } from '../document.ts'
import type { ViewerName } from '../viewer.ts'
import { html, HTML } from './html.ts'
import { toHash, toPolicy, type DocsPage } from './policy.ts'

/** URLs relative to the page. */
interface ViewerPaths {
  readonly document: string
  /** By file name. */
  readonly assets: Readonly<Record<string, string>>
}

interface Viewer {
  readonly script: string
  readonly styleSheet?: string
  readonly start: string
  /** The directives that the viewer needs beyond the common ones. */
  readonly policy: string
}

const VIEWERS: Readonly<Record<ViewerName, Viewer>> = {
  swagger: {
    script: 'swagger-ui-bundle.js',
    styleSheet: 'swagger-ui.css',
    // Without `validatorUrl: null` it sends the URL of the document to a validator on the Internet.
    start: `
const { dataset } = document.querySelector('#viewer')
SwaggerUIBundle({
  url: dataset.document, dom_id: '#viewer', deepLinking: true, persistAuthorization: true, validatorUrl: null,
  oauth2RedirectUrl: new URL(dataset.redirect, location.href).href,
})
`,
    policy: `style-src 'self'; img-src 'self' data:`,
  },
  scalar: {
    script: 'standalone.js',
    // These options turn off fonts, telemetry, a proxy and an assistant, which it would load from the Internet.
    start: `
const { dataset } = document.querySelector('#viewer')
Scalar.createApiReference('#viewer', {
  url: dataset.document, withDefaultFonts: false, telemetry: false, proxyUrl: '', agent: { disabled: true }, showDeveloperTools: 'never',
})
`,
    policy: `style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src data:`,
  },
}

export async function createViewerPage(name: ViewerName, document: OpenAPIDocument, paths: ViewerPaths): Promise<DocsPage> {
  const { script, styleSheet, start, policy } = VIEWERS[name]
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title}</title>
        <link rel="icon" href="data:," />
        ${styleSheet === undefined ? undefined : html`<link rel="stylesheet" href="${paths.assets[styleSheet]}" />`}
      </head>
      <body>
        <div id="viewer" data-document="${paths.document}" data-redirect="${paths.assets['oauth2-redirect.html']}"></div>
        <script src="${paths.assets[script]}"></script>
        ${new HTML(`<script>${start}</script>`)}
      </body>
    </html> `
  return {
    html: page.text,
    policy: toPolicy(document, `script-src 'self' ${await toHash(start)}; ${policy}`),
  }
}
