/** The package that is deployed: what the bundle still needs installed, in exactly the versions of this project. */

import { FRAMEWORK } from './bundle.mjs'

/** As package.json and package-lock.json of `dist/`; `lock` is the project's own, `about` its package.json. */
export const packageFiles = (about, lock) => {
  const { version } = lock.packages[`node_modules/${FRAMEWORK}`]
  const head = { name: about.name, version: about.version, license: about.license }
  // Run by the platform's build once everything is installed: https://docs.cloud.google.com/docs/buildpacks/nodejs
  const scripts = { 'gcp-build': 'node warm.mjs' }
  const needs = { dependencies: { [FRAMEWORK]: version }, engines: { node: '24.x' } }
  const packages = Object.fromEntries(below(lock.packages).map((path) => [path, lock.packages[path]]))
  return new Map([
    ['package.json', textOf({ ...head, private: true, type: 'module', main: 'index.mjs', scripts, ...needs })],
    [
      'package-lock.json',
      textOf({
        name: about.name,
        version: about.version,
        lockfileVersion: 3,
        requires: true,
        packages: { '': { ...head, ...needs }, ...packages },
      }),
    ],
  ])
}

const textOf = (value) => `${JSON.stringify(value, null, 2)}\n`

/** The paths of the framework and of all it needs, sorted, each where npm has laid it down for the project. */
const below = (packages) => {
  const found = new Set([`node_modules/${FRAMEWORK}`])
  for (const path of found) {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[path]
    const isOptional = (name) => name in { ...optionalDependencies } || peerDependenciesMeta?.[name]?.optional
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const at = placeOf(packages, path, name)
      if (at !== undefined) found.add(at)
      else if (!isOptional(name)) throw new Error(`package-lock.json: ${name}, which ${path} needs, is missing`)
    }
  }
  return [...found].sort()
}

/** Where Node finds a package from another one: in its own folder, else in those around it. */
const placeOf = (packages, from, name) => {
  for (let folder = `${from}/`; ; folder = folder.slice(0, folder.lastIndexOf('node_modules/'))) {
    if (`${folder}node_modules/${name}` in packages) return `${folder}node_modules/${name}`
    if (folder === '') return undefined
  }
}
