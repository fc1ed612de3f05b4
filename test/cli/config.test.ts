/** `drawdown config check`: what was understood, or every fault. */

import { expect, test } from 'vitest'
import { ACCOUNT, BUDGET, CONFIG, OTHER, sandbox } from './drawdown.ts'

const understood = (isSet: boolean): object => ({
  ok: true,
  accounts: [
    {
      id: ACCOUNT,
      name: 'Production',
      plan: 'cloud-credit',
      currencyCode: 'USD',
      projects: ['my-app'],
      budgets: { [BUDGET]: 'drawdown' },
    },
    { id: OTHER, name: 'Research', plan: 'gemini-prepay', currencyCode: 'EUR', projects: [], budgets: {} },
  ],
  channels: [{ name: 'ops-chat', kind: 'google-chat', secrets: [{ variable: 'OPS_CHAT_URL', set: isSet }] }],
  routes: [{ when: { severity: ['critical'] }, to: ['ops-chat'] }],
})

test('accounts, channels, routes and the names of the secrets are shown', async () => {
  const box = sandbox()
  expect(await box.json('config', 'check')).toEqual(understood(false))
  expect((await box.run('config', 'check')).out).toBe(
    [
      'ACCOUNT               NAME        PLAN           CURRENCY  PROJECTS  BUDGETS',
      `01D4EE-079462-DFD6EC  Production  cloud-credit   USD       my-app    ${BUDGET} drawdown`,
      '02A1B2-C3D4E5-F60718  Research    gemini-prepay  EUR',
      '',
      'CHANNEL   KIND         SECRETS',
      'ops-chat  google-chat  OPS_CHAT_URL not set',
      '',
      'TELLS     ABOUT     HOW',
      'ops-chat  critical',
      '',
    ].join('\n'),
  )
})

test('a secret that is set is said to be set, and never shown', async () => {
  const env = { OPS_CHAT_URL: 'https://chat.googleapis.com/v1/spaces/X/messages?token=hush-hush' }
  const { out, err } = await sandbox().runWith({ env }, 'config', 'check', '--json')
  expect(JSON.parse(out)).toEqual(understood(true))
  expect(out + err).not.toContain('hush')
})

test('links, canary and heartbeat are shown where they are configured', async () => {
  const box = sandbox(`${CONFIG}links: { url: "https://status.example.com", secret: [ACK_SECRET, OLD_SECRET] }
canary: { every: weekly, at: 07:05, timeZone: UTC }
heartbeat: HEARTBEAT_URL
`)
  const env = { ACK_SECRET: 'hush-hush' }
  const { out } = await box.runWith({ env }, 'config', 'check', '--json')
  expect(JSON.parse(out)).toEqual({
    ...understood(false),
    links: {
      url: 'https://status.example.com',
      secrets: [
        { variable: 'ACK_SECRET', set: true },
        { variable: 'OLD_SECRET', set: false },
      ],
    },
    canary: { every: 'weekly', at: '07:05', timeZone: 'UTC', to: ['ops-chat'] },
    heartbeat: { variable: 'HEARTBEAT_URL', set: false },
  })
  const text = (await box.runWith({ env }, 'config', 'check')).out
  expect(text.split('\n\n').at(-1)).toBe(
    [
      'Links: https://status.example.com, ACK_SECRET set, OLD_SECRET not set',
      'Canary: weekly at 07:05 UTC, to ops-chat',
      'Heartbeat: HEARTBEAT_URL not set',
      '',
    ].join('\n'),
  )
  expect(out + text).not.toContain('hush')
})

test('every fault is told, with exit code 1', async () => {
  const box = sandbox()
  const file = box.write('bad.yaml', 'accounts:\n  - id: nonsense\n    plan: prepay\n')
  const { code, out, err } = await box.run('config', 'check', file)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^\S*bad\.yaml:2: .*\n\S*bad\.yaml:3: .*\n$/)
  const asJson = await box.run('config', 'check', file, '--json')
  expect(asJson).toMatchObject({ code: 1, err: '' })
  expect(JSON.parse(asJson.out)).toEqual({ ok: false, errors: err.trimEnd().split('\n') })
})

test('a file that is not there is told by its name', async () => {
  const { code, err } = await sandbox().run('config', 'check', 'nowhere.yaml')
  expect(code).toBe(1)
  expect(err).toMatch(/^\S*nowhere\.yaml.*\n$/)
})

test('what may stop a project is shown, and whether this half of arming is given', async () => {
  const ladder = 'steps: [restrict-keys, disable-api], keys: [k1, k2], when: { rule: [credit-exhausted, burn-spike] }'
  const box = sandbox(`${CONFIG}enforce: { projects: { my-app: { ${ladder} } } }\n`)
  expect((await box.run('config', 'check')).out).toContain(
    [
      'MAY STOP  BY                                    FOR',
      'my-app    restrict-keys, disable-api, (2 keys)  critical, and credit-exhausted or burn-spike',
      'Enforcement is not armed: every step is only rehearsed.',
    ].join('\n'),
  )
  const when = { rule: ['credit-exhausted', 'burn-spike'], severity: ['critical'] }
  expect(await box.json('config', 'check')).toMatchObject({
    enforce: {
      armed: false,
      projects: { 'my-app': { steps: ['restrict-keys', 'disable-api'], keys: ['k1', 'k2'], when } },
    },
  })
})
