/** Links to other pages, as a page tells them. */

/**
 * The links of a page. Each relative to the URL of the request, `?page=2`, so that no prefix of a proxy is lost; absolute where a base is declared.
 */
export interface PageLinks {
  readonly self: string
  readonly first: string
  /** `null` on the first page. */
  readonly prev: string | null
  /** `null` on the last page. */
  readonly next: string | null
  /** `null` where the last page is not known. */
  readonly last: string | null
}
