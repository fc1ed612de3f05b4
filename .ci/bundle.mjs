/** The functions as ES modules for Node, split so that a start loads only what its target uses. */

import { isBuiltin } from 'node:module'
import { rolldown } from 'rolldown'

/** Not bundled: the platform starts it from `node_modules`. */
export const FRAMEWORK = '@google-cloud/functions-framework'

/** Names and lines are kept for people who read stack traces, and for libraries that ask a class for its name. */
const SMALLER = {
  minify: {
    compress: { keepNames: { function: true, class: true } },
    mangle: { keepNames: true },
    codegen: { removeWhitespace: false },
  },
  comments: false,
}

/**
 * Every file of the bundle by name, `index.mjs` among them. `lock` is the project's package-lock.json. The same text on
 * every run, wherever the project lies. A warning of the bundler is an error.
 */
export const bundleOf = async (root, lock) => {
  const files = [
    ...(await filesOf(root, lock, 'functions/index.ts', {
      format: 'esm',
      entryFileNames: 'index.mjs',
      chunkFileNames: ({ name, facadeModuleId, moduleIds }) => `${nameOf(facadeModuleId, moduleIds) ?? name}.mjs`,
    })),
    ...(await filesOf(root, lock, 'functions/warm.ts', { format: 'esm', entryFileNames: 'warm.mjs' })),
    ...(await filesOf(root, lock, 'yaml', { format: 'cjs', entryFileNames: 'yaml.cjs' })),
  ]
  return new Map(files.map(({ fileName, code }) => [fileName, asciiOf(code, fileName)]))
}

const filesOf = async (root, lock, input, output) => {
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external: [FRAMEWORK],
    plugins: [oneOfEach(root, lock), onlyRequests, emptied, required, builtins],
    transform: {
      // Google's clients call with node-fetch and pass it Headers of the global kind, whose first use would load Node's
      // own fetch as well: 15 ms of every cold start.
      inject: { Headers: ['node-fetch', 'Headers'], FormData: ['node-fetch', 'FormData'] },
      define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    },
    // A module of file helpers that nobody calls would load the promises of node:fs.
    treeshake: { moduleSideEffects: [{ test: /\/fetch-blob\/from\.js$/, sideEffects: false }] },
    experimental: { attachDebugInfo: 'none' },
    onLog: refuseWarnings,
  })
  const made = await bundle.generate({ ...output, ...SMALLER })
  await bundle.close()
  return made.output
}

const refuseWarnings = (level, { code, message }) => {
  if (level === 'warn') throw new Error(`${code}: ${message}`)
}

const packageOf = (path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]

/** A chunk is called after the module it is loaded for, a shared one after the package that most of it comes from. */
const nameOf = (facade, modules) => {
  const packages = (facade ? [facade] : modules).map(packageOf).filter((name) => name !== undefined)
  const count = (name) => packages.filter((one) => one === name).length
  return [...new Set(packages)]
    .sort((a, b) => count(b) - count(a))[0]
    ?.replace(/^@/, '')
    .replaceAll('/', '-')
}

/** npm lays one version of a package down in several places where it cannot hoist it; one of them is enough. */
const oneOfEach = (root, lock) => {
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
      const folder = found && /.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(found.id)?.[0]
      return twins.has(folder) ? { ...found, id: found.id.replace(folder, twins.get(folder)) } : null
    },
  }
}

/**
 * Of the library under Google's REST clients a client needs the file that sends requests: its index loads every way to sign
 * in. The parameters it writes are flat, for which Node's own `querystring` says the same as `qs`, in a tenth of the code.
 */
const onlyRequests = {
  name: 'only-requests',
  resolveId(id, importer, options) {
    if (id === 'googleapis-common' && importer?.includes('/@googleapis/'))
      return this.resolve('googleapis-common/build/src/apirequest.js', importer, options)
    return id === 'qs' && importer?.includes('/googleapis-common/') ? { id: 'node:querystring', external: true } : null
  },
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

const emptied = {
  name: 'emptied',
  load: (id) => (UNUSED.some((file) => file.test(id)) ? { code: 'module.exports = {}', moduleType: 'js' } : null),
}

/** The one package that is loaded by `require` lies in a file of its own. */
const required = {
  name: 'required',
  transform: (code, id) =>
    id.endsWith('/functions/yaml.ts') ? code.replace("require('yaml')", "require('./yaml.cjs')") : null,
}

const IMPORT = /^import (?:(\* as [\w$]+|[\w$]+)(?:, )?)?(?:\{([^}]*)\})? ?from "([^"]+)";$/gm

/**
 * An `import` of a built-in module reads every property it has; those of `node:http` load WebSocket, and with it Node's
 * own fetch: 15 ms of every cold start. Taking the module itself reads nothing.
 */
const builtins = {
  name: 'builtins',
  renderChunk: (code) =>
    code.replace(IMPORT, (line, whole, names, id) => {
      if (!isBuiltin(id)) return line
      const targets = [whole?.replace('* as ', ''), names && `{${names.replaceAll(' as ', ': ')}}`].filter(Boolean)
      return targets.map((target) => `const ${target} = process.getBuiltinModule("${id}");`).join(' ')
    }),
}

/** Node keeps a text with a single character beyond Latin-1 in twice the memory, and is slower to read it. */
const asciiOf = (code, name) => {
  if (/\\[^\0-\x7f]/.test(code)) throw new Error(`${name}: an escaped character that is not ASCII`)
  return code.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
