/** The catalog's own price beside the built-in one. */

import type { Catalog } from '../catalog.ts'
import { UnavailableError, UsageError } from '../domain/errors.ts'
import { formatDecimal, isCurrency } from '../domain/money.ts'
import { catalogPrice } from '../policy/catalog.ts'
import type { Priced, TokenUse } from '../policy/pricing.ts'
import { table } from '../report/table.ts'
import type { Answer } from './answer.ts'
import type { Terminal } from './terminal.ts'

type Asked = {
  readonly terminal: Terminal
  readonly open: () => Promise<Catalog>
  readonly use: TokenUse
  readonly priced: Extract<Priced, { kind: 'priced' }>
  readonly currencyCode: string
}

type Own = { readonly json: object; readonly text: string }

const MEND = 'Sign in with gcloud auth application-default login, or leave --catalog out.'

/** Adds the catalog's lines; where it does not answer, the built-in price still stands, and the command has failed. */
export const beside = async (own: Own, asked: Asked): Promise<Answer> => {
  if (!isCurrency(asked.currencyCode))
    throw new UsageError(`--currency ${asked.currencyCode}: must be an ISO 4217 code in capitals, such as EUR.`)
  const catalog = await asked.open()
  try {
    return compared(own, asked, await catalog.skus(asked.currencyCode))
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error
    const json = { ...own.json, catalog: { unavailable: error.message } }
    return { json, text: own.text, problems: [`${error.message.replace(/\.$/, '')}. ${MEND}`], exitCode: 1 }
  } finally {
    await catalog.close()
  }
}

const compared = (
  own: Own,
  { terminal, use, priced, currencyCode }: Asked,
  skus: Awaited<ReturnType<Catalog['skus']>>,
): Answer => {
  const { lines, cost, missing } = catalogPrice(use, priced.lines, skus)
  const money = (amount: bigint): string => formatDecimal(amount, currencyCode)
  const rows = lines.map((line) => ({
    kind: line.kind,
    tokens: line.tokens,
    perMillion: money(line.perMillion),
    cost: money(line.cost),
    sku: line.sku,
    description: line.description,
  }))
  const said = {
    currencyCode,
    cost: money(cost),
    lines: rows,
    ...(missing.length > 0 && { missing }),
  }
  const columns = ['KIND', 'SKU', `${currencyCode} PER MILLION`, `COST ${currencyCode}`].map(
    (title, index) => ({ title, align: index < 2 ? 'left' : 'right' }) as const,
  )
  const body = rows.map((row) => [row.kind, row.sku, row.perMillion, row.cost])
  const text = [
    own.text,
    '',
    'The same by Google’s catalog, as it is now:',
    table(columns, [...body, ['total', '', '', said.cost]], (line) => terminal.paint('bold', line)),
    ...(missing.length > 0 ? [`The catalog names no SKU for: ${missing.join(', ')}.`] : []),
  ].join('\n')
  return { json: { ...own.json, catalog: said }, text, exitCode: 0 }
}
