import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { breaches, importsOf, type SourceFile } from './support/architecture.ts'

const ROOT = join(import.meta.dirname, '..')
const FUNCTIONS = join(ROOT, 'functions')

const files: readonly SourceFile[] = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|mjs)$/.test(path))
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(FUNCTIONS, path), 'utf8') }))

test('the tree keeps its boundaries', () => {
  expect(files.length).toBeGreaterThan(60)
  expect(breaches(files)).toEqual([])
})

describe('the checker sees what is planted', () => {
  const planted = (path: string, text: string): readonly string[] => {
    const sound = new Set(breaches(files))
    return breaches([...files.filter((file) => file.path !== path), { path, text }]).filter((line) => !sound.has(line))
  }

  test.each([
    ['domain/x.ts', "import { a } from '../ledger/book.ts'", 'domain/x.ts must not import ../ledger/book.ts'],
    ['domain/x.ts', "import { z } from 'zod'", 'domain/x.ts must not import zod'],
    ['domain/x.ts', "import { readFile } from 'node:fs'", 'domain/x.ts must not import node:fs'],
    ['ledger/x.ts', "import type { A } from '../rules/rule.ts'", 'ledger/x.ts must not import ../rules/rule.ts (type)'],
    ['ledger/x.ts', "export { a } from '../store/store.ts'", 'ledger/x.ts must not import ../store/store.ts'],
    ['rules/x.ts', "import {\n  a,\n  b,\n} from '../report/mail.ts'", 'rules/x.ts must not import ../report/mail.ts'],
    ['rules/x.ts', "import { creditLow } from './credit-low.ts'", 'rules/x.ts must not import ./credit-low.ts'],
    ['channels/x.ts', "import { slack } from './slack.ts'", 'channels/x.ts must not import ./slack.ts'],
    ['sources/x.ts', "import '../app/deps.ts'", 'sources/x.ts must not import ../app/deps.ts'],
    ['channels/x.ts', "import { createTransport } from 'nodemailer'", 'channels/x.ts must not import nodemailer'],
    ['store/x.ts', "import { DatabaseSync } from 'node:sqlite'", 'store/x.ts must not import node:sqlite'],
    [
      'outbox/x.ts',
      "import { defineChannel } from '../channels/channel.ts'",
      'outbox/x.ts must not import ../channels/channel.ts',
    ],
    ['app/x.ts', "import { open } from '../store/sqlite.ts'", 'app/x.ts must not import ../store/sqlite.ts'],
    ['app/x.ts', "import { a } from '../wire.ts'", 'app/x.ts must not import ../wire.ts'],
    ['app/x.ts', "const a = await import('../rules/index.ts')", 'app/x.ts must not import ../rules/index.ts (dynamic)'],
    ['log.ts', 'const a = await import(name)', 'log.ts must not import ./(computed) (dynamic)'],
    ['rules/x.ts', 'export const x: Rule = {}', 'rules/x.ts is missing in rules/index.ts'],
    ['channels/x.ts', "import { defineChannel } from './channel.ts'", 'channels/x.ts is missing in channels/index.ts'],
    ['sources/x.ts', 'export const x: Source = {}', 'sources/x.ts is missing in sources/index.ts'],
    ['ledger/x.ts', 'const now = Date.now()', 'ledger/x.ts must be told, not ask: \\bDate\\.now\\b'],
    ['report/x.ts', 'const now = new Date()', 'report/x.ts must be told, not ask: \\bnew Date(?:\\(\\s*\\)|(?!\\())'],
    ['outbox/x.ts', 'const now = Math.random()', 'outbox/x.ts must be told, not ask: \\bMath\\.random\\b'],
    ['app/x.ts', "const home = process.env['HOME']", 'app/x.ts must be told, not ask: \\bprocess\\.[a-z]'],
    ['store/x.ts', "console.log('x')", 'store/x.ts must be told, not ask: \\bconsole\\.[a-z]+\\('],
    ['cli.ts', 'export default 1', 'cli.ts has a default export'],
    ['cli.ts', 'a\n'.repeat(251), 'cli.ts has 251 lines, more than 250'],
  ])('%s: %s', (path, text, expected) => {
    expect(planted(path, text)).toContain(expected)
  })

  test.each([
    ['rules/x.ts', "import type { Rule } from './rule.ts'\nimport { money } from './words.ts'"],
    ['outbox/x.ts', "import type { SendOutcome } from '../channels/channel.ts'"],
    ['outbox/x.ts', "import { type RetryReason, type SendOutcome } from '../channels/channel.ts'"],
    ['report/x.ts', '// console.log of Date.now()\nconst at = new Date(0)\n/* from "../app/deps.ts" */'],
    ['wire.ts', "const a = await import('./store/sqlite.ts')"],
    ['local/x.ts', "import { a } from '../wire.ts'\nprocess.exit(0)"],
    ['cli.ts', 'a\n'.repeat(250)],
  ])('and lets pass what is allowed: %s: %s', (path, text) => {
    expect(planted(path, text)).toEqual([])
  })

  test('every form of import is read', () => {
    const text = `import a, { b } from './a.ts'\nimport type C from "./c.ts"\nimport * as d from './d.ts'
      export * from './e.ts'\nimport './f.ts'\nconst g = import('./g.ts')\nimport {\n  h,\n} from './h.ts'`
    expect(
      importsOf(text)
        .map(({ spec }) => spec)
        .sort(),
    ).toEqual(['a', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `./${name}.ts`))
  })
})

test('the top level holds what the design names, and dotfiles', () => {
  const named = ['functions', 'infra', 'test', 'package.json', 'tsconfig.json', 'cloudbuild.yaml', 'README.md']
  const allowed = new Set([...named, 'package-lock.json', 'LICENSE'])
  expect(topLevel().filter((name) => !allowed.has(name) && !name.startsWith('.'))).toEqual([])
})

/** What git keeps; without git, what lies there but for what is made. */
const topLevel = (): readonly string[] => {
  const git = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const names = git.status === 0 && git.stdout !== '' ? git.stdout.split('\n') : readdirSync(ROOT)
  const made = new Set(['node_modules', 'dist', ''])
  return [...new Set(names.map((name) => name.split('/')[0] ?? ''))].filter((name) => !made.has(name))
}
