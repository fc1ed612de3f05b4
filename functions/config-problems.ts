/** Turns what is wrong with a configuration into lines a person can act on: where, what, and what to write instead. */

import type { Document, LineCounter, Node } from 'yaml'
import { z } from 'zod'
import { ConfigError } from './domain/errors.ts'
import { nearest } from './domain/nearest.ts'
import { yaml } from './yaml.ts'

export type Path = readonly (string | number)[]

/** One thing to mend; `example` is what the field may look like. */
export type Problem = { readonly path: Path; readonly text: string; readonly example?: string }

/** The text as parsed, for finding lines. */
export type Located = { readonly fileName: string; readonly doc: Document; readonly lines: LineCounter }

/** More lines than this help nobody: the first ones are mended first. */
const PROBLEMS_MAX = 20
/** Longer text may be a key or an address, which must not be repeated; a budget id has 36. */
const VALUE_SHOWN_MAX = 24
const NAME_SHOWN_MAX = 36
/** Where nothing is near, a list longer than this is no help. */
const SUGGESTED_MAX = 40

/** One error for all problems, one line each, in the order of the file. */
export const configError = (located: Located, problems: readonly Problem[]): ConfigError => {
  const lines = problems
    .map((problem) => ({ problem, line: lineOf(located, problem.path) }))
    .sort((a, b) => a.line - b.line)
    .map(({ problem, line }) => `${located.fileName}:${line}: ${sentence(problem)}`)
  const more = lines.length > PROBLEMS_MAX ? [`… and ${lines.length - PROBLEMS_MAX} more.`] : []
  return new ConfigError([...lines.slice(0, PROBLEMS_MAX), ...more].join('\n'))
}

/**
 * Checks a value against a schema and words every issue with the schema's own example.
 * `quiet` never repeats what was written: a channel's field may hold a secret by mistake.
 */
export const problemsOf = (schema: z.ZodType, value: unknown, at: Path, quiet: boolean): readonly Problem[] => {
  const result = schema.safeParse(value, { error: phrase })
  return result.success ? [] : result.error.issues.flatMap((issue) => toProblems({ schema, value, at, quiet }, issue))
}

/** `; did you mean "credit-low"?`, or what there is where nothing is near; empty where that says nothing. */
export const suggest = (word: string, known: readonly string[]): string => {
  const best = nearest(word, known)
  if (best !== undefined) return `; did you mean "${best}"?`
  return known.length > 0 && known.length <= SUGGESTED_MAX ? `; there is ${known.join(', ')}` : ''
}

/** `, got -5` for a value fit to be repeated, else nothing: addresses and long text may be secrets. */
export const got = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'boolean') return `, got ${value}`
  return typeof value === 'string' && isHarmless(value, VALUE_SHOWN_MAX) ? `, got "${value}"` : ''
}

/** A name that came from the file, as an error may say it. */
export const shownName = (name: string): string => (isHarmless(name, NAME_SHOWN_MAX) ? name : '(a name not shown)')

const isHarmless = (text: string, max: number): boolean => text.length <= max && !/[:@\\]|\/\/|\p{C}/u.test(text)

const sentence = ({ path, text, example }: Problem): string => {
  const field = path.map((part) => shownName(String(part))).join('.')
  const end = /[.?]$/.test(text) ? '' : '.'
  return `${field && `${field}: `}${text}${end}${example === undefined ? '' : ` Write e.g. ${example}.`}`
}

type Issue = z.core.$ZodIssue
type Checked = { readonly schema: z.ZodType; readonly value: unknown; readonly at: Path; readonly quiet: boolean }

const toProblems = ({ schema, value, at, quiet }: Checked, issue: Issue): readonly Problem[] => {
  const inside = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  const path = [...at, ...inside]
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(schemaAt(schema, inside))
    return issue.keys.map((key) => ({ path: [...path, key], text: `is not a setting here${suggest(key, known)}` }))
  }
  if (issue.code === 'invalid_key') return [{ path, text: issue.issues[0]?.message ?? 'is no valid name' }]
  const example = exampleAt(schema, inside)
  const text = `${issue.message}${quiet || isSecretive(schema, inside) ? '' : got(valueAt(value, inside))}`
  return [{ path, text, ...(example !== undefined && { example }) }]
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text, in quotes where it could be read as a number',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of names',
  number: 'a number',
  boolean: 'true or false',
}

/** Words for the issues a schema did not word itself. */
const phrase = (issue: z.core.$ZodRawIssue): string | undefined => {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : `must be ${EXPECTED[issue.expected] ?? issue.expected}`
  }
  return issue.code === 'invalid_value' ? `must be ${issue.values.map(String).join(' or ')}` : undefined
}

const unwrapped = (schema: z.ZodType | undefined): z.ZodType | undefined =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema

/** The schema one step down; `undefined` where there is none. */
const below = (schema: z.ZodType | undefined, part: string | number): z.ZodType | undefined => {
  const plain = unwrapped(schema)
  if (plain instanceof z.ZodObject) return Object.hasOwn(plain.shape, part) ? plain.shape[part] : undefined
  if (plain instanceof z.ZodArray) return plain.element as z.ZodType
  return plain instanceof z.ZodRecord ? (plain.valueType as z.ZodType) : undefined
}

const schemaAt = (schema: z.ZodType, path: Path): z.ZodType | undefined =>
  path.reduce<z.ZodType | undefined>(below, schema)

const keysOf = (schema: z.ZodType | undefined): readonly string[] => {
  const plain = unwrapped(schema)
  return plain instanceof z.ZodObject ? Object.keys(plain.shape) : []
}

/** Whether the field, or what it lies in, is marked as one whose value is never shown. */
const isSecretive = (schema: z.ZodType, path: Path): boolean =>
  path.some((_, index) => schemaAt(schema, path.slice(0, index + 1))?.meta()?.['writeOnly'] === true)

/** The example of the field, or of the nearest list or group around it. */
const exampleAt = (schema: z.ZodType, path: Path): string | undefined => {
  const around = path.map((_, index) => schemaAt(schema, path.slice(0, path.length - index)))
  const example = around.map(firstExample).find((found) => found !== undefined)
  return example === undefined ? undefined : asYaml(example)
}

const firstExample = (schema: z.ZodType | undefined): unknown => {
  const examples = (schema?.meta() ?? unwrapped(schema)?.meta())?.['examples']
  return Array.isArray(examples) ? examples[0] : undefined
}

const asYaml = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ').replaceAll('":', '": ')

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce(
    (inner, part) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, part) : undefined),
    value,
  )

/** The line of the field, or of the nearest thing around it that is there; from 1. */
const lineOf = ({ doc, lines }: Located, path: Path): number => {
  let node: unknown = doc.contents
  let offset = 0
  for (const part of path) {
    if (yaml().isAlias(node)) node = node.resolve(doc)
    const child = childOf(node, part)
    if (!child) break
    offset = child.offset
    node = child.value
  }
  return lines.linePos(offset).line || 1
}

const childOf = (node: unknown, part: string | number): { offset: number; value: unknown } | undefined => {
  const { isMap, isNode, isScalar, isSeq } = yaml()
  if (isSeq(node)) {
    const value = node.items[Number(part)]
    return isNode(value) ? { offset: startOf(value), value } : undefined
  }
  const pair = isMap(node)
    ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    : undefined
  return pair && isScalar(pair.key) ? { offset: startOf(pair.key), value: pair.value } : undefined
}

const startOf = (node: Node): number => node.range?.[0] ?? 0
