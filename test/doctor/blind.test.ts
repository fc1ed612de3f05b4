/** What doctor does where it sees little, and that it changes nothing and tells no secret wherever it looks. */

import { describe, expect, test } from 'vitest'
import type { Check } from '../../functions/doctor/check.ts'
import { examine } from '../../functions/doctor/examine.ts'
import { checks } from '../../functions/doctor/index.ts'
import type { Patient } from '../../functions/doctor/patient.ts'
import { doctorWorld, examined, SMTP_PASSWORD } from '../support/doctor-world.ts'
import { emulatorSuite, ownProject, pubsubEmulator } from '../support/emulators.ts'
import { openBus } from '../support/pubsub.ts'

const world = doctorWorld()

const unseenBy = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
  const { findings } = await examined(world)
  const unseen = findings.flatMap((one) => (one.status === 'unknown' ? [one] : []))
  return Object.fromEntries(
    [...Map.groupBy(unseen, ({ why }) => why)].map(([why, own]) => [why, own.map(({ check }) => check)]),
  )
}

describe('without', () => {
  test('a sign-in, what Google would have to tell is not checked, and all else is', async () => {
    world.caller = {
      why: 'There are no Google credentials here.',
      mend: 'Sign in: gcloud auth application-default login',
    }
    const asked = world.billing.asked().length
    const { findings } = await examined(world)
    expect(findings.filter(({ status }) => status !== 'ok').map(({ check, status }) => `${check} ${status}`)).toEqual([
      'store unknown',
      'feeds unknown',
      'outbox unknown',
      'sign-in unknown',
      'permissions unknown',
      'functions unknown',
      'schedule unknown',
      'topics unknown',
      'subscriptions unknown',
      'dead-letters unknown',
      'backlog unknown',
      'publishers unknown',
      'service-accounts unknown',
      'enforcement unknown',
      'budgets unknown',
      'spend-caps unknown',
      'billing unknown',
    ])
    expect(findings.find(({ check }) => check === 'topics')).toEqual({
      check: 'topics',
      status: 'unknown',
      what: 'Not checked: the topics.',
      why: 'There are no Google credentials here.',
      mend: 'Sign in: gcloud auth application-default login',
    })
    expect(world.google.requests()).toEqual([])
    expect(world.billing.asked()).toHaveLength(asked)
  })

  test('a project, the budgets and the billing links are checked all the same', async () => {
    delete world.env['GOOGLE_CLOUD_PROJECT']
    expect(await unseenBy()).toEqual({
      'GOOGLE_CLOUD_PROJECT is not set, so the project that Drawdown runs in is not known.': [
        'store',
        'permissions',
        'functions',
        'schedule',
        'topics',
        'subscriptions',
        'dead-letters',
        'backlog',
        'publishers',
        'service-accounts',
        'enforcement',
        'spend-caps',
      ],
    })
  })
})

describe('a check', () => {
  const patient = { lacks: {} } as Patient
  const check = (name: string, run: Check['run']): Check => ({ name, covers: `the ${name}`, needs: [], run })

  test('that fails or hangs is unknown, and the others are heard', async () => {
    const { findings, counts } = await examine(
      patient,
      [
        check('failing', () => Promise.reject(new Error('it broke\nat a line'))),
        check('hanging', () => new Promise(() => undefined)),
        check('sound', async () => [{ status: 'ok', what: 'All is well.' }]),
      ],
      100,
    )
    expect(findings).toEqual([
      {
        check: 'failing',
        status: 'unknown',
        what: 'Not checked: the failing.',
        why: 'The check ended without a result (it broke).',
        mend: 'Run doctor again.',
      },
      {
        check: 'hanging',
        status: 'unknown',
        what: 'Not checked: the hanging.',
        why: 'The check ended without a result (no answer within 100 ms).',
        mend: 'Run doctor again.',
      },
      { check: 'sound', status: 'ok', what: 'All is well.' },
    ])
    expect(counts).toEqual({ problem: 0, warning: 0, unknown: 2, ok: 1 })
  })

  test('has a name that no other has', () => {
    const names = checks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toHaveLength(25)
  })
})

test('of many accounts and projects the first are looked up, and the rest is said', async () => {
  const extra = Array.from({ length: 60 }, (_, index) => {
    const id = index.toString(16).toUpperCase().padStart(6, '0')
    return `  - { id: ${id}-000000-000000, plan: postpay, projects: [app-number-${index}a, app-number-${index}b] }`
  })
  world.config = world.config.replace('channels:', `${extra.join('\n')}\nchannels:`)
  const asked = world.billing.asked().length
  const { findings } = await examined(world)
  expect(findings.find(({ check, status }) => check === 'config' && status === 'unknown')?.what).toBe(
    '11 accounts and 22 projects were not looked up at Google, nor in the ledger.',
  )
  expect(world.billing.asked().slice(asked)).toHaveLength(50 + 99 + 1)
})

test('nothing is changed, nothing is posted, no mail is offered', async () => {
  const knocks = world.chat.requests().length
  await examined(world)
  const writes = world.google
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !/:(getIamPolicy|testIamPermissions)$/.test(path))
  expect(writes.map(({ path, body }) => [path, JSON.parse(body).writes[0].currentDocument])).toEqual([
    ['/v1/projects/my-finops/databases/(default)/documents:commit', { exists: true }],
  ])
  expect(
    world.chat
      .requests()
      .slice(knocks)
      .map(({ method, path }) => `${method} ${path}`),
  ).toEqual(['HEAD /'])
  expect(world.smtp.wasOffered()).toBe(false)
})

test('no secret is told, whatever is wrong', async () => {
  world.env['OPS_CHAT_URL'] = 'https://hooks.slack.com/services/T0/B0/s3cr3t-t0ken'
  world.env['SMTP_URL'] = `smtp://ops:wr0ng-h0rse@127.0.0.1:${world.smtp.port}`
  const wrong = JSON.stringify(await examined(world))
  world.env['SMTP_URL'] = `smtp//ops:${SMTP_PASSWORD}@127.0.0.1`
  const malformed = JSON.stringify(await examined(world))
  for (const secret of ['s3cr3t-t0ken', 'wr0ng-h0rse', SMTP_PASSWORD, 'Bearer'])
    expect(wrong + malformed).not.toContain(secret)
  expect(wrong).toContain('refuses the sign-in')
  expect(malformed).toContain('SMTP_URL: is no URL')
})

emulatorSuite('beside the real Pub/Sub emulator', await pubsubEmulator(), ({ host }) => {
  const push = { pushConfig: { pushEndpoint: 'http://127.0.0.1:1/x' }, ackDeadlineSeconds: 600 }

  test('topics and subscriptions are judged, and rights are not asked for', async () => {
    const project = ownProject('doctor')
    const bus = openBus(host, project)
    for (const topic of ['billing-notifications', 'gemini-usage', 'drawdown-schedule']) {
      await bus.createTopic(topic)
      await bus.createTopic(`${topic}-dead`)
      await bus.subscribe(`${topic}-dead`, `${topic}-dead`)
    }
    const sound = {
      ...push,
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      deadLetterPolicy: { deadLetterTopic: `projects/${project}/topics/gemini-usage-dead`, maxDeliveryAttempts: 100 },
      expirationPolicy: {},
    }
    await bus.subscribe('gemini-usage-push', 'gemini-usage', sound)
    await bus.subscribe('billing-notifications-push', 'billing-notifications', { ...push, expirationPolicy: {} })
    world.env = { ...world.env, GOOGLE_CLOUD_PROJECT: project, PUBSUB_EMULATOR_HOST: host }
    const { findings } = await examined(world)
    const of = (name: string) =>
      findings.filter(({ check }) => check === name).map(({ status, what }) => `${status}: ${what}`)
    expect(of('topics')).toEqual([
      'problem: The topic drawdown-schedule has no subscription.',
      `problem: There is no topic projects/${project}/topics/alert-deliveries.`,
    ])
    expect(of('subscriptions')).toEqual([
      'warning: The subscription billing-notifications-push tries again without a pause.',
    ])
    expect(of('dead-letters')).toEqual([
      'problem: The subscription billing-notifications-push has no dead-letter topic.',
    ])
    expect(of('publishers')).toEqual(['unknown: Not checked: who may publish to the topics.'])
    expect(world.google.requests()).toEqual([])
  })
})
