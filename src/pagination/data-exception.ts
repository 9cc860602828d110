/** Values that a database does not take, although they fit their model: a client chose them. */

/**
 * The codes of SQLSTATE class 22 that are about one value: out of range, no date, time zone or interval, no UUID or number, no character. Prisma has codes of its own for them. A
 * division by zero is not among them.
 */
const CODES = /^(?:22003|22007|22008|22009|22015|22021|22023|22P02|P2007|P2020|P2023|P2033)$/

export function isDataException(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && typeof each.code === 'string' && CODES.test(each.code)) return true
  return false
}
