/** Which package a file belongs to, and the terms that package comes under. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGE = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//

/** Such as `@google-cloud/pubsub`; `undefined` for a file of the project. */
export const packageOf = (path) => PACKAGE.exec(path)?.[1]

/** The folder of the package, with a slash at its end. */
export const folderOf = (path) => PACKAGE.exec(path)?.[0]

/** The licences of all packages these files come from, each text once, under the packages it is for. */
export const licencesOf = (paths) => {
  const folders = new Set(paths.map(folderOf).filter((folder) => folder && existsSync(join(folder, 'package.json'))))
  const under = new Map()
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file ? readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim() : `Licence: ${license}`
    under.set(text, [...(under.get(text) ?? []), `${name} ${version}`])
  }
  const parts = [...under].map(([text, names]) => `${[...new Set(names)].sort().join('\n')}\n\n${text}\n`)
  return parts.sort().join(`\n${'-'.repeat(80)}\n\n`)
}
