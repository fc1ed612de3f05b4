/** What every source promises: fixture in, claims out; anything else in, a rejection out; never an exception. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REASONS } from '../../functions/domain/errors.ts'
import { isObject, type JsonObject, parseJson } from '../../functions/domain/json.ts'
import { instant } from '../../functions/domain/time.ts'
import { decodeMessage } from '../../functions/sources/envelope.ts'
import { parseMessage, sources } from '../../functions/sources/index.ts'
import type { Claim, Parsed, RawMessage, Source } from '../../functions/sources/source.ts'

/** A recorded message with plain JSON leaves, free to be changed. */
export type Recorded = {
  readonly topic: RawMessage['topic']
  readonly message: {
    readonly json: Readonly<Record<string, unknown>>
    readonly attributes: Readonly<Record<string, string>>
    readonly publishTime?: string
  }
}

export type SourceCase = {
  readonly fixture: string
  readonly claims: readonly Claim[]
  /** Fields without which the message must be refused. */
  readonly required: readonly string[]
}

export const RECEIVED = instant('2026-11-23T10:00:05Z')
const RUNS = 2_000

export const fixture = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Recorded

const strictObject = (text: string): JsonObject => {
  const parsed = parseJson(text)
  if (!parsed.ok || !isObject(parsed.value)) throw new Error(`no JSON object: ${text.slice(0, 80)}`)
  return parsed.value
}

/** Encodes a recorded message as Pub/Sub would and decodes it again; `text` stands in for the body's own JSON. */
export const decoded = ({ topic, message }: Recorded, text = JSON.stringify(message.json)): RawMessage => {
  const { json: _, ...rest } = message
  const data = Buffer.from(text).toString('base64')
  const result = decodeMessage(strictObject(JSON.stringify({ ...rest, data })), topic, RECEIVED)
  if (result.kind === 'rejected') throw new Error(`${result.reason}: ${result.detail}`)
  return result.message
}

/** Parses a fixture with one field written as the given source text, which `JSON.stringify` could not keep. */
export const parsedWith = (name: string, field: string, text: string): Parsed => {
  const recorded = changed(name, { [field]: 'THE-TEXT' })
  return parseMessage(
    decoded(
      recorded,
      JSON.stringify(recorded.message.json).replace('"THE-TEXT"', () => text),
    ),
  )
}

export const parsed = (recorded: Recorded): Parsed => parseMessage(decoded(recorded))

/** The fixture with some fields of its body changed; `undefined` takes a field out. */
export const changed = (
  name: string,
  fields: Readonly<Record<string, unknown>>,
  attributes?: Readonly<Record<string, string>>,
): Recorded => {
  const { topic, message } = fixture(name)
  const json = { ...message.json, ...fields }
  return { topic, message: { ...message, json, attributes: attributes ?? message.attributes } }
}

const anyFault = (result: Parsed): boolean =>
  result.kind === 'rejected' &&
  Object.hasOwn(REASONS, result.reason) &&
  result.detail !== '' &&
  result.detail.length < 300

const isOutcome = (result: Parsed): boolean =>
  anyFault(result) || result.kind === 'ignored' || (result.kind === 'claims' && result.claims.length > 0)

/** Claims without the content their hash is taken of, where that is not the body itself. */
export const meaning = (result: Parsed): Parsed =>
  result.kind === 'claims' ? { ...result, claims: result.claims.map(({ content: _, ...claim }) => claim) } : result

/** JSON that has a taste for what breaks readers. */
const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    -0,
    -1,
    1e308,
    2 ** 53,
    0.1,
    '',
    'constructor',
    '-1',
    '1e400',
    '\u0000\ud800',
    '2026-02-30T00:00:00Z',
    [],
    {},
    [null],
    [{}],
  ),
)

/** Runs the suite for one source; each case is a fixture of its own kind. */
export const sourceContract = (source: Source, cases: readonly SourceCase[]): void => {
  describe(`the ${source.name} source keeps the contract`, () => {
    test('it is in the registry', () => {
      expect(sources).toContain(source)
    })

    test.each(cases)('$fixture becomes exactly its claims, and it alone recognises it', (one) => {
      const message = decoded(fixture(one.fixture))
      expect(meaning(source.parse(message))).toEqual({ kind: 'claims', claims: one.claims })
      expect(meaning(parseMessage(message))).toEqual({ kind: 'claims', claims: one.claims })
      expect(sources.filter(({ topic, recognises }) => topic === message.topic && recognises(message))).toEqual([
        source,
      ])
    })

    test.each(cases)('$fixture means the same with fields nobody knows', (one) => {
      expect(meaning(parsed(changed(one.fixture, { newInVersion2: { of: ['the', 'API'] } })))).toEqual({
        kind: 'claims',
        claims: one.claims,
      })
    })

    test.each(cases.flatMap((one) => one.required.map((field) => ({ fixture: one.fixture, field }))))(
      '$fixture is refused without $field',
      ({ fixture: name, field }) => {
        const result = parsed(changed(name, { [field]: undefined }))
        expect(result.kind).toBe('rejected')
        expect(anyFault(result)).toBe(true)
        expect(result).toMatchObject({ detail: expect.stringContaining(field) })
      },
    )

    test(`random bodies and attributes never throw (${RUNS} runs)`, () => {
      fc.assert(
        fc.property(
          fc.dictionary(fc.string(), fc.jsonValue()),
          fc.dictionary(fc.string(), fc.string()),
          fc.constantFrom(...cases),
          (body, attributes, one) => {
            const { topic, message } = fixture(one.fixture)
            const json = JSON.parse(JSON.stringify(body)) as Record<string, unknown>
            for (const key of ['__proto__', 'constructor', 'prototype']) delete json[key]
            const raw = decoded({
              topic,
              message: { ...message, json, attributes: { ...message.attributes, ...attributes } },
            })
            expect(isOutcome(source.parse(raw))).toBe(true)
            expect(isOutcome(parseMessage(raw))).toBe(true)
          },
        ),
        { numRuns: RUNS },
      )
    })

    test(`mutated fixtures never throw (${RUNS} runs)`, () => {
      const mutation = fc.constantFrom(...cases).chain((one) => {
        const names = Object.keys(fixture(one.fixture).message.json)
        return fc.tuple(fc.constant(one.fixture), fc.dictionary(fc.constantFrom(...names), hostile, { minKeys: 1 }))
      })
      fc.assert(
        fc.property(mutation, ([name, fields]) => {
          expect(isOutcome(parsed(changed(name, fields)))).toBe(true)
        }),
        { numRuns: RUNS },
      )
    })
  })
}
