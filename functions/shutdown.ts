/** How a process ends: requests in flight are answered, new ones turned away, then everything is closed. */

import type { Server, ServerResponse } from 'node:http'
import type { AppLog } from './app/deps.ts'

/** Cloud Run kills an instance 10 s after SIGTERM; https://docs.cloud.google.com/run/docs/container-contract */
const STOP_MS = 8_000
/** What requests in flight get of it; flushing and closing get the rest. */
const REQUESTS_MS = 6_000
/** A request that was on the wire when the signal came is still taken. */
const GRACE_MS = 100

export const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Every request passes through; it knows which are in flight and lets none in once the process stops. */
export type Gate = {
  /** True from the signal on: long work ends at its next safe point. */
  readonly isStopping: () => boolean
  /** Lets a request in, or answers it 503 and says false. */
  readonly admit: (response: ServerResponse) => boolean
  /** Stops listening and waits, a bounded time, until every request let in is answered; the number of those that were not. */
  readonly drain: (server: Server) => Promise<number>
}

export const openGate = (): Gate => {
  const inFlight = new Set<ServerResponse>()
  const empty = Promise.withResolvers<void>()
  let phase: 'open' | 'stopping' | 'shut' = 'open'
  const left = (response: ServerResponse): void => {
    inFlight.delete(response)
    if (phase === 'shut' && inFlight.size === 0) empty.resolve()
  }
  return {
    isStopping: () => phase !== 'open',
    admit: (response) => {
      if (phase === 'shut') return turnAway(response)
      if (phase === 'stopping') lastOfItsConnection(response)
      inFlight.add(response)
      response.once('close', () => left(response))
      return true
    },
    drain: async (server) => {
      phase = 'stopping'
      for (const response of inFlight) lastOfItsConnection(response)
      await pause(GRACE_MS)
      phase = 'shut'
      // Idle keep-alive connections end here, the others with their answer.
      server.close()
      if (inFlight.size === 0) empty.resolve()
      await Promise.race([empty.promise, pause(REQUESTS_MS)])
      server.closeAllConnections()
      return inFlight.size
    },
  }
}

/** Tells the client to close the connection after this answer, so that no request of its own runs into the end. */
const lastOfItsConnection = (response: ServerResponse): void => {
  if (!response.headersSent) response.setHeader('connection', 'close')
}

const turnAway = (response: ServerResponse): false => {
  response.writeHead(503, {
    'retry-after': '1',
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
  })
  response.end('{"error":"This instance is stopping: deliver the message again."}\n')
  return false
}

/** A busy process runs its timers before it reads its sockets: one more turn lets them be read. */
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(() => setImmediate(resolve), ms)
  })

/**
 * Notes who listens for SIGTERM and SIGINT now; the answer puts `stop` in the place of everybody who has joined since.
 * functions-framework 5.0.5 joins when its server listens, after it has loaded the functions: its listener answers 500 to
 * the latest request and exits at once, so that every other request in flight is lost. Listeners run in order and that
 * one never returns, so it must go. Until the first request nothing is in flight, and it does no harm.
 */
export const signalsFromNow = (): ((stop: () => void) => void) => {
  const before = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)))
  return (stop) => {
    for (const signal of SIGNALS) {
      for (const joined of process.listeners(signal)) if (!before.has(joined)) process.off(signal, joined)
      process.on(signal, stop)
    }
  }
}

/**
 * Ends the process with 0 once the gate has drained and `close` is done, or after 8 s with what is left: an attempt cut
 * off keeps its lease until that lapses, a request cut off was not acknowledged. A `close` that fails is logged and ends it
 * with 1. A second call is the first one's.
 */
export const endProcess = (gate: Gate, server: Server, close: () => Promise<void>, log: AppLog): void => {
  if (gate.isStopping()) return
  setTimeout(() => {
    log.warning('stopped before everything was closed', { afterMs: STOP_MS })
    process.exit(0)
  }, STOP_MS)
  end(gate, server, close, log).then(
    () => process.exit(0),
    (error: unknown) => {
      log.error('closing failed', error)
      process.exit(1)
    },
  )
}

const end = async (gate: Gate, server: Server, close: () => Promise<void>, log: AppLog): Promise<void> => {
  const unanswered = await gate.drain(server)
  if (unanswered > 0) log.warning('requests were cut off', { requests: unanswered })
  await close()
}
