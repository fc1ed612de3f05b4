/** Put into a process by `node --import`: notes every file of its own folder that it loads, in LOADED_FILES/<target>. */

import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const target = process.argv.find((arg) => arg.startsWith('--target='))?.slice('--target='.length) ?? 'none'
const folder = `${pathToFileURL(process.cwd()).href}/`

registerHooks({
  load: (url, context, next) => {
    const name = url.startsWith(folder) ? url.slice(folder.length) : ''
    if (/^[\w.-]+$/.test(name)) appendFileSync(join(process.env['LOADED_FILES'] ?? '', target), `${name}\n`)
    return next(url, context)
  },
})
