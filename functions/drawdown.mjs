#!/usr/bin/env node
/** `npx drawdown <command>` in a checkout: installs what is missing, then runs the CLI on Node 24 or later. */

import { spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pinnedNode, setup } from '../.ci/setup.mjs'

const NODE_MAJOR_MIN = 24
/** The second one is Google's library off the cloud, before it says in one line what is wrong. */
const QUIET = ['--disable-warning=ExperimentalWarning', '--disable-warning=MetadataLookupWarning']
const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** `npx` may have been found by any Node; the pinned one reads TypeScript. */
const run = () => {
  const node = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN ? process.execPath : pinnedNode(root)
  const cli = join(root, 'functions', 'cli.ts')
  const child = spawnSync(node, [...QUIET, cli, ...process.argv.slice(2)], { stdio: 'inherit' })
  if (child.error)
    console.error(`${node} does not start (${child.error.code}): remove node_modules and run the command again.`)
  return child.status ?? 128 + (constants.signals[child.signal] ?? 0)
}

try {
  await setup(root)
  process.exitCode = run()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
