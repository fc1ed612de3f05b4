/** `npm run golden`: writes what every channel sends for every rule anew, to be reviewed as a change. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GOLDEN_FOLDER, goldenFiles } from './golden.ts'

const files = await goldenFiles()
rmSync(GOLDEN_FOLDER, { recursive: true, force: true })
for (const [path, text] of files) {
  mkdirSync(dirname(join(GOLDEN_FOLDER, path)), { recursive: true })
  writeFileSync(join(GOLDEN_FOLDER, path), text)
}
process.stdout.write(`${files.size} files in test/golden\n`)
