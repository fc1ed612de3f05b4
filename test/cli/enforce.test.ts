/** `drawdown enforce`: an operator's half of arming, seen and taken back. */

import { expect, test } from 'vitest'
import { ACCOUNT, CONFIG, sandbox } from './drawdown.ts'

const ENFORCE = `${CONFIG.replace('[my-app]', '[my-app, my-batch]')}enforce:
  armed: true
  projects:
    my-batch: { steps: [unlink-billing], when: { rule: [credit-exhausted] } }
`

test('arm, status, disarm', async () => {
  const box = sandbox(ENFORCE)
  const armed = await box.run('enforce', 'arm', 'my-batch', '--for', '2h', '--by', 'ada')
  expect(armed).toMatchObject({ code: 0, err: '' })
  expect(armed.out).toContain('my-batch armed by ada until')
  expect(await box.json('enforce', 'status')).toEqual({
    armed: true,
    projects: [
      {
        ...{ project: 'my-batch', account: ACCOUNT, steps: ['unlink-billing'], rules: ['credit-exhausted'] },
        ...{ armedBy: 'ada', armedUntil: expect.stringMatching(/Z$/), next: ['no open alert asks for it'], record: [] },
      },
    ],
  })
  expect((await box.run('enforce', 'disarm', 'my-batch', '--by', 'bob')).out).toContain('my-batch disarmed by bob')
  expect((await box.run('enforce', 'status', 'my-batch')).out).toContain('not armed by an operator')
})

test('only what the configuration allows can be armed, and for a week at most', async () => {
  const box = sandbox(ENFORCE)
  expect(await box.run('enforce', 'arm', 'my-app')).toMatchObject({
    ...{ code: 1, out: '' },
    err: 'The configuration does not allow my-app to be stopped. It allows my-batch.\n',
  })
  expect((await box.run('enforce', 'arm', 'my-batch', '--for', '8d')).code).toBe(2)
  expect((await sandbox().run('enforce', 'arm', 'my-batch')).err).toContain('add enforce.projects first')
})

test('undo says what it would do, and there is nothing to undo at first', async () => {
  const box = sandbox(ENFORCE)
  expect(await box.run('enforce', 'undo', 'my-batch', '--yes')).toEqual({
    ...{ code: 0, err: '', out: 'Nothing of my-batch is to be undone.\n' },
  })
})
