/** SHA-256 as text that fits an entity tag, a file name and a key. */

/** 43 characters of base64url (RFC 4648 §5). */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...digest)).replace(/[+/=]/g, (character) => ({ '+': '-', '/': '_' })[character] ?? '')
}
