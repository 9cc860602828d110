/** `npm run wat`: assembles every `.wat` file below `src` and writes its bytes, in base64, into `wasm.ts` beside it. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import loadWabt from 'wabt'

/** The constant of `short-copy.wat` is `SHORT_COPY`. */
function constantOf(file: string): string {
  return basename(file, '.wat').replaceAll('-', '_').toUpperCase()
}

/** The statement that declares the bytes. */
function declaration(constant: string): RegExp {
  return new RegExp(String.raw`^const ${constant} =\n(?: {2}'[\w+/=]*'(?: \+)?\n)+`, 'm')
}

const LINE_LENGTH = 138

/** The declaration with the assembled bytes. */
async function assemble(file: string): Promise<string> {
  const wabt = await loadWabt()
  const module = wabt.parseWat(file, await readFile(file, 'utf8'), { simd: true, reference_types: true })
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
  module.destroy()
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g'))!
  return `const ${constantOf(file)} =\n${lines.map((line) => `  '${line}'`).join(' +\n')}\n`
}

interface Module {
  readonly text: string
  /** The text with freshly assembled bytes. */
  readonly assembled: string
}

/** The modules that hold bytes, by their paths. */
export async function assembleAll(root = 'src'): Promise<ReadonlyMap<string, Module>> {
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.wat')).toSorted()
  const modules = new Map<string, Module>()
  for (const file of files) {
    const path = join(root, dirname(file), 'wasm.ts')
    const text = modules.get(path)?.text ?? (await readFile(path, 'utf8'))
    const before = modules.get(path)?.assembled ?? text
    const old = declaration(constantOf(file))
    if (!old.test(before)) throw new Error(`${path} has no constant ${constantOf(file)}`)
    const code = await assemble(join(root, file))
    modules.set(path, { text, assembled: before.replace(old, () => code) })
  }
  return modules
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, { text, assembled }] of await assembleAll()) {
    if (text !== assembled) await writeFile(path, assembled)
    console.log(`${text === assembled ? 'unchanged' : 'written'}: ${path}`)
  }
}
