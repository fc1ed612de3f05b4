/** For a whole test run: a desk in the main process that starts an emulator when the first test file asks for it. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { EMULATORS, type EmulatorName, type Started, startEmulator } from './emulator-process.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the desk: `GET /firestore` and `GET /pubsub` answer `{"host"}` or `{"why"}`. */
    readonly emulators: string
  }
}

/** Vitest's hook: opens the desk and hands back how to close it, which ends every emulator it started. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const started = new Map<EmulatorName, Promise<Started>>()
  const server = createServer((request, response) => {
    const name = EMULATORS.find((one) => request.url === `/${one}`)
    if (!name) return void response.writeHead(404).end()
    const emulator = started.get(name) ?? startEmulator(name)
    started.set(name, emulator)
    emulator.then(
      (one) => response.end(JSON.stringify('why' in one ? { why: one.why } : { host: one.host })),
      (error: unknown) => response.end(JSON.stringify({ why: String(error) })),
    )
  })
  project.provide('emulators', await listen(server))
  return async () => {
    server.close()
    server.closeAllConnections()
    await Promise.all([...started.values()].map(end))
  }
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

const end = async (starting: Promise<Started>): Promise<void> => {
  const emulator = await starting.catch(() => undefined)
  if (emulator && !('why' in emulator)) await emulator.stop()
}
