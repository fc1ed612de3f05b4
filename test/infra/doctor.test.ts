/** What doctor falls back on where it sees nothing is what infra/ makes, and what the start asks for. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ackDeadlineFor, ENFORCER, pushAccount, TARGETS, WIRING } from '../../functions/doctor/deployment.ts'
import { ENFORCE_RIGHTS } from '../../functions/domain/enforcement.ts'
import { codeOf, INFRA, textOf } from '../support/terraform.ts'

test('functions have the names, timeouts and announcements of functions.tf', () => {
  const rows = codeOf('functions.tf').matchAll(
    /(\w+) = \{ name = "([\w-]+)", timeout = (\d+),.*announces = (true|false) \}/g,
  )
  const made = Object.fromEntries(
    [...rows].map(([, target = '', name = '', timeout = '', announces = '']) => [
      target,
      { name, timeoutSeconds: Number(timeout), announces: announces === 'true' },
    ]),
  )
  expect(Object.entries(TARGETS).map(([target, { sends: _, ...one }]) => [target, one])).toEqual(Object.entries(made))
})

test('topics call the functions of pubsub.tf, with as many attempts', () => {
  const made = [...codeOf('pubsub.tf').matchAll(/[\w-]+ += \{ function = "(\w+)", attempts = (\d+),/g)]
  expect(Object.values(WIRING).map(({ target, attempts }) => [target, String(attempts)])).toEqual(
    made.map(([, target, attempts]) => [target, attempts]),
  )
  expect(codeOf('pubsub.tf')).toContain(
    'ack_deadline_seconds       = min(600, local.functions[each.value.function].timeout + 60)',
  )
  expect([60, 300, 540].map(ackDeadlineFor)).toEqual([120, 360, 600])
})

test('Pub/Sub calls as the account of iam.tf', () => {
  expect(codeOf('iam.tf')).toContain('account_id   = "drawdown-push"')
  expect(pushAccount('my-finops')).toBe('drawdown-push@my-finops.iam.gserviceaccount.com')
})

test('those that send are those that the start opens channels for', () => {
  const start = readFileSync(join(INFRA, '../functions/index.ts'), 'utf8')
  const [, senders = ''] = /const SENDERS: ReadonlySet<string> = new Set\(\[(.*)\]\)/.exec(start) ?? []
  expect([...senders.matchAll(/'(\w+)'/g)].map(([, target]) => target).sort()).toEqual(['alertDelivery', 'schedule'])
  expect(
    Object.entries(TARGETS)
      .flatMap(([target, { sends }]) => (sends ? [target] : []))
      .sort(),
  ).toEqual(['alertDelivery', 'schedule'])
})

test('the function that may stop projects has the name, the role and the rights of enforce.tf', () => {
  const made = codeOf('enforce.tf')
  expect(/enforce = \{ name = "([\w-]+)"/.exec(made)?.[1]).toBe(ENFORCER.name)
  expect([/role_id +?= "(\w+)"/.exec(made)?.[1], /title +?= "([\w ]+)"/.exec(made)?.[1]]).toEqual([
    ENFORCER.role,
    ENFORCER.roleTitle,
  ])
  const granted = [...made.matchAll(/"([a-z]+\.\w+\.\w+)"/g)].map(([, right]) => right)
  const asked = ['resourcemanager.projects.get', ...Object.values(ENFORCE_RIGHTS).flat()]
  expect(new Set(granted)).toEqual(new Set(asked))
})

test('dead letters are redriven or dropped as the page about infra/ says', () => {
  const page = textOf('README.md')
  expect(page).toContain('gcloud pubsub subscriptions modify-push-config $topic-dead --project=$project')
  for (const flag of ['push-endpoint=', 'push-auth-service-account=', 'push-auth-token-audience='])
    expect(page).toContain(` --${flag}`)
  expect(page).toContain(
    'Dead letters of `drawdown-schedule` and `alert-deliveries` are worth nothing: `gcloud pubsub subscriptions seek',
  )
})
