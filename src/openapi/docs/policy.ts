/** A page with its Content Security Policy (https://www.w3.org/TR/CSP3/). */

export interface DocsPage {
  readonly html: string
  /** The value of `Content-Security-Policy`: what the page may run and load. */
  readonly policy: string
}

/** The source expression that allows exactly this inline script or style. */
export async function toHash(source: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source)))
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`
}
