/** Writes the JSON Schema of the configuration file for editors; with --check only says whether it has drifted. */

import { readFileSync, writeFileSync } from 'node:fs'
import { configJsonSchema } from '../functions/config-file.ts'

const file = new URL('../functions/config.schema.json', import.meta.url)

/** The formatter has its own mind about line breaks; only the content counts. */
const compact = (value) => JSON.stringify(value)

if (!process.argv.includes('--check')) writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
else if (compact(JSON.parse(readFileSync(file, 'utf8'))) !== compact(configJsonSchema())) {
  console.error('functions/config.schema.json no longer matches functions/config-file.ts: run npm run fix.')
  process.exitCode = 1
}
