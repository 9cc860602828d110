/** Text that UTF-8 can hold (RFC 3629 §3): surrogates stand in pairs or not at all. */

const LONE_SURROGATE = /\p{Surrogate}/gu

/** Replaces each lone surrogate by U+FFFD, as a UTF-8 encoder does. */
export function toWellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD')
}
