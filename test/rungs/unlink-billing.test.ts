import { afterEach, beforeEach, expect, test } from 'vitest'
import { rungContract } from '../contracts/rung.contract.ts'
import { openRungBench, type RungBench } from '../support/rung-bench.ts'

rungContract({
  step: 'unlink-billing',
  state: ({ billing }) => billing.linkOf('my-batch'),
  fate: ({ billing }, fate) =>
    billing.onUpdate(fate === 'denied' ? { code: 7 } : fate === 'unavailable' ? { code: 14 } : fate),
})

let bench: RungBench
beforeEach(async () => {
  bench = await openRungBench()
})
afterEach(() => bench.close())

const rehearsed = () => bench.port.rehearse('unlink-billing', { projectId: 'my-batch' })

test('a lien on the link is found in rehearsal, with its reason; one against deletion does not matter', async () => {
  bench.project.liens.push({ restrictions: ['resourcemanager.projects.delete'], reason: 'has service accounts' })
  expect(await rehearsed()).toEqual({ phase: 'done', note: 'it would be unlinked' })
  const lock = 'billing.resourceAssociations.delete'
  bench.project.liens.push({ restrictions: ['resourcemanager.projects.delete', lock], reason: 'ask finance' })
  expect(await rehearsed()).toEqual({ phase: 'refused', note: 'it would fail: a lien locks its billing (ask finance)' })
  bench.project.liens.splice(0, 2, { restrictions: [lock] })
  expect((await rehearsed()).note).toBe('it would fail: a lien locks its billing (no reason given)')
})

test('where liens cannot be read, that is said', async () => {
  const { peer } = bench.project
  peer.answer((response, { path, body }) =>
    path.startsWith('/v1/liens')
      ? response.writeHead(403).end('{}')
      : response.writeHead(200).end(JSON.stringify({ permissions: JSON.parse(body).permissions })),
  )
  expect(await rehearsed()).toEqual({
    phase: 'done',
    note: 'it would be unlinked; whether a lien holds it is not known',
  })
})
