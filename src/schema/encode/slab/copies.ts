/** Private copies of what stands in the slab. Memory is asked for in large pieces: for each answer alone that costs as much as copying it. */

const PIECE_BYTES = 131_072

/** A longer copy has memory of its own, so that a slow reader holds little beside what it reads. */
const SHARED_LIMIT = PIECE_BYTES / 4

let piece: Buffer | undefined
let used = 0

export function copyOut(bytes: Buffer, end: number): Uint8Array {
  if (end > SHARED_LIMIT) return Buffer.concat([bytes.subarray(0, end)])
  if (piece === undefined || used + end > PIECE_BYTES) {
    piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
    used = 0
  }
  const start = used
  used += end
  bytes.copy(piece, start, 0, end)
  return piece.subarray(start, used)
}
