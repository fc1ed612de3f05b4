import { afterEach, describe, expect, test } from 'vitest'
import { drain } from '../../functions/app/deliver.ts'
import { type Enforcing, enforce } from '../../functions/app/enforce.ts'
import { undo } from '../../functions/app/enforce-undo.ts'
import { schedule } from '../../functions/app/schedule.ts'
import type { EnforceStep } from '../../functions/domain/enforcement.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { enforcingFrom, ownProjects } from '../../functions/enforcing.ts'
import { openRest } from '../../functions/google-rest.ts'
import { openGuard } from '../../functions/push-token.ts'
import { targetFrom } from '../../functions/register.ts'
import { handlerOf } from '../../functions/targets.ts'
import type { App } from '../../functions/wire.ts'
import { type EnforceScene, enforceScene, SETTINGS, TOKEN } from '../support/enforce-scene.ts'
import { ACCOUNT } from '../support/facts.ts'
import { fakeKey } from '../support/google-project.ts'
import { startHttp } from '../support/http-server.ts'

const OTHER = '0A1B2C-3D4E5F-6A7B8C'

let scene: EnforceScene | undefined
const open = async (...args: Parameters<typeof enforceScene>): Promise<EnforceScene> => {
  scene = await enforceScene(...args)
  return scene
}
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

const links = ({ google }: EnforceScene) => google.updates()
const LADDER = (steps: EnforceStep[]) => ({
  settings: {
    armed: true,
    projects: { 'my-batch': { steps, when: { rule: ['credit-exhausted'], severity: ['critical' as const] } } },
  },
})

describe('a rehearsal changes nothing', () => {
  test('it asks for the link and the right, says what would happen, and sends no change', async () => {
    const one = await open(LADDER(['disable-api', 'unlink-billing']))
    expect(await one.run()).toEqual({ done: 2, refused: 0, failed: 0 })
    expect(links(one)).toEqual([])
    expect(one.google.asked()).toEqual(['projects/my-batch', 'projects/my-batch'])
    expect(one.rest.requests().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/projects/my-batch:testIamPermissions',
      'GET /v1/projects/my-batch/services/generativelanguage.googleapis.com',
      'POST /v1/projects/my-batch:testIamPermissions',
      'GET /v1/liens?parent=projects%2Fmy-batch',
    ])
    expect(await one.phases()).toEqual([
      ...['rehearse disable-api begun', 'rehearse disable-api done'],
      ...['rehearse unlink-billing begun', 'rehearse unlink-billing done'],
    ])
    const [, api, , billing] = await one.record()
    expect(api?.note).toBe('the Gemini API would be turned off (rehearsed, because no operator has armed the project)')
    expect(billing?.note).toContain('it would be unlinked')
    await one.run()
    expect(await one.phases()).toHaveLength(4)
  })

  test('a missing right is found before it is needed', async () => {
    const one = await open()
    one.rights.clear()
    expect(await one.run()).toEqual({ done: 0, refused: 1, failed: 0 })
    expect((await one.record()).at(-1)?.note).toContain(
      'lacks resourcemanager.projects.get, resourcemanager.projects.deleteBillingAssignment',
    )
  })

  test.each<[string, Parameters<typeof enforceScene>[0], boolean]>([
    ['the configuration alone is not armed', { settings: { ...SETTINGS, armed: false } }, true],
    ['the function alone is not armed', { armed: false }, true],
    ['no operator has armed it', {}, false],
  ])('where %s', async (_, over, isArmed) => {
    const one = await open(over)
    if (isArmed) await one.arm()
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect(links(one)).toEqual([])
    expect(await one.phases()).toEqual(['rehearse unlink-billing begun', 'rehearse unlink-billing done'])
  })

  test('where the arming has expired, or was taken back', async () => {
    const one = await open()
    await one.arm('my-batch', HOUR_MS)
    one.app.clock.now += HOUR_MS
    await one.run()
    await one.arm()
    one.app.clock.now += 1
    await one.app.fact('disarm', { projectId: 'my-batch', by: 'bob', at: new Date(one.app.clock.now).toISOString() })
    await one.run()
    expect(links(one)).toEqual([])
  })

  test('an arming without an end, or longer than a week, is no arming', async () => {
    const one = await open()
    expect(await one.arm('my-batch', 7 * DAY_MS + 1)).toMatchObject({ kind: 'quarantined', reason: 'RANGE' })
    expect(await one.arm('my-batch', 0)).toMatchObject({ kind: 'quarantined', reason: 'TIME' })
    await one.run()
    expect(links(one)).toEqual([])
  })
})

describe('armed by both, it acts', () => {
  test('billing is unlinked, seen to be so, recorded and told with the way back', async () => {
    const one = await open()
    await one.arm()
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect(links(one)).toEqual(['projects/my-batch to '])
    const [begun, done] = await one.record()
    expect(begun).toMatchObject({ phase: 'begun', before: ACCOUNT })
    expect(done).toMatchObject({
      ...{ phase: 'done', mode: 'act', step: 'unlink-billing', projectId: 'my-batch', attempt: 1 },
      ...{ by: 'drawdown', armedBy: 'ada', before: ACCOUNT, rule: 'credit-exhausted', note: 'it is unlinked' },
    })
    await drain(one.app.deps)
    const message = one.app.told.find(
      (each) => each.message.rule === 'enforcement-step' && /turned off/.test(each.message.words.title),
    )?.message
    expect(message?.severity).toBe('critical')
    expect(message?.words.next.map(({ label }) => label)).toEqual([
      'Undo it: npx drawdown enforce undo my-batch --yes',
      expect.stringContaining('Link the project to Production'),
      `Or by command: gcloud billing projects link my-batch --billing-account=${ACCOUNT}`,
    ])
    expect(JSON.stringify([one.app.log, message, await one.record()])).not.toContain(TOKEN)
  })

  test('once, however often and from however many processes it is asked', async () => {
    const one = await open()
    await one.arm()
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one.run() : one.runElsewhere(index - 10))),
    )
    expect(links(one)).toEqual(['projects/my-batch to '])
    expect(results.reduce((sum, { done }) => sum + done, 0)).toBe(1)
    expect(results.filter(({ cut }) => cut)).toHaveLength(19)
    expect(await one.run()).toEqual({ done: 0, refused: 0, failed: 0 })
    expect(await one.phases()).toEqual(['act unlink-billing begun', 'act unlink-billing done'])
  })

  test('an operator who disarms it while it is being looked at is in time', async () => {
    const one = await open()
    await one.arm()
    const port = {
      ...one.port,
      billingLink: async (projectId: string) => {
        one.app.clock.now += 1
        const at = new Date(one.app.clock.now).toISOString()
        await one.app.fact('disarm', { projectId, by: 'bob', at })
        return one.port.billingLink(projectId)
      },
    }
    expect(await one.run({ port })).toEqual({ done: 0, refused: 1, failed: 0 })
    expect(links(one)).toEqual([])
    expect((await one.record()).at(-1)?.note).toBe('disarmed before it began: no operator has armed the project')
  })

  test('what was rehearsed before is done once it is armed', async () => {
    const one = await open()
    await one.run()
    await one.arm()
    await one.run()
    expect(links(one)).toHaveLength(1)
  })

  test('an hour lies between two steps, and the API is turned off first', async () => {
    const one = await open(LADDER(['unlink-billing', 'disable-api']))
    await one.arm()
    await one.run()
    expect(one.api.state).toBe('DISABLED')
    one.app.clock.now += 59 * MINUTE_MS
    await one.run()
    expect(links(one)).toEqual([])
    one.app.clock.now += MINUTE_MS
    await one.run()
    expect(links(one)).toEqual(['projects/my-batch to '])
  })

  test('a call that needs the API turned off by force is told plainly and not forced', async () => {
    const one = await open(LADDER(['disable-api']))
    await one.arm()
    one.api.refusal = { code: 400, status: 'FAILED_PRECONDITION', message: 'x.googleapis.com depends on it' }
    expect(await one.run()).toEqual({ done: 0, refused: 1, failed: 0 })
    await one.run()
    const sent = one.rest.requests().filter(({ path }) => path.endsWith(':disable'))
    expect(sent.map(({ body }) => body)).toEqual(['{"disableDependentServices":false,"checkIfServiceHasUsage":"SKIP"}'])
    expect((await one.record()).at(-1)?.note).toBe('Google refused: FAILED_PRECONDITION x.googleapis.com depends on it')
  })
})

describe('what must not be touched is not', () => {
  test('the alerter’s own project, told once', async () => {
    const one = await open({ own: async () => ['my-batch'] })
    await one.arm()
    expect(await one.run()).toEqual({ done: 0, refused: 1, failed: 0 })
    expect(await one.run()).toEqual({ done: 0, refused: 0, failed: 0 })
    expect([links(one), one.google.asked()]).toEqual([[], []])
    expect((await one.record()).map(({ phase, note }) => `${phase}: ${note}`)).toEqual([
      'refused: Drawdown itself runs in this project: stopping it would stop the alerts',
    ])
  })

  test('any, where nobody can tell in which project the alerter runs', async () => {
    const one = await open({ own: async () => [] })
    await one.arm()
    await one.run()
    expect([links(one), await one.phases()]).toEqual([[], ['act unlink-billing refused']])
  })

  test('one that is not on the list, although it is armed', async () => {
    const one = await open()
    one.google.link('my-app', ACCOUNT)
    await one.arm('my-app')
    await one.run()
    expect(links(one)).toEqual([])
    expect(one.app.log.join()).toContain('"project":"my-app","why":"not-allowed"')
  })

  test.each([
    ['another account', OTHER, `linked to billing account ${OTHER} now`],
    ['none', undefined, 'linked to no billing account already'],
  ])('one that is linked to %s by now', async (_, account, note) => {
    const one = await open()
    await one.arm()
    one.google.link('my-batch', account)
    expect(await one.run()).toEqual({ done: 0, refused: 1, failed: 0 })
    expect(links(one)).toEqual([])
    expect((await one.record()).at(-1)?.note).toContain(note)
  })
})

describe('a reply that is lost', () => {
  test.each(['apply and cut', 'apply and hang'] as const)('%s: the change is read back and recorded', async (fate) => {
    const one = await open()
    await one.arm()
    one.google.onUpdate(fate)
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect(links(one)).toHaveLength(1)
    expect((await one.record()).at(-1)?.note).toBe('it is unlinked, although no reply came')
  })

  test('nothing applied: it is tried again, as another attempt', async () => {
    const one = await open()
    await one.arm()
    one.google.onUpdate({ code: 14, message: 'try later' })
    expect(await one.run()).toEqual({ done: 0, refused: 0, failed: 1 })
    one.google.onUpdate('apply')
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect((await one.record()).map(({ phase, attempt }) => `${attempt} ${phase}`)).toEqual([
      ...['1 begun', '1 failed', '2 begun', '2 done'],
    ])
  })

  test('denied: told at once, and not tried again until it is armed anew', async () => {
    const one = await open()
    await one.arm()
    one.google.onUpdate({ code: 7, message: 'The caller does not have permission' })
    expect(await one.run()).toEqual({ done: 0, refused: 1, failed: 0 })
    await one.run()
    expect(links(one)).toHaveLength(1)
    one.app.clock.now += MINUTE_MS
    await one.arm()
    await one.run()
    await drain(one.app.deps)
    const told = one.app.told.filter(({ message }) => message.words.title.includes('could not turn off billing'))
    expect([links(one).length, told.length]).toEqual([2, 2])
    one.google.onUpdate('apply')
    one.app.clock.now += MINUTE_MS
    await one.arm()
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
  })

  test('a process that dies between claim and end: the next one sees what became of it, and what to link back to', async () => {
    const one = await open()
    await one.arm()
    const dying = { ...one.port, take: () => Promise.reject(new Error('killed')) }
    await expect(one.run({ port: dying })).rejects.toThrow('killed')
    one.google.link('my-batch')
    expect(await one.run()).toMatchObject({ cut: true })
    one.app.clock.now += 2 * MINUTE_MS
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect(links(one)).toEqual([])
    expect((await one.record()).at(-1)).toMatchObject({ phase: 'done', before: ACCOUNT, attempt: 2 })
  })

  test('a record that cannot be written keeps the project as it is', async () => {
    const one = await open()
    await one.arm()
    const store = { ...one.app.deps.store, commit: () => Promise.reject(new Error('disk full')) }
    const { openDesk } = await import('../../functions/app/desk.ts')
    const deps = {
      ...one.app.deps,
      store,
      enforcing: { settings: SETTINGS, armed: true, own: async () => ['my-finops'], port: one.port },
    }
    await expect(enforce(deps, openDesk(deps), ACCOUNT)).rejects.toThrow('disk full')
    expect(links(one)).toEqual([])
  })
})

describe('undo', () => {
  const by = { account: ACCOUNT, projectId: 'my-batch', by: 'ada' } as const

  test('links the recorded account again and turns the API on, latest first; the same alert does not stop it again', async () => {
    const one = await open(LADDER(['disable-api', 'unlink-billing']))
    await one.arm()
    await one.run()
    one.app.clock.now += HOUR_MS
    await one.run()
    one.app.clock.now += MINUTE_MS
    const undone = await undo(one.app.deps, one.app.desk, { ...by, port: one.port })
    expect(undone.map(({ step, outcome }) => `${step} ${outcome.phase}`)).toEqual([
      ...['unlink-billing done', 'disable-api done'],
    ])
    expect(links(one)).toEqual(['projects/my-batch to ', `projects/my-batch to billingAccounts/${ACCOUNT}`])
    expect(one.api.state).toBe('ENABLED')
    expect((await one.record()).slice(-2).map(({ phase, by: who }) => `${phase} by ${who}`)).toEqual([
      ...['undone by ada', 'undone by ada'],
    ])
    one.app.clock.now += HOUR_MS
    await one.run()
    expect(links(one)).toHaveLength(2)
    expect(await undo(one.app.deps, one.app.desk, { ...by, port: one.port })).toEqual([])
  })

  test('a project that somebody linked elsewhere meanwhile is left alone', async () => {
    const one = await open()
    await one.arm()
    await one.run()
    one.google.link('my-batch', OTHER)
    const [only] = await undo(one.app.deps, one.app.desk, { ...by, port: one.port })
    expect(only?.outcome.phase).toBe('refused')
    expect(links(one)).toHaveLength(1)
  })
})

describe('API keys, the gentlest step', () => {
  const GEMINI = { service: 'generativelanguage.googleapis.com' }
  const by = { account: ACCOUNT, projectId: 'my-batch', by: 'ada' } as const
  const restrictions = (one: EnforceScene) => one.project.keys.map((key) => key.restrictions)

  test('are closed first, the API an hour later; the undo gives all back, from the record alone', async () => {
    const one = await open(LADDER(['disable-api', 'restrict-keys']))
    one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }), fakeKey('k2', { apiTargets: [GEMINI] }))
    const before = structuredClone(restrictions(one))
    await one.arm()
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect([one.api.state, restrictions(one)]).toEqual(['ENABLED', [CLOSED, CLOSED]])
    const [begun, done] = await one.record()
    expect(begun?.keys?.map(({ id }) => id)).toEqual(['k1', 'k2'])
    expect(done).toMatchObject({ phase: 'done', note: 'closed to the Gemini API: 2 API keys (k1, k2)' })
    one.app.clock.now += HOUR_MS
    await one.run()
    expect(one.api.state).toBe('DISABLED')
    one.app.clock.now += MINUTE_MS
    const undone = await undo(one.app.deps, one.app.desk, { ...by, port: one.port })
    expect(undone.map(({ step, outcome }) => `${step} ${outcome.phase}`)).toEqual([
      ...['disable-api done', 'restrict-keys done'],
    ])
    expect([one.api.state, restrictions(one)]).toEqual(['ENABLED', before])
  })

  test('of a process that died half way are closed by the next, and the undo gives back both halves', async () => {
    const one = await open(LADDER(['restrict-keys']))
    one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }), fakeKey('k2', { apiTargets: [GEMINI] }))
    const before = structuredClone(restrictions(one))
    await one.arm()
    const dying = {
      ...one.port,
      take: async (...[step, aim, keys]: Parameters<typeof one.port.take>) => {
        one.project.fate(({ path }) => (path.includes('/k1?') ? 'apply' : 'cut'))
        await one.port.take(step, aim, keys)
        throw new Error('killed')
      },
    }
    await expect(one.run({ port: dying })).rejects.toThrow('killed')
    expect(restrictions(one)).toEqual([CLOSED, before[1]])
    one.project.fate(() => 'apply')
    one.app.clock.now += 2 * MINUTE_MS
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect(restrictions(one)).toEqual([CLOSED, CLOSED])
    one.app.clock.now += MINUTE_MS
    await undo(one.app.deps, one.app.desk, { ...by, port: one.port })
    expect(restrictions(one)).toEqual(before)
  })

  test('of a process that died after the last of them are seen to be closed', async () => {
    const one = await open(LADDER(['restrict-keys']))
    one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }))
    await one.arm()
    const dying = {
      ...one.port,
      take: async (...args: Parameters<typeof one.port.take>) => {
        await one.port.take(...args)
        throw new Error('killed')
      },
    }
    await expect(one.run({ port: dying })).rejects.toThrow('killed')
    one.app.clock.now += 2 * MINUTE_MS
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect(one.project.changes()).toHaveLength(1)
    expect((await one.record()).at(-1)?.note).toBe('closed to the Gemini API: 1 API key (k1)')
  })

  test('that were closed by half are given back although the step failed in the end', async () => {
    const one = await open(LADDER(['restrict-keys']))
    one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }), fakeKey('k2', { apiTargets: [GEMINI] }))
    const before = structuredClone(restrictions(one))
    await one.arm()
    one.project.fate(({ path }) =>
      path.includes('/k1?') ? 'apply' : { code: 503, status: 'UNAVAILABLE', message: '' },
    )
    expect(await one.run()).toEqual({ done: 0, refused: 0, failed: 1 })
    one.project.fate(() => 'apply')
    const [undone] = await undo(one.app.deps, one.app.desk, { ...by, port: one.port })
    expect(undone).toMatchObject({ step: 'restrict-keys', outcome: { phase: 'done' } })
    expect(restrictions(one)).toEqual(before)
  })

  test('are rehearsed like any step; only the named ones are looked at', async () => {
    const one = await open({
      settings: {
        armed: true,
        projects: {
          'my-batch': { ...SETTINGS.projects['my-batch'], steps: ['restrict-keys'], keys: ['k2'] },
        } as Enforcing['settings']['projects'],
      },
    })
    one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }), fakeKey('k2', { apiTargets: [GEMINI] }))
    expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
    expect((await one.record()).at(-1)?.note).toContain('1 API key (k2) would be closed to the Gemini API')
    await one.arm()
    await one.run()
    expect(restrictions(one)).toEqual([{ apiTargets: [GEMINI] }, CLOSED])
  })

  test('with names made to trick a reader are recorded as one plain line', async () => {
    const one = await open(LADDER(['restrict-keys']))
    const name = 'a\u001b[2J\u202eb https://evil.example\n<!channel>'
    one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }, name))
    await one.arm()
    await one.run()
    expect((await one.record()).at(-1)?.note).toMatch(/^closed to the Gemini API: 1 API key \(a \[2Jb https: \/\/evil/)
  })

  const CLOSED = { apiTargets: [GEMINI], serverKeyRestrictions: { allowedIps: ['192.0.2.1'] } }
})

describe('the schedule asks only when there is something to do', () => {
  test('for an open alert, and no more once it is settled', async () => {
    const one = await open()
    const asked: string[] = []
    const { port, ...rest } = { settings: SETTINGS, armed: true, own: async () => ['my-finops'], port: one.port }
    const deps = { ...one.app.deps, enforcing: { ...rest, ask: async (account: string) => void asked.push(account) } }
    await schedule(deps, one.app.desk)
    expect(asked).toEqual([ACCOUNT])
    await one.arm()
    await one.run()
    await schedule(deps, one.app.desk)
    expect(asked).toEqual([ACCOUNT])
    expect(port).toBe(one.port)
  })
})

test('a person’s project for the quota goes with every call, and an answer that cannot be read is told as that', async () => {
  const peer = await startHttp((response) => response.end('not JSON'))
  const rest = openRest({ headers: async () => ({ authorization: 'Bearer t', 'x-goog-user-project': 'my-finops' }) })
  expect(await rest('GET', peer.url)).toMatchObject({ kind: 'error', status: 'UNREADABLE' })
  expect(peer.requests()[0]?.headers).toMatchObject({ 'x-goog-user-project': 'my-finops', authorization: 'Bearer t' })
  await peer.close()
})

test('a sign-in that never answers ends with the call', async () => {
  const rest = openRest({ headers: () => new Promise(() => undefined), callMs: 50 })
  expect(await rest('GET', 'http://127.0.0.1:9')).toMatchObject({ kind: 'lost' })
})

test('where nobody is signed in, that is said with the line that mends it', async () => {
  const headers = () => Promise.reject(new Error('Could not load the default credentials. Browse to somewhere'))
  expect(await openRest({ headers })('GET', 'http://127.0.0.1:9')).toEqual({
    kind: 'lost',
    note: 'there are no Google credentials here. Sign in: gcloud auth application-default login',
  })
})

describe('the function is there only where it was armed', () => {
  test.each([
    [{}, undefined],
    [{ ENFORCE_ARMED: '' }, undefined],
    [{ ENFORCE_ARMED: 'true' }, undefined],
    [{ ENFORCE_ARMED: '1' }, 'enforce'],
  ])('%j', (env, target) => {
    expect(targetFrom(['--target', 'enforce'], env)).toBe(target)
  })

  test('where it runs is what the environment says and what the machine says; silence of the machine is no answer', async () => {
    const machine = await startHttp((response, { headers }) =>
      response.writeHead(headers['metadata-flavor'] === 'Google' ? 200 : 403).end('my-finops\n'),
    )
    const cloud = { K_SERVICE: 'drawdown-enforce', GOOGLE_CLOUD_PROJECT: 'my-app' }
    expect(await ownProjects(cloud, machine.url)()).toEqual(['my-app', 'my-finops'])
    machine.answer((response) => response.writeHead(500).end())
    expect(await ownProjects(cloud, machine.url)()).toEqual([])
    await machine.close()
    expect(await ownProjects(cloud, machine.url)()).toEqual([])
    expect(await ownProjects({ GOOGLE_CLOUD_PROJECT: 'my-app' })()).toEqual(['my-app'])
    expect(await ownProjects({})()).toEqual([])
  })

  test('only the function has the hand, only the schedule may ask, and nobody else either', () => {
    const env = { ENFORCE_ARMED: '1', ENFORCE_TOPIC: 'projects/my-finops/topics/drawdown-enforce' }
    const has = (target: Parameters<typeof enforcingFrom>[2], over = env) => {
      const found = enforcingFrom(over, SETTINGS, target)
      return [found?.port && 'port', found?.ask && 'ask'].filter((each) => each !== undefined)
    }
    expect(has('enforce')).toEqual(['port'])
    expect(has('schedule')).toEqual(['ask'])
    expect(has('schedule', { ...env, ENFORCE_TOPIC: '' })).toEqual([])
    for (const target of ['billingNotification', 'usageNotification', 'alertDelivery', 'status'] as const)
      expect(has(target)).toEqual([])
  })

  test('the message is not believed: a push of anything does what the store says, 503 while somebody is at it', async () => {
    const one = await open()
    await one.arm()
    const deps = {
      ...one.app.deps,
      enforcing: { settings: SETTINGS, armed: true, own: async () => ['my-finops'], port: one.port },
    }
    const app = {
      config: {} as App['config'],
      deps,
      desk: one.app.desk,
      announced: async () => undefined,
      close: async () => undefined,
    }
    const peer = await startHttp((response, { body }, request) => {
      const asked = Object.assign(request, { rawBody: Buffer.from(body) })
      void handlerOf('enforce', async () => app, openGuard)(asked, response)
    })
    const push = async () =>
      (await fetch(peer.url, { method: 'POST', body: '{"message":{"data":"bm9uc2Vuc2U="}}' })).status
    const statuses = await Promise.all(Array.from({ length: 20 }, push))
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 503)])
    expect(await push()).toBe(200)
    expect(links(one)).toEqual(['projects/my-batch to '])
    await peer.close()
  })

  test('an account that cannot be read keeps no other from being judged, and the message comes again', async () => {
    const one = await open()
    await one.arm()
    const enforcing = { settings: SETTINGS, armed: true, own: async () => ['my-finops'], port: one.port }
    const { desk, deps } = one.app
    const broken = { ...deps.accounts[0], id: OTHER } as (typeof deps.accounts)[number]
    const app = {
      config: {} as App['config'],
      deps: { ...deps, enforcing, accounts: [broken, ...deps.accounts] },
      desk: { ...desk, view: (id) => (id === OTHER ? Promise.reject(new Error('unreadable')) : desk.view(id)) },
      announced: async () => undefined,
      close: async () => undefined,
    } satisfies App
    const peer = await startHttp((response, { body }, request) => {
      const asked = Object.assign(request, { rawBody: Buffer.from(body) })
      void handlerOf('enforce', async () => app, openGuard)(asked, response)
    })
    const { status } = await fetch(peer.url, { method: 'POST', body: '{"message":{"data":"e30="}}' })
    expect([status >= 500, links(one)]).toEqual([true, ['projects/my-batch to ']])
    await peer.close()
  })
})
