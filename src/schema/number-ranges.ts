/** The values that a number of a format may have. */

type Range = readonly [minimum: number, maximum: number]

/** The limits of every integer: a double is exact only between these. */
export const SAFE_RANGE: Range = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** By OpenAPI's name of the format. */
export const FORMAT_RANGES: Readonly<Record<string, Range>> = {
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  float: [-3.4028234663852886e38, 3.4028234663852886e38],
}
