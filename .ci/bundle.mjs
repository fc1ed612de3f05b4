/** The functions as ES modules for Node, split so that a start loads only what its target uses. */

import { rolldown } from 'rolldown'
import { asciiOf, builtins, emptied, oneFetch, oneOfEach, onlyRequests, required } from './bundle-plugins.mjs'
import { packageOf } from './packages.mjs'

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
 * The files of the bundle by name, `index.mjs` among them, and the paths of the modules in them. `lock` is the project's
 * package-lock.json. The same text on every run, wherever the project lies. A warning of the bundler is an error.
 */
export const bundleOf = async (root, lock) => {
  const made = [
    ...(await filesOf(root, lock, 'functions/index.ts', {
      format: 'esm',
      entryFileNames: 'index.mjs',
      chunkFileNames: ({ name, facadeModuleId, moduleIds }) => `${nameOf(facadeModuleId, moduleIds) ?? name}.mjs`,
    })),
    ...(await filesOf(root, lock, 'functions/warm.ts', { format: 'esm', entryFileNames: 'warm.mjs' })),
    ...(await filesOf(root, lock, 'yaml', { format: 'cjs', entryFileNames: 'yaml.cjs' })),
  ]
  return {
    files: new Map(made.map(({ fileName, code }) => [fileName, asciiOf(code, fileName)])),
    modules: made.flatMap(({ moduleIds }) => moduleIds),
  }
}

const filesOf = async (root, lock, input, output) => {
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external: [FRAMEWORK],
    plugins: [oneOfEach(root, lock), onlyRequests, oneFetch, emptied, required, builtins],
    transform: { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } },
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

/** A chunk is called after the module it is loaded for, a shared one after the package that most of it comes from. */
const nameOf = (facade, modules) => {
  const packages = (facade ? [facade] : modules).map(packageOf).filter((name) => name !== undefined)
  const count = (name) => packages.filter((one) => one === name).length
  return [...new Set(packages)]
    .sort((a, b) => count(b) - count(a))[0]
    ?.replace(/^@/, '')
    .replaceAll('/', '-')
}
