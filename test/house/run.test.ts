import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LeftOut, leaveOut, readLeftOut } from '../support/left-out.ts'
import { closing } from '../support/reporter.ts'
import { type Ended, run } from '../support/run.ts'

const ROOT = join(import.meta.dirname, '../..')
const NO_LIST = '/nowhere'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawdown-run-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the build machine’s command', () => {
  const project = (): string => join(folder, 'a project')

  const program = (name: string, script: string): void => {
    const path = join(folder, 'bin', name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }

  /** `gcloud` is hidden: only what a test puts on the path is found before the shell's own tools. */
  const ci = (): Promise<Ended> =>
    run('bash', [join(project(), '.ci/run')], {
      cwd: folder,
      env: { PATH: [join(folder, 'bin'), join(folder, 'tools')].join(delimiter), HOME: folder },
    })

  beforeEach(async () => {
    for (const name of ['bin', 'tools', 'a project/.ci']) mkdirSync(join(folder, name), { recursive: true })
    cpSync(join(ROOT, '.ci/run'), join(project(), '.ci/run'))
    const tools = ['bash', 'sh', 'dirname', 'mktemp', 'rm', 'awk', 'tail', 'tr', 'grep', 'cat', 'id']
    for (const tool of tools) {
      const { stdout } = await run('/bin/sh', ['-c', `command -v ${tool}`], { cwd: folder })
      writeFileSync(join(folder, 'tools', tool), `#!${'/bin/sh'}\nexec ${stdout.trim()} "$@"\n`)
      chmodSync(join(folder, 'tools', tool), 0o755)
    }
    program('chromium', '')
  })

  test('ends with the counts of the tests, said once', async () => {
    program('npm', 'echo "ran $*, CI=$CI"; echo "3 passed, 0 failed"')
    const { code, stdout } = await ci()
    expect([code, stdout]).toEqual([0, 'ran test, CI=true\n3 passed, 0 failed\n'])
  })

  test('fails where a test failed, and tells what was skipped', async () => {
    program('npm', 'echo "3 passed, 2 failed, 1 skipped"; exit 1')
    const { code, stdout } = await ci()
    expect([code, stdout]).toEqual([1, '3 passed, 2 failed, 1 skipped\n'])
  })

  test('a crash before any count is a failure', async () => {
    program('npm', 'echo boom >&2; exit 1')
    const { code, stdout } = await ci()
    expect([code, stdout]).toEqual([1, 'boom\n0 passed, 1 failed\n'])
  })

  test('silence is no success', async () => {
    program('npm', 'exit 0')
    const { code, stdout } = await ci()
    expect([code, stdout.split('\n').at(-2)]).toEqual([1, '0 passed, 1 failed'])
  })

  test('refuses to leave out emulators where gcloud is installed, and only there', async () => {
    program('npm', 'printf "emulator:firestore\\twhy\\n" >> "$DRAWDOWN_LEFT_OUT"; echo "3 passed, 0 failed"')
    expect((await ci()).code).toBe(0)
    program('gcloud', '')
    const { code, stdout } = await ci()
    expect(code).toBe(1)
    expect(stdout).toMatch(/^Refused: gcloud is installed, yet emulator tests were left out .*\n3 passed, 1 failed\n$/)
  })

  test.each([
    [0, 0, '4 passed, 0 failed'],
    [1, 1, '3 passed, 1 failed'],
    [2, 0, '3 passed, 0 failed'],
  ])('the infrastructure check counts as one test: exit %i', async (exit, code, last) => {
    program('npm', 'cat "$DRAWDOWN_LEFT_OUT"; echo "3 passed, 0 failed"')
    const tools = join(folder, 'shared/tools/infra-check')
    for (const path of [tools, join(project(), 'infra')]) mkdirSync(path, { recursive: true })
    writeFileSync(join(project(), 'infra/main.tf'), '')
    writeFileSync(join(tools, 'infra-check'), `#!/bin/sh\necho "checked $*"\nexit ${exit}\n`)
    chmodSync(join(tools, 'infra-check'), 0o755)
    const ended = await ci()
    expect(ended.code).toBe(code)
    expect(ended.stdout.split('\n').at(0)).toBe('checked infra')
    expect(ended.stdout.split('\n').at(-2)).toBe(last)
    expect(ended.stdout.includes('infra-check\tthe tool could not run')).toBe(exit === 2)
  })
})

test('npm hands SIGTERM on: a shell between npm and a program would die of it and leave the program behind', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  expect([scripts['start'], scripts['drawdown']].map((script) => script?.split(' ').slice(0, 2))).toEqual([
    ['exec', 'node'],
    ['exec', 'node'],
  ])
})

describe('the last line of a test run', () => {
  test('stands alone and names skipped tests only where there are some', () => {
    expect(closing({ passed: 3, failed: 0, skipped: 0 }, 0, NO_LIST)).toBe('3 passed, 0 failed\n')
    expect(closing({ passed: 3, failed: 1, skipped: 2 }, 1, NO_LIST)).toBe('3 passed, 1 failed, 2 skipped\n')
  })

  test('never says that nothing failed where the run did', () => {
    expect(closing({ passed: 3, failed: 0, skipped: 0 }, 1, NO_LIST)).toBe('3 passed, 1 failed\n')
  })

  test('comes after what was left out and why, each once', () => {
    const file = join(folder, 'list')
    writeFileSync(file, 'emulator:pubsub\tno Java\nbrowser\tnone found\nemulator:pubsub\tno Java\n')
    expect(closing({ passed: 1, failed: 0, skipped: 0 }, 0, file)).toBe(
      'Left out:\n  browser: none found\n  emulator:pubsub: no Java\n1 passed, 0 failed\n',
    )
  })
})

test('what is left out is kept on one line, whatever the reason says', () => {
  const file = join(folder, 'list')
  const before = process.env['DRAWDOWN_LEFT_OUT']
  process.env['DRAWDOWN_LEFT_OUT'] = file
  leaveOut('emulator:firestore', 'it said\n\tno')
  if (before === undefined) delete process.env['DRAWDOWN_LEFT_OUT']
  else process.env['DRAWDOWN_LEFT_OUT'] = before
  const expected: readonly LeftOut[] = [{ name: 'emulator:firestore', why: 'it said no' }]
  expect(readLeftOut(file)).toEqual(expected)
})

test('a run with a broken file and a left-out test says so at its very end', async () => {
  const tests = join(folder, 'test')
  mkdirSync(tests)
  for (const name of ['vitest.config.ts', 'support']) {
    cpSync(join(ROOT, 'test', name), join(tests, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const imports = `import { test } from 'vitest'`
  writeFileSync(
    join(tests, 'good.test.ts'),
    `${imports}\nimport { leaveOut } from './support/left-out.ts'\ntest('a', () => leaveOut('x', 'y'))\n`,
  )
  writeFileSync(join(tests, 'broken.test.ts'), `throw new Error('no')\n`)
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const { code, stdout } = await run(process.execPath, [vitest, 'run', '--config', join(tests, 'vitest.config.ts')], {
    cwd: folder,
    env: { HOME: folder },
  })
  expect(code).toBe(1)
  expect(stdout).toMatch(/\nLeft out:\n {2}x: y\n1 passed, 1 failed\n$/)
})
