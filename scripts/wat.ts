/** `npm run wat`: assembles every `.wat` file below `src` and writes its bytes, in base64, into the module of the same name. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import loadWabt from 'wabt'

/** Where the module holds the bytes: the last statement of the file. */
const CODE = /^const CODE =\n(?: {2}'[\w+/=]*'(?: \+)?\n)+/m

const LINE_LENGTH = 138

/** The statement that declares the assembled bytes. */
async function assemble(file: string): Promise<string> {
  const wabt = await loadWabt()
  const module = wabt.parseWat(file, await readFile(file, 'utf8'), { simd: true, reference_types: true })
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
  module.destroy()
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g'))!
  return `const CODE =\n${lines.map((line) => `  '${line}'`).join(' +\n')}\n`
}

/** For each module with a `.wat` file: the module, its text, and the text with freshly assembled bytes. */
export async function assembleAll(root = 'src'): Promise<readonly { module: string; text: string; assembled: string }[]> {
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.wat')).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const module = join(root, file.replace(/\.wat$/, '.ts'))
      const text = await readFile(module, 'utf8')
      if (!CODE.test(text)) throw new Error(`${module} has no constant CODE at its end`)
      const code = await assemble(join(root, file))
      return { module, text, assembled: text.replace(CODE, () => code) }
    }),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { module, text, assembled } of await assembleAll()) {
    if (text !== assembled) await writeFile(module, assembled)
    console.log(`${text === assembled ? 'unchanged' : 'written'}: ${module}`)
  }
}
