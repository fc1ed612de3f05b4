/** What every command has in common: help, one-line errors, exit codes, a clean stdout. */

import { describe, expect, test } from 'vitest'
import { ACCOUNT, sandbox } from './drawdown.ts'

const COMMANDS = [
  'status',
  'grant add',
  'grant void',
  'grant refund',
  'grant list',
  'reading',
  'plan',
  'tier',
  'replay',
  'price',
  'guard',
  'alerts list',
  'alerts ack',
  'alerts snooze',
  'deliveries list',
  'deliveries redrive',
  'test-alert',
  'config check',
  'quarantine list',
]

test('the help names every command and the exit codes', async () => {
  const { code, out, err } = await sandbox().run('--help')
  expect(code).toBe(0)
  expect(err).toBe('')
  for (const name of new Set(COMMANDS.map((command) => command.split(' ')[0] ?? '')))
    expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
  expect(out).toMatch(/0 {2}done\n {2}1 {2}the command failed.*\n {2}2 {2}the command was not understood/)
})

test('without a word the help is shown', async () => {
  const { code, out } = await sandbox().run()
  expect(code).toBe(0)
  expect(out).toMatch(/^Usage: drawdown /)
})

test.each(COMMANDS)('%s has --json and --help', async (command) => {
  const { code, out, err } = await sandbox().run(...command.split(' '), '--help')
  expect(code).toBe(0)
  expect(err).toBe('')
  expect(out).toMatch(new RegExp(`^Usage: drawdown ${command} `))
  expect(out).toMatch(/^ {2}--json /m)
  expect(out).toMatch(/^ {2}-h, --help /m)
})

test('the help of guard states its own exit codes', async () => {
  const { out } = await sandbox().run('guard', '--help')
  expect(out).toMatch(/0 {2}fine\n {2}1 {2}low.*\n {2}2 {2}out.*\n {2}3 {2}unknown/)
})

describe('wrong usage is one line on stderr with where to look, and exit code 2', () => {
  test.each([
    [['stats'], "drawdown: unknown command 'stats' (Did you mean status?) See drawdown --help.\n"],
    [['grant'], 'drawdown grant: a command is missing. See drawdown grant --help.\n'],
    [['grant', 'ad'], "drawdown grant: unknown command 'ad' (Did you mean add?) See drawdown grant --help.\n"],
    [
      ['status', '--jsn'],
      "drawdown status: unknown option '--jsn' (Did you mean --json?) See drawdown status --help.\n",
    ],
    [
      ['status', 'production'],
      "drawdown status: command-argument value 'production' is invalid for argument 'account'. It must be a billing account id, such as 01D4EE-079462-DFD6EC. See drawdown status --help.\n",
    ],
    [
      ['reading', ACCOUNT, '1e3'],
      "drawdown reading: command-argument value '1e3' is invalid for argument 'balance'. It must be a decimal amount, such as 50.00. See drawdown reading --help.\n",
    ],
    [
      ['plan', ACCOUNT, 'prepay'],
      "drawdown plan: command-argument value 'prepay' is invalid for argument 'plan'. Allowed choices are cloud-credit, gemini-prepay, postpay. See drawdown plan --help.\n",
    ],
    [
      ['tier', ACCOUNT, 'tier-1', '--at', 'yesterday'],
      "drawdown tier: option '--at <time>' argument 'yesterday' is invalid. It must be an RFC 3339 time with a zone, such as 2026-11-23T10:00:00Z. See drawdown tier --help.\n",
    ],
  ])('%j', async (words, line) => {
    expect(await sandbox().run(...words)).toEqual({ code: 2, out: '', err: line })
  })
})

describe('a failure is one line on stderr with the mend, and exit code 1', () => {
  test('an account that is not configured names the nearest one', async () => {
    expect(await sandbox().run('status', '01D4EE-079462-DFD6EE')).toEqual({
      code: 1,
      out: '',
      err: 'Account 01D4EE-079462-DFD6EE is not in the configuration. Did you mean 01D4EE-079462-DFD6EC?\n',
    })
  })

  test('an account far from every configured one names them all', async () => {
    expect((await sandbox().run('status', 'FFFFFF-FFFFFF-FFFFFF')).err).toBe(
      'Account FFFFFF-FFFFFF-FFFFFF is not in the configuration. It lists 01D4EE-079462-DFD6EC, 02A1B2-C3D4E5-F60718.\n',
    )
  })

  test('of several faults in the configuration the first is told, and that there are more', async () => {
    const box = sandbox('accounts:\n  - id: nonsense\n    plan: prepay\n')
    const { code, out, err } = await box.run('status')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^\S*drawdown\.yaml:2: .*\(1 more: drawdown config check\)\n$/)
  })

  test('a malformed STORE names the variable and a good value', async () => {
    const { code, out, err } = await sandbox().runWith({ env: { STORE: 'mysql:x' } }, 'status')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^STORE: .*sqlite:\.drawdown\/drawdown\.db\.\n$/)
  })
})

test('nothing but the result is on stdout, without colours where it is no terminal', async () => {
  const { out, err } = await sandbox().run('status')
  expect(err).toBe('')
  expect(out).toBe(
    [
      'ACCOUNT               NAME        PLAN              VALUE  LOW – HIGH  RUNWAY  ALERTS',
      '01D4EE-079462-DFD6EC  Production  cloud-credit   unfunded                           0',
      '02A1B2-C3D4E5-F60718  Research    gemini-prepay  unfunded                           0',
      '',
    ].join('\n'),
  )
})
