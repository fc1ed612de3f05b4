/**
 * Put into a process by `node --import`: notes in LOADED_FILES/<target> every file of its own folder that it loads, and
 * `fetch` once Node's own fetch was loaded.
 */

import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const LOOK_MS = 20

const target = process.argv.find((arg) => arg.startsWith('--target='))?.slice('--target='.length) ?? 'none'
const folder = `${pathToFileURL(process.cwd()).href}/`
const note = (name) => appendFileSync(join(process.env['LOADED_FILES'] ?? '', target), `${name}\n`)

registerHooks({
  load: (url, context, next) => {
    const name = url.startsWith(folder) ? url.slice(folder.length) : ''
    if (/^[\w.-]+$/.test(name)) note(name)
    return next(url, context)
  },
})

const look = setInterval(() => {
  if (!process.moduleLoadList.some((name) => name.endsWith('/undici'))) return
  note('fetch')
  clearInterval(look)
}, LOOK_MS)
look.unref()
