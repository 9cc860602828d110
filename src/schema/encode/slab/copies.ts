/** Copies answers out of the slab. Memory is allocated in large pieces: an allocation for each answer costs as much as the copy. */

const PIECE_BYTES = 131_072

/** A longer copy has its own memory. A slow reader then keeps at most one piece alive in addition to its answer. */
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
