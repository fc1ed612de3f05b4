/** Who burns: estimated spend by project and model, by the hour, over the trailing week. */

import type { ProjectBurn } from '../domain/balance.ts'
import type { Nanos } from '../domain/money.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'

/** Spend of one model in one project, in USD nanos by hour since 1970. */
type Burner = { readonly projectId: string; readonly model: string; readonly hours: Map<number, Nanos> }

export type Burners = Map<string, Burner>

/** Hours are kept for the trailing week, and a day for whoever asks with a clock that is behind. */
const KEPT_MS = 8 * DAY_MS
const WEEK_MS = 7 * DAY_MS

/** Adds (or, negative, takes back) what a call cost. */
export const addBurn = (burners: Burners, call: Omit<Burner, 'hours'>, at: Instant, cost: Nanos): void => {
  if (cost === 0n) return
  const { hours } = burnerOf(burners, call)
  const hour = Math.floor(at / HOUR_MS)
  hours.set(hour, (hours.get(hour) ?? 0n) + cost)
}

const burnerOf = (burners: Burners, { projectId, model }: Omit<Burner, 'hours'>): Burner => {
  const name = JSON.stringify([projectId, model])
  const known = burners.get(name) ?? { projectId, model, hours: new Map() }
  burners.set(name, known)
  return known
}

/** Estimated spend per day (USD) over the trailing 7 days by the hour, largest first, the models of a project within it. */
export const burnByProject = (burners: Burners, now: Instant): readonly ProjectBurn[] => {
  const byProject = new Map<string, Spent[]>()
  for (const { projectId, model, hours } of burners.values()) {
    const spent = spentSince(hours, now - WEEK_MS, now)
    byProject.set(projectId, [...(byProject.get(projectId) ?? []), { name: model, spent }])
  }
  return perDay([...byProject].map(([name, models]) => ({ name, models, spent: sum(models) }))).map((project) => ({
    projectId: project.name,
    perDay: project.perDay,
    models: perDay(project.models).map((row) => ({ model: row.name, perDay: row.perDay })),
  }))
}

type Spent = { readonly name: string; readonly spent: Nanos }

const sum = (rows: readonly Spent[]): Nanos => rows.reduce((total, { spent }) => total + spent, 0n)

/** Each row's share of a day, largest first; what comes to nothing is left out. */
const perDay = <Row extends Spent>(rows: readonly Row[]): readonly (Row & { readonly perDay: Nanos })[] =>
  rows
    .map((row) => ({ ...row, perDay: row.spent / 7n }))
    .filter((row) => row.perDay > 0n)
    .sort((a, b) => (a.perDay === b.perDay ? (a.name < b.name ? -1 : 1) : a.perDay > b.perDay ? -1 : 1))

const spentSince = (hours: ReadonlyMap<number, Nanos>, from: Instant, now: Instant): Nanos => {
  let sum = 0n
  for (const [hour, amount] of hours) if (hour * HOUR_MS >= from && hour * HOUR_MS <= now) sum += amount
  return sum
}

/** As a checkpoint keeps them; rows from before 2026-11-28 name no model. */
export type BurnerRow = readonly [
  projectId: string,
  hours: readonly (readonly [hour: number, sum: string])[],
  model?: string,
]

/** What must be remembered at `now`; older hours are left out, and forgotten in the book itself. */
export const burnerRows = (burners: Burners, now: Instant): readonly BurnerRow[] => {
  for (const [name, { hours }] of burners) {
    for (const hour of hours.keys()) if (hour * HOUR_MS < now - KEPT_MS) hours.delete(hour)
    if (hours.size === 0) burners.delete(name)
  }
  return [...burners.values()].map(({ projectId, model, hours }) => [
    projectId,
    [...hours].map(([hour, sum]) => [hour, String(sum)] as const),
    model,
  ])
}

/** Fills an empty book with the rows of another. */
export const fillBurners = (burners: Burners, rows: readonly BurnerRow[]): void => {
  for (const [projectId, hours, model = ''] of rows)
    for (const [hour, sum] of hours) addBurn(burners, { projectId, model }, hour * HOUR_MS, BigInt(sum))
}
