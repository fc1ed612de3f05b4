/** `drawdown deliveries …`: the outbox, and a second life for what died in it. */

import { Command, Option } from 'commander'
import type { DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import { UsageError } from '../domain/errors.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import { heldUntil, remarkOn } from '../report/delivery-words.ts'
import type { App } from '../wire.ts'
import { type Answer, answer } from './answer.ts'
import { pick } from './pick.ts'
import { withApp } from './session.ts'
import { SEND_HELP, type SendOption } from './tell.ts'
import type { Terminal } from './terminal.ts'

const STATUSES: readonly DeliveryState['status'][] = ['pending', 'sent', 'dead']
const LISTED_MAX = 200
/** Rounds of `--all-dead`: two hundred thousand deliveries are no accident of one night. */
const ROUNDS_MAX = 1_000

/** The group of commands about deliveries. */
export const deliveriesCommand = (terminal: Terminal): Command =>
  new Command('deliveries')
    .description('list deliveries, or revive dead ones')
    .addCommand(listCommand(terminal))
    .addCommand(redriveCommand(terminal))

type ListOptions = { readonly status?: DeliveryState['status'] }

const listCommand = (terminal: Terminal): Command => {
  const command = new Command('list')
    .description(`list the newest ${LISTED_MAX} deliveries, newest first`)
    .addOption(new Option('--status <status>', 'only those').choices(STATUSES))
  return answer<ListOptions>(terminal, command, (_, { status }) =>
    withApp(terminal, {}, async ({ deps }) => {
      const found = await deps.store.deliveries({ limit: LISTED_MAX, ...(status ? { status } : {}) })
      const now = deps.clock()
      const json = { deliveries: found.map((delivery) => deliveryJson(delivery, now)) }
      return { json, text: await textOf(terminal, found, now) }
    }),
  )
}

/** The message itself stays in the store: it is long, and its recipient has it. */
const deliveryJson = (delivery: StoredDelivery, now: Instant): object => {
  const { id, account, channel, recipient, message, createdAt, state } = delivery
  const held = heldUntil(delivery, now)
  return {
    ...{ id, account, channel, recipient },
    rule: message.rule,
    level: message.level,
    step: message.step,
    severity: message.severity,
    title: message.words.title,
    status: state.status,
    attempts: state.attempts,
    ambiguous: state.ambiguous,
    createdAt: formatInstant(createdAt),
    ...(state.status === 'pending' ? { dueAt: formatInstant(state.dueAt) } : {}),
    ...(held === undefined ? {} : { heldUntil: formatInstant(held) }),
    ...(state.settledAt === undefined ? {} : { settledAt: formatInstant(state.settledAt) }),
    ...(state.note === undefined ? {} : { note: state.note }),
  }
}

const COLUMNS = ['ID', 'STATUS', 'CHANNEL', 'RECIPIENT', 'ALERT', 'STEP', 'CREATED', 'ATTEMPTS', 'NOTE'].map(
  (title) => ({ title, align: title === 'ATTEMPTS' ? 'right' : 'left' }) as const,
)

const textOf = async (terminal: Terminal, found: readonly StoredDelivery[], now: Instant): Promise<string> => {
  if (found.length === 0) return 'No deliveries.'
  const { table } = await import('../report/table.ts')
  const rows = found.map((delivery) => rowOf(delivery, now))
  const cut = found.length < LISTED_MAX ? '' : `\nOnly the newest ${LISTED_MAX} are shown.`
  return `${table(COLUMNS, rows, (line) => terminal.paint('bold', line))}${cut}`
}

const rowOf = (delivery: StoredDelivery, now: Instant): readonly string[] => {
  const { id, channel, recipient, message, createdAt, state } = delivery
  return [
    id,
    heldUntil(delivery, now) === undefined ? state.status : 'held',
    channel,
    recipient,
    message.level === '' ? message.rule : `${message.rule} ${message.level}`,
    message.step,
    formatInstant(createdAt),
    String(state.attempts),
    [state.note ?? '', remarkOn(delivery, now)].filter((part) => part !== '').join('; '),
  ]
}

type RedriveOptions = SendOption & { readonly allDead?: true }

const redriveCommand = (terminal: Terminal): Command => {
  const command = new Command('redrive')
    .description('make a dead delivery due again, with all its attempts before it')
    .argument('[id]', 'id of the delivery, or its beginning')
    .option('--all-dead', 'every dead one')
    .option('--send', SEND_HELP)
  return answer<RedriveOptions>(terminal, command, async ([id], { allDead, send }) => {
    if ((id === undefined) === (allDead === undefined)) command.error('error: give either an id or --all-dead.')
    return withApp(terminal, { send: send ?? false }, async (app) => {
      const redriven = id === undefined ? await redriveAll(app) : [await redriveOne(app, id)]
      return redrivenAnswer(redriven, send ? await sent(app) : undefined)
    })
  })
}

const redriveOne = async ({ deps }: App, id: string): Promise<string> => {
  const dead = await deps.store.deliveries({ status: 'dead', limit: LISTED_MAX })
  const found = pick(dead, id, (delivery) => delivery.id)
  if (found.kind === 'one' && (await deps.store.redrive(found.item.id, deps.clock()))) return found.item.id
  const ids = found.kind === 'one' ? '' : found.items.map((delivery) => delivery.id).join(', ')
  throw new UsageError(`No dead delivery has the id ${id}. ${ids === '' ? 'None is dead.' : `Dead are ${ids}.`}`)
}

const redriveAll = async ({ deps }: App): Promise<readonly string[]> => {
  const redriven: string[] = []
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const dead = await deps.store.deliveries({ status: 'dead', limit: LISTED_MAX })
    if (dead.length === 0) break
    for (const { id } of dead) if (await deps.store.redrive(id, deps.clock())) redriven.push(id)
  }
  return redriven
}

type Sent = { readonly sent: number; readonly retried: number; readonly dead: number }

const sent = async ({ deps }: App): Promise<Sent> => (await import('../app/deliver.ts')).drain(deps)

const redrivenAnswer = (redriven: readonly string[], drained: Sent | undefined): Answer => {
  const count = `${redriven.length} ${redriven.length === 1 ? 'delivery is' : 'deliveries are'} due again.`
  const result = drained ? ` ${drained.sent} sent, ${drained.retried} to be retried, ${drained.dead} dead.` : ''
  return { json: { redriven, ...(drained ? { deliveries: drained } : {}) }, text: `${count}${result}` }
}
