/**
 * `npm run build [-- --out FOLDER]`: makes `dist/`, which is all that is deployed: the bundle, its package.json and lock,
 * and both as a zip, under a fixed name and under one that holds its hash. The same bytes on every run.
 */

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { zipSync } from 'fflate'
import { bundleOf } from './bundle.mjs'
import { packageFiles } from './dist-package.mjs'
import { licencesOf } from './packages.mjs'

const HASH_DIGITS = 12
/** A zip keeps times in the zone of whoever made it: this is the first one it can name, in any. */
const MADE_AT = new Date(1980, 0, 1)
const [UNIX, FILE_MODE] = [3, 0o100644]

const main = async () => {
  const root = dirname(dirname(fileURLToPath(import.meta.url)))
  const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } })
  const out = resolve(values.out)
  const read = (name) => JSON.parse(readFileSync(join(root, name), 'utf8'))
  const lock = read('package-lock.json')
  const bundle = await bundleOf(root, lock)
  const files = new Map([
    ...bundle.files,
    ...packageFiles(read('package.json'), lock),
    ['LICENSE', readFileSync(join(root, 'LICENSE'), 'utf8')],
    ['LICENSES-OF-PACKAGES', licencesOf(bundle.modules)],
  ])
  const zip = zipOf(files)
  const hash = createHash('sha256').update(zip).digest('hex')
  const named = `drawdown-${hash.slice(0, HASH_DIGITS)}.zip`
  clear(out)
  for (const [name, content] of [...files, [named, zip], ['drawdown.zip', zip]]) writeFileSync(join(out, name), content)
  const sizes = `${megabytes(zip.length)} zipped, ${megabytes(sum([...files.values()].map(Buffer.byteLength)))} unzipped`
  console.log(`${relative(process.cwd(), join(out, named))}: ${files.size} files, ${sizes}, sha256 ${hash}`)
}

const zipOf = (files) => {
  const options = { level: 9, mtime: MADE_AT, os: UNIX, attrs: FILE_MODE << 16 }
  const entries = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  return zipSync(Object.fromEntries(entries.map(([name, text]) => [name, [Buffer.from(text), options]])))
}

/** What an earlier build left; anything else in the folder is somebody's own. */
const clear = (folder) => {
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (/\.([cm]js|zip)$/.test(name)) rmSync(join(folder, name))
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`

await main()
