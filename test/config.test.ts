import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultConfig, loadConfig, parseConfig, readEnvironment } from '../functions/config.ts'
import { configJsonSchema } from '../functions/config-file.ts'
import { ConfigError } from '../functions/domain/errors.ts'

const ID = '01D4EE-079462-DFD6EC'
const OTHER = '0A1B2C-3D4E5F-6A7B8C'

/** The lines of the error a text is refused with; empty where it is taken. */
const complaints = (text: string): readonly string[] => complaintsOf(() => parseConfig(text, 'config.yaml'))

const complaintsOf = (act: () => unknown): readonly string[] => {
  try {
    act()
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message.split('\n')
  }
}

const account = (lines: string): string => `accounts:\n  - id: ${ID}\n${lines}`

describe('a good file', () => {
  test('two lines are enough; everything else has a default', () => {
    const config = parseConfig(account(''), 'config.yaml')
    expect(config.accounts).toEqual([
      {
        id: ID,
        name: ID,
        plan: 'gemini-prepay',
        currency: 'USD',
        projects: [],
        budgets: {},
        thresholds: { percent: [50, 20, 10], amount: [], runwayHours: [168, 72, 24], expiryDays: [30, 7, 1] },
        timeZone: 'UTC',
        locale: 'en',
      },
    ])
    expect(config.channels).toEqual({})
    expect(config.routes).toEqual([])
  })

  test('the built-in configuration is the example of the README', () => {
    const config = defaultConfig()
    expect(config.accounts[0]?.thresholds.amount).toEqual([20_000_000_000n])
    expect(config.accounts[0]?.budgets).toEqual({ 'de72f49d-779b-4945-a127-4d6ce8def0bb': 'drawdown' })
    expect(config.channels['ops-chat']).toEqual({
      kind: 'google-chat',
      settings: { kind: 'google-chat', url: 'OPS_CHAT_URL' },
    })
    expect(config.routes).toEqual([{ when: { severity: ['warning', 'critical'] }, to: ['ops-mail', 'ops-chat'] }])
  })

  test('levels are sorted, highest first, each once', () => {
    const config = parseConfig(
      account('    thresholds: { percent: [10, 50, 10, 2.5], amount: ["5", "20.00", "5.0"], runwayHours: [24, 72] }'),
      'config.yaml',
    )
    expect(config.accounts[0]?.thresholds).toEqual({
      percent: [50, 10, 2.5],
      amount: [20_000_000_000n, 5_000_000_000n],
      runwayHours: [72, 24],
      expiryDays: [30, 7, 1],
    })
  })

  test('without routes, warning and critical go to every channel', () => {
    const config = parseConfig(
      account('channels:\n  a: { kind: slack, url: A }\n  b: { kind: google-chat, url: B }'),
      'config.yaml',
    )
    expect(config.routes).toEqual([{ when: { severity: ['warning', 'critical'] }, to: ['a', 'b'] }])
  })

  test('JSON is read as well, even when indented by tabs', () => {
    const json = JSON.stringify({ $schema: 'config.schema.json', accounts: [{ id: ID, usdRate: '0.92' }] }, null, '\t')
    expect(parseConfig(json, 'config.json').accounts[0]?.usdRate).toBe(920_000_000n)
  })

  test('a text says the same in JSON, where no YAML library is asked', () => {
    const name = 'a \\"b\\": {c}'
    const budgets = '{ "x:\\"y": "watch", "constructor": "drawdown" }'
    const rest = `"projects": [ "p" ], "timeZone": null, "budgets": ${budgets}`
    const json = `{ "accounts": [ { "id": "${ID}", "name": "${name}", ${rest} } ], "channels": { } }`
    // YAML takes JSON as it is; a comment makes it a text that JSON does not take.
    expect(parseConfig(json, 'config.json')).toEqual(parseConfig(`${json} # the same`, 'config.json'))
    expect(parseConfig(json, 'config.json').accounts[0]?.name).toBe('a "b": {c}')
  })

  test('a heading with nothing under it counts as left out', () => {
    expect(complaints(account('    thresholds:\n    projects:\nchannels:\nroutes:'))).toEqual([])
  })

  test('an id may carry its billingAccounts/ prefix', () => {
    expect(parseConfig(`accounts: [{ id: billingAccounts/${ID} }]`, 'c').accounts[0]?.id).toBe(ID)
  })

  test('names looked up from outside never meet what objects inherit', () => {
    const config = parseConfig(account('    budgets: { abc: watch }'), 'config.yaml')
    expect(config.accounts[0]?.budgets['constructor']).toBeUndefined()
    expect(config.channels['toString']).toBeUndefined()
  })
})

describe('a bad file says line, field, what is wrong and what to write', () => {
  test.each([
    ['', 'config.yaml:1: accounts: is missing. Write e.g. [{"id": "01D4EE-079462-DFD6EC"}].'],
    [
      'accounts: []',
      'config.yaml:1: accounts: must list at least one account. Write e.g. [{"id": "01D4EE-079462-DFD6EC"}].',
    ],
    [
      'accounts:\n  - id: 01d4ee-079462-dfd6ec',
      'config.yaml:2: accounts.0.id: must be a billing account id in capitals, got "01d4ee-079462-dfd6ec". Write e.g. 01D4EE-079462-DFD6EC.',
    ],
    [account('    plann: postpay'), 'config.yaml:3: accounts.0.plann: is not a setting here; did you mean "plan"?'],
    [
      account('    plan: free'),
      'config.yaml:3: accounts.0.plan: must be cloud-credit or gemini-prepay or postpay, got "free". Write e.g. gemini-prepay.',
    ],
    [
      account('    currency: usd'),
      'config.yaml:3: accounts.0.currency: must be an ISO 4217 code in capitals, got "usd". Write e.g. USD.',
    ],
    [
      account('    timeZone: Mars/Base'),
      'config.yaml:3: accounts.0.timeZone: must be an IANA time zone, got "Mars/Base". Write e.g. Europe/Berlin.',
    ],
    [
      account('    locale: de_DE'),
      'config.yaml:3: accounts.0.locale: must be a language tag (BCP 47), got "de_DE". Write e.g. de-DE.',
    ],
    [
      account('    thresholds:\n      percent:\n        - 50\n        - -5'),
      'config.yaml:6: accounts.0.thresholds.percent.1: must be between 0 and 10000, got -5. Write e.g. [50, 20, 10].',
    ],
    [
      account('    thresholds: { amount: [20.00] }'),
      'config.yaml:3: accounts.0.thresholds.amount.0: must be text, in quotes where it could be read as a number, got 20. Write e.g. ["20.00"].',
    ],
    [
      account('    thresholds: { amount: ["-1"] }'),
      'config.yaml:3: accounts.0.thresholds.amount.0: must be a decimal amount above 0, in quotes, got "-1". Write e.g. ["20.00"].',
    ],
    [
      account('    thresholds: { runwayHours: [1.5] }'),
      'config.yaml:3: accounts.0.thresholds.runwayHours.0: must be a whole number, got 1.5. Write e.g. [168, 72, 24].',
    ],
    [
      account('    budgets: { abc: drawdwn }'),
      'config.yaml:3: accounts.0.budgets.abc: must be drawdown or watch, got "drawdwn". Write e.g. {"de72f49d-779b-4945-a127-4d6ce8def0bb": "drawdown"}.',
    ],
    [
      account('channels:\n  Ops: { kind: slack, url: A }'),
      'config.yaml:4: channels.Ops: must be a name of lower-case letters, digits and hyphens, such as ops-mail.',
    ],
    [
      account('channels:\n  ops: { kind: slak, url: A }'),
      'config.yaml:4: channels.ops.kind: is no kind of channel; did you mean "slack"?',
    ],
    [
      account('channels:\n  ops: { kind: slack, urll: A, url: A }'),
      'config.yaml:4: channels.ops.urll: is not a setting here; did you mean "url"?',
    ],
    [
      account('channels: { ops: { kind: slack, url: A } }\nroutes:\n  - to: [opps]'),
      'config.yaml:5: routes.0.to.0: opps is no channel of this file; did you mean "ops"?',
    ],
    [
      account('channels: { ops: { kind: slack, url: A } }\nroutes:\n  - { when: { rule: [credit-lo] }, to: [ops] }'),
      'config.yaml:5: routes.0.when.rule.0: credit-lo is no rule; did you mean "credit-low"?',
    ],
    [
      account(`channels: { ops: { kind: slack, url: A } }\nroutes:\n  - { when: { account: [${OTHER}] }, to: [ops] }`),
      `config.yaml:5: routes.0.when.account.0: ${OTHER} is no account of this file; there is ${ID}.`,
    ],
    [
      account(`  - id: ${OTHER}\n  - id: billingAccounts/${ID}`),
      `config.yaml:4: accounts.2.id: is listed twice: ${ID} is accounts.0 already.`,
    ],
    [
      account(`    projects: [a, b]\n  - id: ${OTHER}\n    projects: [c, a]`),
      'config.yaml:5: accounts.1.projects.1: must be under one account only: a is under accounts.0 already.',
    ],
    [
      account('channels:\n  ops: { kind: slack, url: A }\n  ops: { kind: slack, url: B }'),
      'config.yaml:5: the name is used twice in one group, such as two channels of one name. Check the indentation, colons and quotes around this line.',
    ],
    [
      'accounts:\n\t- id: x',
      'config.yaml:2: indent with spaces, not with tabs. Check the indentation, colons and quotes around this line.',
    ],
    ['- a\n- b', 'config.yaml:1: must be a group of settings.'],
  ])('%j', (text, expected) => {
    expect(complaints(text)).toEqual([expected])
  })

  test('all problems are told at once, in the order of the file', () => {
    const lines = complaints(account('    currency: usd\n    plan: free\nroutes:\n  - to: []'))
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['config.yaml:3:', 'config.yaml:4:', 'config.yaml:6:'])
  })

  test('beyond twenty problems only their number is told', () => {
    const lines = complaints(account(Array.from({ length: 25 }, (_, index) => `    x${index}: 1`).join('\n')))
    expect(lines).toHaveLength(21)
    expect(lines[20]).toBe('… and 5 more.')
  })

  test.each([
    ['channels: { ops: { kind: slack, url: SECRET } }'],
    ['channels: { ops: { kind: email, to: [a@example.com], from: b@example.com, smtp: SECRET } }'],
    ['channels: { ops: { kind: SECRET } }'],
    ['channels: { ops: SECRET }'],
    ['channels: { SECRET: { kind: slack, url: A } }'],
    ['    name: [SECRET]'],
    ['    currency: SECRET'],
    ['    SECRET: 1'],
    ['channels: { ops: { kind: slack, url: SECRET, url: SECRET } }'],
    ['channels: { ops: { kind: slack, url: "SECRET }'],
    ['channels: { ops: { kind: slack, url: A } }\nroutes: [{ to: [SECRET] }]'],
  ])('a secret written into the file is never repeated: %s', (lines) => {
    for (const secret of [
      '"https://hooks.slack.com/services/T00/B00/hunter2hunter2"',
      '"AIzaSyA1234567890abcdefghijklmnopqrstuv"',
    ]) {
      const told = complaints(account(lines.replaceAll('SECRET', secret))).join('\n')
      expect(told).toMatch(/config\.yaml:\d+:/)
      expect(told).not.toContain(secret.slice(9, -1))
    }
  })

  test('nothing a channel was given is repeated, however short', () => {
    expect(complaints(account('channels: { ops: { kind: slack, url: hunter2 } }'))).toEqual([
      'config.yaml:3: channels.ops.url: must be the name of an environment variable, such as OPS_CHAT_URL.',
    ])
  })

  test('a fault in JSON has its line, also a name that is used twice', () => {
    const twice = `{\n  "accounts": [{ "id": "${ID}" }],\n  "channels": {},\n  "channels": {}\n}`
    expect(complaints(twice)).toEqual([expect.stringContaining('config.yaml:4: the name is used twice in one group')])
    const inside = `{\n  "accounts": [{\n    "id": "${ID}",\n    "budgets": { "b": "watch", "b": "drawdown" }\n  }]\n}`
    expect(complaints(inside)).toEqual([expect.stringContaining('config.yaml:4: the name is used twice in one group')])
    const wrong = `{\n  "accounts": [{ "id": "${ID}" }],\n  "chanels": {}\n}`
    expect(complaints(wrong)).toEqual([expect.stringMatching(/^config\.yaml:3: chanels: .*did you mean "channels"/)])
  })

  test('a hoard of aliases is refused, not expanded', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, index) => {
        const before = 'abcdefg'[index]
        return `${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`
      }),
    ].join('\n')
    expect(complaints(bomb)[0]).toContain('aliases')
  })

  test('any text at all is taken or refused with a ConfigError, never anything else', () => {
    const word = fc.constantFrom(
      'accounts',
      ':',
      '\n',
      '  ',
      '- ',
      'id',
      ID,
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '"',
      'null',
      '__proto__',
      'channels',
      '!!binary',
      '? ',
      '|',
      '#',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
        ),
        (text) => {
          complaints(text)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('loading', () => {
  const inFolder = (act: (folder: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), 'drawdown-config-'))
    try {
      act(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  test('a path wins over DRAWDOWN_CONFIG, which wins over the built-in configuration', () => {
    inFolder((folder) => {
      const [first, second] = [join(folder, 'a.yaml'), join(folder, 'b.yaml')]
      writeFileSync(first, `accounts: [{ id: ${OTHER}, name: first }]`)
      writeFileSync(second, `accounts: [{ id: ${OTHER}, name: second }]`)
      expect(loadConfig(first, { DRAWDOWN_CONFIG: second }).accounts[0]?.name).toBe('first')
      expect(loadConfig(undefined, { DRAWDOWN_CONFIG: second }).accounts[0]?.name).toBe('second')
      expect(loadConfig(undefined, {}).accounts[0]?.name).toBe('Production')
    })
  })

  test('in the cloud a file is a must', () => {
    expect(complaintsOf(() => loadConfig(undefined, { K_SERVICE: 'status' }))[0]).toMatch(
      /^DRAWDOWN_CONFIG is not set: /,
    )
  })

  test('a file that cannot be read is named, with the mend', () => {
    inFolder((folder) => {
      const [binary, large] = [join(folder, 'binary'), join(folder, 'large')]
      writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00]))
      writeFileSync(large, `accounts: []\n#${'x'.repeat(1_048_576)}`)
      const mend = 'give the path of a YAML or JSON file in --config or DRAWDOWN_CONFIG.'
      const told = (path: string) => complaintsOf(() => loadConfig(path, {}))
      expect(told(join(folder, 'none'))).toEqual([`${join(folder, 'none')}: cannot be read (no such file): ${mend}`])
      expect(told(folder)).toEqual([`${folder}: cannot be read (it is a folder): ${mend}`])
      expect(told(binary)).toEqual([`${binary}: cannot be read (it is not UTF-8 text): ${mend}`])
      expect(told(large)).toEqual([`${large}: is larger than 1 MiB: it should hold settings only.`])
    })
  })
})

test('the committed JSON Schema is the one the file schema makes', () => {
  const committed: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, '../functions/config.schema.json'), 'utf8'),
  )
  expect(committed).toEqual(JSON.parse(JSON.stringify(configJsonSchema())))
})

describe('the environment', () => {
  test('an empty one means a local SQLite file and port 8080', () => {
    expect(readEnvironment({ STORE: '', PORT: '' })).toEqual({
      store: 'sqlite:.drawdown/drawdown.db',
      port: 8080,
      inCloud: false,
    })
  })

  test.each([
    ['sqlite:a b/c:d.db', 'sqlite:a b/c:d.db'],
    ['sqlite::memory:', 'sqlite::memory:'],
    ['firestore:', 'firestore:(default)'],
    ['firestore:drawdown', 'firestore:drawdown'],
  ])('STORE=%s', (given, store) => {
    expect(readEnvironment({ STORE: given }).store).toBe(store)
  })

  test.each([['postgres:x'], ['sqlite'], ['sqlite:'], ['firestore'], ['firestore:A/B'], ['SQLITE:x']])(
    'STORE=%s is refused by name',
    (store) => {
      expect(complaintsOf(() => readEnvironment({ STORE: store }))[0]).toMatch(/^STORE: .*such as (sqlite|firestore):/)
    },
  )

  test('in the cloud SQLite needs a disk that lasts, and memory never lasts', () => {
    const cloud = { K_SERVICE: 'status' }
    const refused = /^STORE: SQLite would be lost with the instance here: set DRAWDOWN_DURABLE_DISK=1/
    expect(complaintsOf(() => readEnvironment(cloud))[0]).toMatch(refused)
    expect(
      complaintsOf(() => readEnvironment({ ...cloud, STORE: 'sqlite::memory:', DRAWDOWN_DURABLE_DISK: '1' }))[0],
    ).toMatch(refused)
    expect(readEnvironment({ ...cloud, STORE: 'sqlite:/mnt/x.db', DRAWDOWN_DURABLE_DISK: '1' }).store).toBe(
      'sqlite:/mnt/x.db',
    )
    expect(readEnvironment({ ...cloud, STORE: 'firestore:' }).inCloud).toBe(true)
  })

  test('PORT is a port', () => {
    expect(readEnvironment({ PORT: '0' }).port).toBe(0)
    for (const port of ['65536', '-1', '80a', '1e3', ' 80']) {
      expect(complaintsOf(() => readEnvironment({ PORT: port }))[0]).toBe(
        'PORT: must be a whole number from 0 to 65535, such as 8080.',
      )
    }
  })
})

describe('enforce', () => {
  const enforce = (lines: string): string => `${account('    projects: [my-app, my-batch]\n')}enforce:\n${lines}`
  const when = 'when: { rule: [credit-exhausted] }'

  test('is off unless it is there, and not armed unless it says so; critical alerts alone count unless told', () => {
    expect(parseConfig(account(''), 'config.yaml')).not.toHaveProperty('enforce')
    expect(
      parseConfig(enforce(`  projects: { my-batch: { steps: [disable-api], ${when} } }`), 'c.yaml').enforce,
    ).toEqual({
      armed: false,
      projects: {
        'my-batch': { steps: ['disable-api'], when: { rule: ['credit-exhausted'], severity: ['critical'] } },
      },
    })
  })

  test.each([
    [
      `  projects: { my-bach: { steps: [disable-api], ${when} } }`,
      'is listed under no account; did you mean "my-batch"?',
    ],
    [
      '  projects: { my-batch: { steps: [disable-api], when: { rule: [cost-anomaly] } } }',
      'cost-anomaly may stop no project',
    ],
    [
      '  projects: { my-batch: { steps: [disable-api], when: { rule: [feed-stale] } } }',
      'feed-stale may stop no project',
    ],
    [
      `  projects: { my-batch: { steps: [disable-api], keys: [a1], ${when} } }`,
      'does nothing without the step restrict-keys',
    ],
    [`  projects: { my-batch: { steps: [restrict-keys], keys: [], ${when} } }`, 'must name at least one key'],
    [`  projects: { my-batch: { steps: [], ${when} } }`, 'must name at least one step'],
    [`  projects: { my-batch: { steps: [delete-project], ${when} } }`, 'steps'],
    [`  projects: { "123456789012": { steps: [disable-api], ${when} } }`, 'projects'],
    [`  armed: "yes"\n  projects: { my-batch: { steps: [disable-api], ${when} } }`, 'armed'],
  ])('%s', (lines, expected) => {
    const [first, ...rest] = complaints(enforce(lines))
    expect(first).toContain(expected)
    expect(rest).toEqual([])
  })

  test('an API key written where its id belongs is not repeated', () => {
    const secret = 'AIzaSyA-1234567890abcdefghijklmnopqrstuv'
    const [first] = complaints(
      enforce(`  projects: { my-batch: { steps: [restrict-keys], keys: [${secret}], ${when} } }`),
    )
    expect(first).toContain('never the key itself')
    expect(first).not.toContain(secret)
  })
})
