/** `drawdown price`: what a call costs at list price; reads no store and no configuration. */

import { Command, Option } from 'commander'
import type { Catalog } from '../catalog.ts'
import { nearest } from '../domain/nearest.ts'
import type { Instant } from '../domain/time.ts'
import type { Priced, ServiceTier, TokenUse } from '../policy/pricing.ts'
import { type Answer, answer } from './answer.ts'
import type { Terminal } from './terminal.ts'
import { countWord, timeWord } from './words.ts'

const CLASSES: readonly ServiceTier[] = ['standard', 'flex', 'priority', 'batch']
const CURRENCY = 'USD'

type Options = {
  readonly input?: number
  readonly cached?: number
  readonly output?: number
  readonly thoughts?: number
  readonly toolUse?: number
  readonly audioInput?: number
  readonly tier: ServiceTier
  readonly at?: Instant
  readonly catalog?: true
  readonly currency?: string
}

type OpenCatalog = () => Promise<Catalog>
const openVendors: OpenCatalog = async () => (await import('../catalog.ts')).openCatalog()

/** Token counts as `usageMetadata` names them. */
export const priceCommand = (terminal: Terminal, open: OpenCatalog = openVendors): Command => {
  const command = new Command('price')
    .description('price token counts at the dated list price, in USD')
    .argument('<model>', 'model id, such as gemini-3.5-flash')
    .option('--input <tokens>', 'prompt tokens (promptTokenCount), cached and audio ones included', countWord)
    .option('--cached <tokens>', 'those of --input that were cached', countWord)
    .option('--output <tokens>', 'answer tokens, thoughts not included', countWord)
    .option('--thoughts <tokens>', 'thinking tokens', countWord)
    .option('--tool-use <tokens>', 'prompt tokens of tool use', countWord)
    .option('--audio-input <tokens>', 'those of --input that were audio', countWord)
    .addOption(new Option('--tier <class>', 'service class').choices(CLASSES).default('standard'))
    .option('--at <time>', 'priced as of then, RFC 3339 (default: now)', timeWord)
    .option('--catalog', 'set Google’s own catalog beside it, as it is now; needs Google Cloud credentials')
    .option('--currency <code>', 'currency of the catalog (default: USD)')
  return answer<Options>(terminal, command, ([model = ''], options) =>
    price({ terminal, command, open }, model, options),
  )
}

type Shell = { readonly terminal: Terminal; readonly command: Command; readonly open: OpenCatalog }

const price = async ({ terminal, command, open }: Shell, name: string, options: Options): Promise<Answer> => {
  const model = name.replace(/^models\//, '')
  const { priceUsage } = await import('../policy/pricing.ts')
  const use = useOf(command, model, options, options.at ?? terminal.clock())
  const priced = priceUsage(use)
  if (priced.kind === 'unpriced') return unpriced(command, model, priced)
  const { formatDecimal } = await import('../domain/money.ts')
  const money = (amount: bigint): string => formatDecimal(amount, CURRENCY)
  const lines = priced.lines.map(({ kind, tokens, perMillion, cost }) => ({
    kind,
    tokens,
    perMillion: money(perMillion),
    cost: money(cost),
  }))
  const cost = money(priced.cost)
  const own = { json: { model, currencyCode: CURRENCY, cost, lines }, text: await textOf(terminal, lines, cost) }
  if (!options.catalog) return own
  const { beside } = await import('./price-catalog.ts')
  return beside(own, { terminal, open, use, priced, currencyCode: options.currency ?? CURRENCY })
}

/** `--input` may be left out where a part of it says as much. */
const useOf = (command: Command, model: string, options: Options, at: Instant): TokenUse => {
  const { input, cached = 0, output = 0, thoughts = 0, toolUse = 0, audioInput = 0, tier } = options
  const prompt = input ?? Math.max(cached, audioInput)
  if (audioInput > prompt)
    command.error(
      `error: --audio-input ${audioInput} is part of --input, which is only ${prompt}: give the whole prompt.`,
    )
  if (cached > prompt)
    command.error(`error: --cached ${cached} is part of --input, which is only ${prompt}: give the whole prompt.`)
  return { model, at, tier, prompt, cached, output, thoughts, toolUse, promptByModality: { AUDIO: audioInput } }
}

const unpriced = async (
  command: Command,
  model: string,
  { reason, why }: Extract<Priced, { kind: 'unpriced' }>,
): Promise<never> => {
  const { UsageError } = await import('../domain/errors.ts')
  if (reason === 'cached' || reason === 'range') return command.error(`error: ${why}: check the token counts.`)
  if (reason === 'modality') throw new UsageError(`${why}: the model does not take such tokens; leave them out.`)
  const { PRICE_ROWS } = await import('../policy/prices.ts')
  const known = [...new Set(PRICE_ROWS.flatMap(({ models }) => models))]
  const near = nearest(model, known)
  const mend = near === undefined ? `Known are for example ${known.slice(0, 3).join(', ')}.` : `Did you mean ${near}?`
  throw new UsageError(`${why}. ${mend}`)
}

type Line = { readonly kind: string; readonly tokens: number; readonly perMillion: string; readonly cost: string }

const textOf = async (terminal: Terminal, lines: readonly Line[], cost: string): Promise<string> => {
  const { table } = await import('../report/table.ts')
  const columns = ['KIND', 'TOKENS', `${CURRENCY} PER MILLION`, `COST ${CURRENCY}`].map(
    (title, index) => ({ title, align: index === 0 ? 'left' : 'right' }) as const,
  )
  const rows = lines.map(({ kind, tokens, perMillion, cost: part }) => [kind, String(tokens), perMillion, part])
  return table(columns, [...rows, ['total', '', '', cost]], (line) => terminal.paint('bold', line))
}
