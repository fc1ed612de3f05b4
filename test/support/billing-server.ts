/** A real gRPC server on loopback that speaks the Cloud Billing API by the client's own protos and answers as told. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import {
  credentials,
  type handleUnaryCall,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { type BillingClientOptions, openBilling } from '../../functions/billing.ts'

/** Fields of the response, a status with its machine-readable reason, silence, or bytes that are no message. */
export type BillingAnswer =
  | { readonly fields: Readonly<Record<string, unknown>> }
  | { readonly code: number; readonly message?: string; readonly reason?: string }
  | { readonly bytes: Buffer }
  | 'hang'

export type BillingPeer = {
  readonly options: BillingClientOptions
  /** Resource names in order of arrival. */
  readonly asked: () => readonly string[]
  /** Most calls that were open at one time. */
  readonly openMost: () => number
  /** Answers a resource, such as `projects/p` or `billingAccounts/A`, from now on; what was never set is NOT_FOUND. */
  readonly answer: (name: string, answer: BillingAnswer) => void
  /** The link of a project as the API writes it; without an account it is linked to none. */
  readonly link: (projectId: string, account?: string, billingEnabled?: boolean) => void
  /** What the project is linked to, as the API writes it. */
  readonly linkOf: (projectId: string) => unknown
  readonly account: (account: string, open: boolean) => void
  /** Changes of links that arrived, such as `projects/p to billingAccounts/A`; an unlinking ends in `to `. */
  readonly updates: () => readonly string[]
  /** What becomes of changes from now on: applied, applied without a reply, applied and the connection cut, or a status and nothing applied. */
  readonly onUpdate: (fate: UpdateFate) => void
  readonly close: () => Promise<void>
}

export type UpdateFate =
  | 'apply'
  | 'apply and hang'
  | 'apply and cut'
  | { readonly code: number; readonly message?: string }

const MODULES = join(import.meta.dirname, '../../node_modules')
const NOT_FOUND: BillingAnswer = { code: 5, message: 'not found' }

/** Listens on a free port of 127.0.0.1 without TLS; calls that hang end with the server. */
export const startBilling = async (): Promise<BillingPeer> => {
  const answers = new Map<string, BillingAnswer>()
  const asked: string[] = []
  let open = 0
  let openMost = 0
  const server = new Server()
  const { service } = billingService()
  const answerCall: handleUnaryCall<{ readonly name: string }, unknown> = (call, done) => {
    asked.push(call.request.name)
    open += 1
    openMost = Math.max(openMost, open)
    const answer = answers.get(call.request.name) ?? NOT_FOUND
    if (answer === 'hang') return
    setImmediate(() => {
      open -= 1
      if ('code' in answer) done({ code: answer.code, details: answer.message ?? '', metadata: detailsOf(answer) })
      else done(null, 'bytes' in answer ? answer.bytes : answer.fields)
    })
  }
  const updates: string[] = []
  let fate: UpdateFate = 'apply'
  const update: handleUnaryCall<UpdateRequest, unknown> = ({ request }, done) => {
    const { name, projectBillingInfo } = request
    const to = projectBillingInfo?.billingAccountName ?? ''
    updates.push(`${name} to ${to}`)
    if (typeof fate === 'object') return done({ code: fate.code, details: fate.message ?? '' })
    const projectId = name.replace('projects/', '')
    const fields = { name: `${name}/billingInfo`, projectId, billingAccountName: to, billingEnabled: to !== '' }
    answers.set(name, { fields })
    if (fate === 'apply') done(null, fields)
    if (fate === 'apply and cut') relay.cut()
  }
  server.addService(rawBytesAllowed(service), {
    GetProjectBillingInfo: answerCall,
    GetBillingAccount: answerCall,
    UpdateProjectBillingInfo: update,
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  const relay = await startRelay(port)
  const answer: BillingPeer['answer'] = (name, next) => void answers.set(name, next)
  return {
    options: clientOptions(relay.port),
    asked: () => asked,
    openMost: () => openMost,
    answer,
    link: (projectId, account, billingEnabled = account !== undefined) =>
      answer(`projects/${projectId}`, {
        fields: {
          name: `projects/${projectId}/billingInfo`,
          projectId,
          billingAccountName: account === undefined ? '' : `billingAccounts/${account}`,
          billingEnabled,
        },
      }),
    linkOf: (projectId) => {
      const known = answers.get(`projects/${projectId}`)
      return typeof known === 'object' && 'fields' in known ? known.fields['billingAccountName'] : undefined
    },
    account: (account, isOpen) =>
      answer(`billingAccounts/${account}`, {
        fields: { name: `billingAccounts/${account}`, open: isOpen, displayName: 'Production', currencyCode: 'USD' },
      }),
    updates: () => updates,
    onUpdate: (next) => {
      fate = next
    },
    close: async () => {
      await relay.close()
      server.forceShutdown()
    },
  }
}

type UpdateRequest = {
  readonly name: string
  readonly projectBillingInfo?: { readonly billingAccountName?: string }
}

type Relay = { readonly port: number; readonly cut: () => void; readonly close: () => Promise<void> }

/** Passes bytes on to a port of loopback until it is told to cut every connection; new ones are taken at once. */
const startRelay = async (to: number): Promise<Relay> => {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const peer = connect(to, '127.0.0.1')
    const end = (): void => {
      for (const socket of [client, peer]) socket.destroy()
    }
    for (const socket of [client, peer]) open.add(socket.on('error', end).on('close', end))
    client.pipe(peer).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of open) socket.destroy()
    open.clear()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** The product's own look-ups, pointed at a peer. */
export const billingOf = (peer: BillingPeer, callMs?: number) => openBilling(peer.options, callMs)

/** How to reach a port of loopback; the key is never used, it only keeps the client from looking for one elsewhere. */
export const clientOptions = (port: number): BillingClientOptions => ({
  apiEndpoint: '127.0.0.1',
  port,
  sslCreds: credentials.createInsecure(),
  credentials: { client_email: 'test@example.com', private_key: 'none' },
})

/** A service of the client's own protos, as `@grpc/grpc-js` serves it. */
export const billingService = (file = 'cloud_billing', name = 'CloudBilling'): ServiceClientConstructor => {
  const definition = loadSync(`google/cloud/billing/v1/${file}.proto`, {
    includeDirs: [join(MODULES, '@google-cloud/billing/build/protos'), join(MODULES, 'google-gax/build/protos')],
  })
  const found = ['google', 'cloud', 'billing', 'v1', name].reduce<unknown>(
    (at, part) => (at as Readonly<Record<string, unknown>>)[part],
    loadPackageDefinition(definition),
  )
  return found as ServiceClientConstructor
}

type Service = ServiceClientConstructor['service']

const rawBytesAllowed = (service: Service): Service =>
  Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      {
        ...method,
        responseSerialize: (value: unknown) => (Buffer.isBuffer(value) ? value : method.responseSerialize(value)),
      },
    ]),
  )

/** `google.rpc.Status` with one `google.rpc.ErrorInfo`, as Google's services send it; written by hand, one byte per length. */
const detailsOf = ({ code, reason }: { readonly code: number; readonly reason?: string }): Metadata => {
  const metadata = new Metadata()
  if (reason === undefined) return metadata
  const info = Buffer.concat([field(1, Buffer.from(reason)), field(2, Buffer.from('googleapis.com'))])
  const any = Buffer.concat([field(1, Buffer.from('type.googleapis.com/google.rpc.ErrorInfo')), field(2, info)])
  metadata.set('grpc-status-details-bin', Buffer.concat([Buffer.from([8, code]), field(3, any)]))
  return metadata
}

const field = (number: number, bytes: Buffer): Buffer => {
  if (bytes.length > 127) throw new Error('a longer field needs a longer length')
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
}
