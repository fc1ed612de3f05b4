/** What look-ups say of an account: the latest answer by its own time, and what was refused since. */

import type { LookedUpBody, LookUpSubject } from '../domain/facts.ts'
import type { BillingStanding, LinkStanding } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import type { Book } from './book.ts'

type Seen<Body extends LookedUpBody = LookedUpBody> = { readonly key: string; readonly body: Body }

/** A pure function of the set of look-ups up to `now`; projects no longer listed are left out. */
export const billingStanding = (book: Book, now: Instant): BillingStanding => {
  const { account } = book
  const projects = [...new Set(account.projects)]
  const links = upTo(book.factsOf('billing-link'), now)
  const opens = upTo(book.factsOf('account-open'), now)
  const refusals = upTo(book.factsOf('look-up-refused'), now)
  const linksOf = (projectId: string) => links.filter(({ body }) => body.projectId === projectId)
  const subjects: readonly (readonly [LookUpSubject, Instant | undefined])[] = [
    ...projects.map((id) => [`projects/${id}`, linksOf(id).at(-1)?.body.at] as const),
    [`billingAccounts/${account.id}`, opens.at(-1)?.body.at],
  ]
  const open = lastRun(opens, (a, b) => a.open === b.open)
  return {
    links: projects.flatMap((id): readonly LinkStanding[] => {
      const run = lastRun(linksOf(id), isSameLink)
      if (!run) return []
      const { kind: _, at: __, ...link } = run.latest
      return [{ ...link, since: run.since }]
    }),
    ...(open ? { open: { open: open.latest.open, since: open.since } } : {}),
    refused: subjects.flatMap(([about, answeredAt]) => {
      const since = refusals.filter(({ body }) => body.about === about && body.at > (answeredAt ?? -1))
      const [first, last] = [since[0]?.body, since.at(-1)?.body]
      return first && last ? [{ about, why: last.why, since: first.at }] : []
    }),
  }
}

type LinkAnswer = Pick<LinkStanding, 'linkedTo' | 'billingEnabled'>

/** Whether two answers about one project say the same. */
const isSameLink = (a: LinkAnswer, b: LinkAnswer): boolean =>
  a.linkedTo === b.linkedTo && a.billingEnabled === b.billingEnabled

/** Oldest first, whatever the order of arrival. */
const upTo = <Body extends LookedUpBody>(facts: readonly Seen<Body>[], now: Instant): readonly Seen<Body>[] =>
  facts.filter(({ body }) => body.at <= now).toSorted((a, b) => a.body.at - b.body.at || (a.key < b.key ? -1 : 1))

/** The latest answer, and when the answers began to be that one. */
const lastRun = <Body extends LookedUpBody>(
  answers: readonly Seen<Body>[],
  same: (a: Body, b: Body) => boolean,
): { readonly latest: Body; readonly since: Instant } | undefined => {
  const latest = answers.at(-1)?.body
  if (!latest) return undefined
  const before = answers.findLastIndex(({ body }) => !same(body, latest))
  return { latest, since: answers[before + 1]?.body.at ?? latest.at }
}
