import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Ended, run as runProgram } from '../support/run.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Stands in for npm: notes its arguments, then lays down a Node that tells the version asked for. */
const FAKE_NPM = `
const { appendFileSync, mkdirSync, rmSync, writeFileSync, chmodSync } = require('node:fs')
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n')
console.log('added 1 package')
if (process.env.FAKE_FAILS) process.exit(7)
rmSync('node_modules', { recursive: true, force: true })
mkdirSync('node_modules/.bin', { recursive: true })
setTimeout(() => {
  if (process.env.FAKE_NODE === 'unlinked') {
    const bin = 'node_modules/node-' + process.platform + '-' + process.arch + '/bin'
    mkdirSync(bin, { recursive: true })
    writeFileSync(bin + '/node', '#!/bin/sh\\necho v24.21.0\\n')
    chmodSync(bin + '/node', 0o755)
    return
  }
  if (process.env.FAKE_NODE === 'none') return
  writeFileSync('node_modules/.bin/node', '#!/bin/sh\\necho ' + (process.env.FAKE_NODE ?? 'v24.21.0') + '\\n')
  chmodSync('node_modules/.bin/node', 0o755)
}, 300)
`

let folder = ''

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'drawdown-setup-')), 'a path with spaces')
  mkdirSync(join(folder, '.ci'), { recursive: true })
  cpSync(join(ROOT, '.ci/setup.mjs'), join(folder, '.ci/setup.mjs'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  writeFileSync(join(folder, 'npm-cli.js'), FAKE_NPM)
})

afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const start = (env: Record<string, string> = {}, nodeArgs: readonly string[] = []): Promise<Ended> =>
  runProgram(process.execPath, [...nodeArgs, join(folder, '.ci/setup.mjs')], {
    cwd: tmpdir(),
    env: { ...npm(), ...env },
  })

const npm = () => ({ npm_execpath: join(folder, 'npm-cli.js'), npm_node_execpath: process.execPath })

const calls = (): readonly string[] =>
  existsSync(join(folder, 'npm-calls')) ? readFileSync(join(folder, 'npm-calls'), 'utf8').trimEnd().split('\n') : []

const lock = (): string => join(folder, '.drawdown/install.lock')

test('the first run installs by the lock file, and not a word of it goes to stdout', async () => {
  const run = await start()
  expect(run).toMatchObject({ code: 0, stdout: '' })
  expect(run.stderr).toContain('added 1 package')
  expect(calls()).toEqual([
    'ci --no-audit --no-fund --loglevel=error --ignore-scripts --include=dev --include=optional',
  ])
  expect(existsSync(lock())).toBe(false)
})

test('the next run does nothing and says nothing, until the lock file changes', async () => {
  await start()
  expect(await start()).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(calls()).toHaveLength(1)
  writeFileSync(join(folder, 'package-lock.json'), '{ }')
  await start()
  expect(calls()).toHaveLength(2)
})

test('two runs at once install once, and both end well', async () => {
  const [first, second] = await Promise.all([start(), start()])
  expect([first.code, second.code]).toEqual([0, 0])
  expect(calls()).toHaveLength(1)
  expect(first.stderr + second.stderr).toContain('Another run is installing packages; waiting for it')
})

test('a lock that a killed run left behind holds nobody up', async () => {
  mkdirSync(lock(), { recursive: true })
  const longAgo = new Date(0)
  utimesSync(lock(), longAgo, longAgo)
  expect((await start()).code).toBe(0)
  expect(calls()).toHaveLength(1)
})

test('a failed install is told with the mend, leaves no lock, and is tried again', async () => {
  const run = await start({ FAKE_FAILS: '1' })
  expect(run).toMatchObject({ code: 1, stdout: '' })
  expect(run.stderr.trimEnd().split('\n').at(-1)).toBe(
    'npm ci failed (7): see the lines above, check the network, then run the command again.',
  )
  expect(existsSync(lock())).toBe(false)
  expect((await start()).code).toBe(0)
})

test('a pinned Node that is too old is refused in one line, at every run', async () => {
  for (let run = 0; run < 2; run += 1) {
    const { code, stderr } = await start({ FAKE_NODE: 'v20.20.2' })
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^Node 24 or newer is needed and npm brought none for \S+ \(found v20\.20\.2\): install Node 24 from nodejs\.org/,
    )
  }
})

test('where npm brings no Node, a new enough one of the machine will do', async () => {
  expect((await start({ FAKE_NODE: 'none' })).code).toBe(0)
  expect(await start({ FAKE_NODE: 'none' })).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('a pinned Node that npm 10 left without its link gets one', async () => {
  expect((await start({ FAKE_NODE: 'unlinked' })).code).toBe(0)
  const { stdout } = await runProgram(join(folder, 'node_modules/.bin/node'), ['--version'], { cwd: folder })
  expect(stdout).toBe('v24.21.0\n')
})

test('a Linux without glibc is refused in one line, before anything is installed', async () => {
  const preload = join(folder, 'musl.mjs')
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'platform', { value: 'linux' })\nprocess.report.getReport = () => ({ header: {} })`,
  )
  const run = await start({}, ['--import', pathToFileURL(preload).href])
  expect(run).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'This system has no glibc, which the pinned Node needs: use a glibc system such as Debian or node:24-slim.\n',
  })
  expect(calls()).toEqual([])
})

test('a folder that cannot be written to is named in one line', async () => {
  writeFileSync(join(folder, '.drawdown'), 'in the way')
  const run = await start()
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(
    /^Cannot make .*\.drawdown \(EEXIST\): make its folder yours, then run the command again\.\n$/,
  )
})

test('npx drawdown hands its arguments to the CLI and gives its exit code back', async () => {
  mkdirSync(join(folder, 'functions'))
  cpSync(join(ROOT, 'functions/drawdown.mjs'), join(folder, 'functions/drawdown.mjs'))
  writeFileSync(
    join(folder, 'functions/cli.ts'),
    `const args: string[] = process.argv.slice(2)\nconsole.log(JSON.stringify(args))\nprocess.exitCode = 3\n`,
  )
  const launcher = [join(folder, 'functions/drawdown.mjs'), 'guard', '--json', 'a b']
  const { code, stdout } = await runProgram(process.execPath, launcher, { cwd: tmpdir(), env: npm() })
  expect([stdout, code]).toEqual(['["guard","--json","a b"]\n', 3])
})
