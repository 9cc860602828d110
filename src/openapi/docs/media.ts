/** Tells apart the kinds of content that the page can show and send. Content of any other media type is a file. */

export function isJSON(mediaType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/.test(mediaType)
}

/** One JSON value per line. */
export function isLines(mediaType: string): boolean {
  return /^application\/(?:jsonl|x-ndjson|ndjson|json-seq)$/.test(mediaType)
}

export function isForm(mediaType: string): boolean {
  return mediaType === 'multipart/form-data' || mediaType === 'application/x-www-form-urlencoded'
}

export function isText(mediaType: string): boolean {
  return (
    isJSON(mediaType) ||
    isLines(mediaType) ||
    /^text\/|^application\/(?:[\w.-]+\+)?(?:xml|yaml|graphql|javascript|sql|toml)$/.test(mediaType)
  )
}
