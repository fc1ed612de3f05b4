/** What the bundler is told of the packages it bundles; each of these saves time at every start, or size. */

import { isBuiltin } from 'node:module'
import { folderOf, packageOf } from './packages.mjs'

/** npm lays one version of a package down in several places where it cannot hoist it; one of them is enough. */
export const oneOfEach = (root, lock) => {
  const first = new Map()
  const twins = new Map()
  for (const [path, { version }] of Object.entries(lock.packages)) {
    const key = `${packageOf(`/${path}/`)}@${version}`
    if (first.has(key)) twins.set(`${root}/${path}/`, `${root}/${first.get(key)}/`)
    else first.set(key, path)
  }
  return {
    name: 'one-of-each',
    async resolveId(id, importer, options) {
      const found = await this.resolve(id, importer, { ...options, skipSelf: true })
      const folder = found && folderOf(found.id)
      return twins.has(folder) ? { ...found, id: found.id.replace(folder, twins.get(folder)) } : null
    },
  }
}

/**
 * Of the library under Google's REST clients a client needs the file that sends requests: its index loads every way to sign
 * in. The parameters it writes are flat, for which Node's own `querystring` says the same as `qs`, in a tenth of the code.
 */
export const onlyRequests = {
  name: 'only-requests',
  resolveId(id, importer, options) {
    if (id === 'googleapis-common' && importer?.includes('/@googleapis/'))
      return this.resolve('googleapis-common/build/src/apirequest.js', importer, options)
    return id === 'qs' && importer?.includes('/googleapis-common/') ? { id: 'node:querystring', external: true } : null
  },
}

const GOOGLES = /\/node_modules\/(?:gaxios|gcp-metadata|google-auth-library|googleapis-common)\/build\/.*\.js$/

/**
 * Google's clients call with node-fetch, and pass it headers of the global kind, whose first use loads Node's own fetch as
 * well: a tenth of a cold start. They are given node-fetch's.
 */
export const oneFetch = {
  name: 'one-fetch',
  transform: (code, id) =>
    GOOGLES.test(id) && /\b(?:Headers|FormData)\b/.test(code)
      ? code.replace(/^(?:"use strict";)?/, "$&const { Headers, FormData } = require('node-fetch');")
      : null,
}

/** Files that are loaded and never used. */
const UNUSED = [
  // Hand-outs for TypeScript: the clients themselves read protos.json.
  /\/@google-cloud\/(?:pubsub|pubsub-api|billing)\/build\/protos\/protos\.js$/,
  // For callers who ask for HTTP/2.
  /\/googleapis-common\/build\/src\/http2\.js$/,
  // For replies that are forms.
  /\/node-fetch\/src\/utils\/multipart-parser\.js$/,
  // For a Node without streams of its own.
  /\/web-streams-polyfill\//,
]

export const emptied = {
  name: 'emptied',
  load: (id) => (UNUSED.some((file) => file.test(id)) ? { code: 'module.exports = {}', moduleType: 'js' } : null),
}

/** The one package that is loaded by `require` lies in a file of its own. */
export const required = {
  name: 'required',
  transform: (code, id) =>
    id.endsWith('/functions/yaml.ts') ? code.replace("require('yaml')", "require('./yaml.cjs')") : null,
}

const IMPORT = /^import (?:(\* as [\w$]+|[\w$]+)(?:, )?)?(?:\{([^}]*)\})? ?from "([^"]+)";$/gm

/**
 * An `import` of a built-in module reads every property it has; those of `node:http` load WebSocket, and with it Node's
 * own fetch: a tenth of a cold start. Taking the module itself reads nothing.
 */
export const builtins = {
  name: 'builtins',
  renderChunk: (code) =>
    code.replace(IMPORT, (line, whole, names, id) => {
      if (!isBuiltin(id)) return line
      const targets = [whole?.replace('* as ', ''), names && `{${names.replaceAll(' as ', ': ')}}`].filter(Boolean)
      return targets.map((target) => `const ${target} = process.getBuiltinModule("${id}");`).join(' ')
    }),
}

/** Node keeps a text with a single character beyond Latin-1 in twice the memory, and is slower to read it. */
export const asciiOf = (code, name) => {
  if (/\\[^\0-\x7f]/.test(code)) throw new Error(`${name}: an escaped character that is not ASCII`)
  return code.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
