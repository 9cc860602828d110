/** Remembers which files were read recently. They are still in memory, where the round trip to a thread costs five times as much as the read itself. */
import { statfsSync, type Stats } from 'node:fs'

/** File system types of `statfs(2)`: ext4, XFS, Btrfs, F2FS, ZFS, tmpfs, overlay. On others, such as network file systems, even a recent file may block. */
const LOCAL_TYPES = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630])

const MOMENT_MS = 1_000
/** The number of paths per generation; two generations are remembered. */
const MOST = 1_000

export class RecentReads {
  readonly #device: number
  #young = new Set<string>()
  #old = new Set<string>()
  #since = 0

  constructor(device: number) {
    this.#device = device
  }

  /** Whether the file is on this disk: another disk may be mounted below the same folder. */
  holds({ dev }: Stats): boolean {
    return dev === this.#device
  }

  has(path: string): boolean {
    this.#forget()
    return this.#young.has(path) || this.#old.has(path)
  }

  add(path: string): void {
    this.#forget()
    this.#young.add(path)
  }

  #forget(): void {
    const now = performance.now()
    const age = now - this.#since
    if (age < MOMENT_MS && this.#young.size < MOST) return
    this.#old = age < 2 * MOMENT_MS ? this.#young : new Set()
    this.#young = new Set()
    this.#since = now
  }
}

export function isLocal(path: string): boolean {
  return process.platform === 'linux' && LOCAL_TYPES.has(statfsSync(path).type)
}
