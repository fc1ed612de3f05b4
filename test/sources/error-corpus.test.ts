/** Labelled bodies of real errors against the classifier: labels are written by hand, see `fixtures/errors/`. */

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ERROR_CAUSES, type ErrorCause } from '../../functions/domain/facts.ts'
import { bodyOf } from './usage-bodies.ts'

type Labelled = {
  readonly name: string
  readonly origin: string
  readonly label: ErrorCause
  readonly error: unknown
}

const folder = new URL('../fixtures/errors/', import.meta.url)
const corpus = readdirSync(folder).flatMap(
  (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Labelled[],
)
const told = (error: unknown): ErrorCause | undefined => bodyOf({ error }).error?.cause

/** Labels down, verdicts across; a dot where nothing is. */
const confusion = (): readonly string[] => {
  const count = (label: ErrorCause, cause: ErrorCause): number =>
    corpus.filter((each) => each.label === label && told(each.error) === cause).length
  const cell = (text: string | number): string => String(text).padStart(14)
  return [
    `${cell('label')}${ERROR_CAUSES.map(cell).join('')}`,
    ...ERROR_CAUSES.map(
      (label) => cell(label) + ERROR_CAUSES.map((cause) => cell(count(label, cause) || '·')).join(''),
    ),
  ]
}

describe('the labelled corpus', () => {
  test('holds at least 40 bodies, at least two of every cause, each with its origin', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(40)
    for (const cause of ERROR_CAUSES) expect(corpus.filter(({ label }) => label === cause).length).toBeGreaterThan(1)
    for (const { origin, name } of corpus) expect(`${name}: ${origin}`).toMatch(/: \S.{9}/)
    expect(new Set(corpus.map(({ label, name }) => `${label}: ${name}`)).size).toBe(corpus.length)
  })

  test.each(corpus.map(({ label, name, error }) => [label, name, error] as const))('%s: %s', (label, _, error) => {
    expect(told(error)).toBe(label)
  })

  test('the confusion table has nothing beside its diagonal', () => {
    const table = confusion()
    process.stdout.write(`${table.join('\n')}\n`)
    const beside = table.slice(1).flatMap((line, row) => {
      const cells = line.trim().split(/\s+/).slice(1)
      return cells.filter((cell, column) => column !== row && cell !== '·')
    })
    expect(beside).toEqual([])
  })

  test('no 429 is depletion unless its words say so, whatever else they say', () => {
    const plain = corpus.filter(({ label, error }) => label !== 'depleted' && JSON.stringify(error).includes('429'))
    expect(plain.length).toBeGreaterThan(10)
    for (const { error } of plain) expect(told(error)).not.toBe('depleted')
  })
})
