/** A real browser for tests: Debian's Chromium, or the one that CHROMIUM names. */
import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** It must not look for a network. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why tests in a browser are skipped; `false` where they are not. */
export const noBrowser: string | false = existsSync(executablePath) ? false : `there is no browser at ${executablePath}`

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET })
}
