/** The Content Security Policy of a page (https://www.w3.org/TR/CSP3/). */

export interface DocsPage {
  readonly html: string
  /** The value of the `Content-Security-Policy` header. */
  readonly policy: string
}

/** Returns the source expression that allows this inline script or style. */
export async function toHash(source: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source)))
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`
}
