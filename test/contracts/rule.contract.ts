/** What every rule promises; called by each rule's own test. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../functions/domain/alerts.ts'
import { rules } from '../../functions/rules/index.ts'
import type { Rule } from '../../functions/rules/rule.ts'
import { arbitraryEvaluation } from '../support/arbitrary-standing.ts'

/** Fewer runs than the laws': it is called once per rule. */
const RUNS = 150

const everywhere = (rule: Rule, claim: (findings: readonly Finding[]) => void): void =>
  fc.assert(
    fc.property(arbitraryEvaluation, ({ standing, context }) => claim(rule.evaluate(standing, context))),
    { numRuns: RUNS },
  )

/** Declares the contract's tests over arbitrary standings. */
export const ruleContract = (rule: Rule): void => {
  describe(`${rule.name} keeps the contract of a rule`, () => {
    test('it is registered under a name in kebab case that no other rule has', () => {
      expect(rules.filter((each) => each.name === rule.name)).toEqual([rule])
      expect(rule.name).toMatch(/^[a-z]+(-[a-z]+)+$/)
    })

    test('the same standing gives the same findings, and is left as it was', () => {
      fc.assert(
        fc.property(arbitraryEvaluation, ({ standing, context }) => {
          const copy = structuredClone(standing)
          expect(rule.evaluate(standing, context)).toEqual(rule.evaluate(copy, structuredClone(context)))
          expect(standing).toEqual(copy)
        }),
        { numRuns: RUNS },
      )
    })

    test('findings survive JSON unchanged', () =>
      everywhere(rule, (findings) => {
        expect(JSON.parse(JSON.stringify(findings))).toEqual(findings)
      }))

    test('no two findings share scope and level', () =>
      everywhere(rule, (findings) => {
        const identities = findings.map(({ scope, level }) => JSON.stringify([scope, level]))
        expect(new Set(identities).size).toBe(identities.length)
      }))

    test('levels are written as people configure them', () =>
      everywhere(rule, (findings) => {
        for (const { level } of findings) expect(level).toMatch(/^$|^\d+(\.\d+)?[%hd]?$/)
      }))

    test('every finding has a one-line title, a summary, a figure, and a step with who does it', () =>
      everywhere(rule, (findings) => {
        for (const { words } of findings) {
          expect(words.title.length).toBeGreaterThan(0)
          expect(words.title.length).toBeLessThanOrEqual(140)
          expect(words.summary.trim()).not.toBe('')
          expect(words.next.length).toBeGreaterThan(0)
          for (const { label, who, url } of words.next) {
            expect(label.trim()).not.toBe('')
            expect(who).toMatch(/^(billing administrator|on-call engineer)$/)
            if (url !== undefined) expect(new URL(url).protocol).toBe('https:')
          }
        }
      }))

    test('no sentence shows a hole: undefined, NaN or a bare object', () =>
      everywhere(rule, (findings) => {
        for (const { words } of findings) {
          const own = JSON.stringify([words.summary, words.arithmetic, words.stops, words.figure])
          expect(own).not.toMatch(/undefined|NaN|\[object|Infinity/)
        }
      }))

    test('a notice never resolves', () =>
      everywhere(rule, (findings) => {
        if (rule.notice) for (const { state } of findings) expect(state).toBe('holds')
      }))
  })
}
