/** The schedule as the platform runs it: a sign of life by real mail, a beat to a real watchdog. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ACCOUNT } from '../support/facts.ts'
import { startFramework } from '../support/framework.ts'
import { startHttp } from '../support/http-server.ts'
import { startSmtp } from '../support/smtp-server.ts'

test('each run beats once, and the day’s canary is mailed by the first of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-proof-'))
  const [smtp, watchdog] = [await startSmtp(), await startHttp()]
  /** Due since a minute, whatever the time is. */
  const at = new Date(Date.now() - 60_000).toISOString().slice(11, 16)
  writeFileSync(
    join(folder, 'config.yaml'),
    `
accounts: [{ id: ${ACCOUNT}, name: Production }]
channels:
  ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL }
canary: { every: daily, at: "${at}", timeZone: UTC }
heartbeat: HEARTBEAT_URL
`,
  )
  const env = {
    STORE: `sqlite:${join(folder, 'ledger.db')}`,
    DRAWDOWN_CONFIG: join(folder, 'config.yaml'),
    SMTP_URL: smtp.url,
    HEARTBEAT_URL: `${watchdog.url}/ping/s3cret`,
  }
  const running = await Promise.all([startFramework('schedule', env), startFramework('schedule', env)])
  onTestFinished(async () => {
    for (const { child } of running) child.kill('SIGKILL')
    await smtp.close()
    await watchdog.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const run = async (url: string): Promise<unknown> => (await fetch(url, { method: 'POST', body: '{}' })).json()
  const [one, two] = running.map(({ url }) => url)
  const answers = [await Promise.all([run(one ?? ''), run(two ?? '')]), await run(one ?? '')].flat()
  for (const answer of answers) expect(answer).toMatchObject({ failed: 0, heartbeat: 'heard' })
  expect(watchdog.requests().map(({ method, path }) => `${method} ${path}`)).toEqual(Array(3).fill('POST /ping/s3cret'))
  expect(smtp.mails().map(({ parsed }) => parsed.subject)).toEqual(['[info] Drawdown is alive: 1 account watched'])
  expect(running.map(({ output }) => output()).join('')).not.toContain('s3cret')
})
