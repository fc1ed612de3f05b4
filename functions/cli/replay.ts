/** `drawdown replay`: a recording through the real pipeline, in memory, with nothing sent. */

import { createReadStream } from 'node:fs'
import { Command } from 'commander'
import type { ReplayDeps, Replayed } from '../app/replay.ts'
import type { Config } from '../config.ts'
import { UsageError } from '../domain/errors.ts'
import { type Answer, answer } from './answer.ts'
import type { Terminal } from './terminal.ts'

const HELP = `
One JSON object per line, in order of arrival:
  {"topic":"billing-notifications","message":{"json":{…},"attributes":{…},"publishTime":"2026-11-23T10:00:00Z"}}
  {"now":"2026-11-23T12:00:00Z"}   moves the clock on
topic may also be gemini-usage; instead of "json" a message may carry "data" in base64.`

type Options = { readonly config?: string }

/** Needs no store and no secrets. */
export const replayCommand = (terminal: Terminal): Command => {
  const command = new Command('replay')
    .description('play recorded messages and see what would have been told; nothing is sent or stored')
    .argument('<file>', 'recording, or - for standard input')
    .option('--config <file>', 'configuration file (default: DRAWDOWN_CONFIG, else the built-in one)')
    .addHelpText('after', HELP)
  return answer<Options>(terminal, command, ([file = ''], options) => replayFile(terminal, file, options))
}

const replayFile = async (terminal: Terminal, file: string, options: Options): Promise<Answer> => {
  const [{ loadConfig }, { replay }, { LINE_MAX }, { linesOf }, { replayJson }, { replayText }] = await Promise.all([
    import('../config.ts'),
    import('../app/replay.ts'),
    import('../app/recording.ts'),
    import('./lines.ts'),
    import('../app/replay-json.ts'),
    import('./replay-text.ts'),
  ])
  const config = loadConfig(options.config, terminal.env)
  const replayed = await readable(file, async () =>
    replay(await depsOf(config), linesOf(textOf(terminal, file), LINE_MAX)),
  )
  return { json: replayJson(replayed), text: replayText(terminal, replayed) }
}

/** Decodes bytes across chunks; what is no UTF-8 becomes U+FFFD and fails where it matters. */
const textOf = (terminal: Terminal, file: string): AsyncIterable<string> => {
  const stream = file === '-' ? terminal.stdin : createReadStream(file)
  stream.setEncoding('utf8')
  return stream as AsyncIterable<unknown> as AsyncIterable<string>
}

/** Routes and channels are left out: there is nobody to tell. */
const depsOf = async ({ accounts }: Config): Promise<ReplayDeps> => {
  const { openMemoryStore } = await import('../store/memory.ts')
  let ids = 0
  return {
    store: openMemoryStore(),
    accounts,
    routes: [],
    recipients: {},
    sender: async () => undefined,
    newId: () => {
      ids += 1
      return String(ids)
    },
    chance: () => 0,
    announce: () => undefined,
    log: { info: () => undefined, warning: () => undefined, error: () => undefined },
  }
}

const REASONS_WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
}

const readable = async (file: string, work: () => Promise<Replayed>): Promise<Replayed> => {
  try {
    return await work()
  } catch (error) {
    const { code = '', syscall } = error as NodeJS.ErrnoException
    if (syscall !== 'open' && syscall !== 'read') throw error
    throw new UsageError(`${file} cannot be read: ${REASONS_WHY[code] ?? code}. Give the path of a recording, or -.`)
  }
}
