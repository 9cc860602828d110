/** What the servers of this folder answer with. `SECRET` must never reach a client. */
export const row = { id: 1, email: 'ada@example.com', password_hash: 'SECRET' }
export const port = Number(process.env['PORT'])

/** A body that fails after its first chunk. */
export async function* failing(): AsyncGenerator<string> {
  yield 'begun\n'
  await new Promise((resolve) => setTimeout(resolve, 20))
  throw new Error('SECRET')
}

export const producer = { isOpen: false }

/** A body without an end. `producer` says whether it is still open. */
export async function* endless(): AsyncGenerator<string> {
  producer.isOpen = true
  try {
    for (;;) {
      yield 'more\n'
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  } finally {
    producer.isOpen = false
  }
}
