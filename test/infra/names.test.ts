import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultConfig, parseConfig } from '../../functions/config.ts'
import { PLANS } from '../../functions/domain/facts.ts'
import { TARGETS } from '../../functions/targets.ts'
import { topicOf } from '../../functions/topics.ts'
import { codeOf } from '../support/terraform.ts'

const source = (path: string): string => readFileSync(join(import.meta.dirname, '../../functions', path), 'utf8')

const namesIn = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name)

test('each target is a function, and no other is there unless it is armed', () => {
  expect(namesIn(codeOf('functions.tf'), /^ {4}(\w+) = \{ name = "drawdown-/gm).toSorted()).toEqual([...TARGETS].sort())
  expect(namesIn(codeOf('enforce.tf'), /^ {4}(\w+) = \{ name = "drawdown-/gm)).toEqual(['enforce'])
})

test('each target but the page has the topic that the code expects', () => {
  const topics = [...codeOf('pubsub.tf').matchAll(/^ {4}([\w-]+)\s+= \{ function = "(\w+)"/gm)].map(
    ([, topic, target]) => [target, topic],
  )
  const env = { GOOGLE_CLOUD_PROJECT: 'my-finops' }
  expect(Object.fromEntries(topics)).toEqual({
    billingNotification: topicOf(env, 'BILLING_NOTIFICATIONS_TOPIC').topic,
    usageNotification: 'gemini-usage',
    schedule: 'drawdown-schedule',
    alertDelivery: topicOf(env, 'ALERT_DELIVERIES_TOPIC').topic,
  })
})

test('the log lines that are counted are those that the code writes', () => {
  const messages = namesIn(codeOf('logs.tf'), /jsonPayload\.message=\\"([^"\\]+)\\"/g)
  expect(messages).toEqual(['delivery dead', 'message quarantined'])
  const deliver = source('app/attempt.ts')
  expect(deliver).toContain("'delivery dead'")
  expect(deliver).toContain('const fields = { delivery: id, channel, rule: message.rule, attempts }')
  expect(source('app/ingest.ts')).toContain("deps.log.warning('message quarantined', { reason,")
})

test('incidents carry the label by which they are known', () => {
  const [label] = namesIn(source('sources/incident.ts'), /DEPLETED_LABEL = '([^']+)'/g)
  expect(codeOf('depletion.tf')).toContain(`user_labels           = { kind = "${label}" }`)
})

test('the sinks let through what the source reads, and nothing else', () => {
  const [filter = ''] = namesIn(codeOf('audit.tf'), /methodName=~\\"\(([\w|]+)\)\$\\"/g)
  const read = namesIn(source('sources/log-entry.ts'), /^ {2}\['(\w+)', read/gm)
  expect(read).toHaveLength(4)
  expect(filter.split('|').toSorted()).toEqual([...read].sort())
})

test('plans are the code’s, and so is the one that is meant where none is written', () => {
  const code = codeOf('budgets.tf')
  const withBudget = namesIn(code, /([\w-]+) = (?:null|\[local\.gemini_service\])/g)
  expect([...withBudget, 'postpay'].toSorted()).toEqual([...PLANS].sort())
  const { plan } = parseConfig('accounts: [{ id: 01D4EE-079462-DFD6EC }]', 'x.yaml').accounts[0] ?? {}
  expect(new Set(namesIn(code, /\.plan, "([\w-]+)"/g))).toEqual(new Set([plan]))
})

test('the configuration of the Terraform tests is a good one', () => {
  const file = join(import.meta.dirname, '../../infra/tests/drawdown.yaml')
  expect(parseConfig(readFileSync(file, 'utf8'), 'drawdown.yaml').accounts).toHaveLength(4)
  expect(defaultConfig().accounts).toHaveLength(1)
})
