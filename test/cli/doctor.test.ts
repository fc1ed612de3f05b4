/** `drawdown doctor` as a person runs it: half blind on a fresh machine, and signed in before Google's own host names. */

import { existsSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BillingPeer, startBilling } from '../support/billing-server.ts'
import { type GoogleFront, startFront } from '../support/google-front.ts'
import { BUDGETS, PROJECT, policyPath, projectPath, topicPath } from '../support/google-resources.ts'
import { type GooglePeer, startGoogle } from '../support/google-server.ts'
import { type HttpPeer, startHttp } from '../support/http-server.ts'
import { ACCOUNT, BUDGET, type Ran, type Sandbox, sandbox } from './drawdown.ts'

type Printed = {
  readonly findings: readonly { check: string; status: string; what: string; why?: string; mend?: string }[]
  readonly counts: Readonly<Record<string, number>>
}

const CONFIG = `accounts:
  - { id: ${ACCOUNT}, name: Production, projects: [my-app], budgets: { ${BUDGET}: drawdown } }
channels:
  ops-chat: { kind: google-chat, url: OPS_CHAT_URL }
  dev-slack: { kind: slack, url: DEV_SLACK_URL }
`

/** Nothing outside this machine is asked: whatever goes out ends at a port where nobody listens. */
const NOWHERE = { HTTPS_PROXY: 'http://127.0.0.1:1', NODE_USE_ENV_PROXY: '1' }

describe('on a machine that knows nothing', () => {
  const blind = (box: Sandbox, ...words: readonly string[]): Promise<Ran> =>
    box.runWith({ env: { ...NOWHERE, HOME: box.path('.') } }, 'doctor', ...words)

  test('what can be seen is judged, the rest is said with its reason, and nothing is made', async () => {
    const box = sandbox(CONFIG)
    const began = performance.now()
    const { code, out, err } = await blind(box, '--json')
    // A second of work; each wait for a cloud that is not there would be ten.
    expect(performance.now() - began).toBeLessThan(10_000)
    expect([code, err]).toEqual([0, ''])
    const { findings, counts } = JSON.parse(out) as Printed
    expect(counts).toEqual({ problem: 0, warning: 0, unknown: 22, ok: 2 })
    expect(findings.filter(({ check }) => check === 'budgets')).toEqual([
      {
        check: 'budgets',
        status: 'unknown',
        what: 'Not checked: the budgets.',
        why: 'There are no Google credentials here.',
        mend: 'Sign in: gcloud auth application-default login',
      },
    ])
    expect(existsSync(box.path('drawdown.db'))).toBe(false)
  })

  test('a person reads what is one reason once', async () => {
    const { out } = await blind(sandbox(CONFIG))
    expect(out).toContain(`sign-in: Google does not know who asks.
budgets: Not checked: the budgets.
billing: Not checked: billing links and open accounts.
  Why: There are no Google credentials here.
  Mend: Sign in: gcloud auth application-default login
`)
    expect(out).toMatch(/^NOT CHECKED\n/)
    expect(out).toMatch(/\nIN ORDER\nconfig: .*\nroutes: .*\n\n0 problems, 0 warnings, 22 not checked, 2 in order\.\n$/)
  })

  test('a configuration that cannot be read is one problem among much that is not checked', async () => {
    const { code, out, err } = await blind(sandbox('accounts: []\n'))
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(
      /^PROBLEMS\nconfig: \S+drawdown\.yaml:1: accounts: must list at least one account.*\n {2}Why: No function starts with this configuration\.\n {2}Mend: Mend the file, then run: npx drawdown config check \S+drawdown\.yaml\n/,
    )
  })

  test('credentials that are none are told as such', async () => {
    const box = sandbox(CONFIG)
    const env = { ...NOWHERE, HOME: box.path('.'), GOOGLE_APPLICATION_CREDENTIALS: box.write('key.json', '{"s3cr3t"') }
    const { out, err } = await box.runWith({ env }, 'doctor')
    expect(err).toBe('')
    expect(out).toContain(
      '  Why: The file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read as credentials.\n  Mend: Set it to a file of credentials, or unset it and sign in: gcloud auth application-default login\n',
    )
    expect(out).not.toContain('s3cr3t')
  })

  test('its help says what its exit code means', async () => {
    const { code, out } = await sandbox().run('doctor', '--help')
    expect(code).toBe(0)
    expect(out).toContain(
      'Exit codes:\n  0  no problem was found; there may be warnings\n  1  there is at least one problem',
    )
  })

  test.each([
    [
      ['doctor', '--dkim-selector', 'a b'],
      /must be a selector, such as google or s1\. See drawdown doctor --help\.\n$/,
    ],
    [['doctor', 'now'], /^drawdown doctor: too many arguments.* See drawdown doctor --help\.\n$/],
  ])('%j is not understood', async (words, line) => {
    const { code, err } = await sandbox().run(...words)
    expect(code).toBe(2)
    expect(err).toMatch(line)
  })
})

describe('with a sign-in', () => {
  let google: GooglePeer
  let billing: BillingPeer
  let http: HttpPeer
  let front: GoogleFront

  beforeAll(async () => {
    ;[google, billing, http] = await Promise.all([startGoogle(), startBilling(), startHttp()])
    front = await startFront({ http: portOf(google.endpoints.pubsub), grpc: billing.options.port ?? 0 })
  })
  beforeEach(() => {
    google.reset()
    google.signIn({
      access_token: 's3cr3t-t0ken',
      expires_in: 3_599,
      scope: 'openid email',
      email: 'ada@acme-finops.dev',
    })
    billing.account(ACCOUNT, true)
    billing.link('my-app', ACCOUNT)
    billing.link(PROJECT, ACCOUNT)
  })
  afterAll(() => Promise.all([front, google, billing, http].map((server) => server.close())))

  const portOf = (url: string): number => Number(new URL(url).port)

  /** A person's own credentials, as `gcloud auth application-default login` leaves them. */
  const CREDENTIALS = {
    type: 'authorized_user',
    client_id: 'id',
    client_secret: 's3cr3t-client',
    refresh_token: 's3cr3t-refresh',
  }

  const seeing = async (...words: readonly string[]): Promise<Ran> => {
    const box = sandbox(CONFIG)
    await box.run('grant', 'add', ACCOUNT, 'P1', '50.00')
    const env = {
      HOME: box.path('.'),
      GOOGLE_APPLICATION_CREDENTIALS: box.write('credentials.json', JSON.stringify(CREDENTIALS)),
      GOOGLE_CLOUD_PROJECT: PROJECT,
      HTTPS_PROXY: front.url,
      grpc_proxy: front.url,
      NO_PROXY: '127.0.0.1',
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: box.write('ca.pem', front.ca),
      OPS_CHAT_URL: `${http.url}/v1/spaces/AAAA/messages?key=k&token=s3cr3t-chat`,
      DEV_SLACK_URL: `${http.url}/services/T/B/s3cr3t-slack`,
    }
    return box.runWith({ env }, 'doctor', ...words)
  }

  test('a sound deployment is seen whole, and only the ledger of the first day is warned of', async () => {
    const { code, out, err } = await seeing('--json')
    expect([code, err]).toEqual([0, ''])
    const { findings, counts } = JSON.parse(out) as Printed
    expect(findings.filter(({ status }) => status !== 'ok').map(({ check, what }) => `${check}: ${what}`)).toEqual([
      `feeds: Production has never heard of its budget ${BUDGET}.`,
      'feeds: Production has never heard of usage.',
    ])
    expect(counts).toEqual({ problem: 0, warning: 2, unknown: 0, ok: 22 })
    expect(findings.find(({ check }) => check === 'sign-in')?.what).toBe(
      'Google knows this sign-in as user:ada@acme-finops.dev.',
    )
    expect(out).not.toContain('s3cr3t')
    const [first] = google.requests().filter(({ path }) => path.startsWith('/v1/projects/'))
    expect([first?.headers['authorization'], first?.headers['x-goog-user-project']]).toEqual([
      'Bearer s3cr3t-t0ken',
      PROJECT,
    ])
  })

  test('problems come first, with the line that mends each', async () => {
    google.set(BUDGETS, 'budgets.0.budgetFilter.creditTypesTreatment', 'INCLUDE_ALL_CREDITS')
    google.set(policyPath(topicPath('billing-notifications')), 'bindings', [])
    billing.link('my-app')
    const { code, out, err } = await seeing()
    expect([code, err]).toEqual([1, ''])
    expect(out.slice(0, out.indexOf('\n\nWARNINGS\n'))).toBe(`PROBLEMS
publishers: Budgets may not publish to billing-notifications: roles/pubsub.publisher is missing.
  Why: No budget message arrives, Google tells nobody why, and a budget that names the topic cannot even be saved.
  Mend: Grant it: gcloud pubsub topics add-iam-policy-binding billing-notifications --project=my-finops --member=serviceAccount:billing-budget-alert@system.gserviceaccount.com --role=roles/pubsub.publisher
budgets: The budget “Drawdown: gross spend from prepaid credit” (${BUDGET}) of Production is net of credits (INCLUDE_ALL_CREDITS).
  Why: Credit that pays for spend reads as no spend at all: the balance seems not to fall, and nobody is warned.
  Mend: Make it gross: gcloud billing budgets update ${BUDGET} --billing-account=${ACCOUNT} --credit-types-treatment=exclude-all-credits
billing: The project my-app is billed to no account.
  Why: Its paid calls are refused.
  Mend: Link it: gcloud billing projects link my-app --billing-account=${ACCOUNT}`)
  })

  test('a name from outside does nothing to the terminal', async () => {
    google.set(BUDGETS, 'budgets.0.displayName', 'Evil\u001b[2J\u202Ename')
    google.set(BUDGETS, 'budgets.0.thresholdRules', [])
    const { out } = await seeing()
    expect(out).toContain('The budget “Evil [2Jname”')
    expect(out).not.toContain('\u001b')
  })

  test('a sign-in that has run out is said once for all', async () => {
    google.signIn({ error: 'invalid_grant', error_description: 'Token has been expired or revoked.' })
    const { code, out, err } = await seeing()
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(
      '  Why: The Google sign-in here has run out.\n  Mend: Sign in again: gcloud auth application-default login\n',
    )
    expect(new Set(google.requests().map(({ path }) => path))).toEqual(new Set(['/token', '/']))
  })

  test('what the sign-in may not see is said with the role and the line', async () => {
    google.refuse(projectPath(PROJECT), 403)
    const { code, out } = await seeing()
    expect(code).toBe(0)
    expect(out).toContain(
      'user:ada@acme-finops.dev may not read projects/my-finops: roles/browser is missing there.\n  Mend: Grant it: gcloud projects add-iam-policy-binding my-finops --member=user:ada@acme-finops.dev --role=roles/browser --condition=None',
    )
  })
})
