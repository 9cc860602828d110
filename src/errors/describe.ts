/** Names a thrown thing for the log, whatever it is, without ever failing itself. */

export function describeError(error: unknown): string {
  try {
    if (error instanceof Error) return `${error.name}: ${error.message}`
    return `a thrown ${error === null ? 'null' : typeof error}`
  } catch {
    return 'a thrown thing that can not be read'
  }
}
