import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { probeMail } from '../../functions/probes/mail.ts'
import { openDoor } from '../support/smtp-door.ts'

const io = (url: string) => ({ secret: () => url, fetch, clock: () => 0, allowLoopback: true })

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

/** Accepts, and does what it is told. */
const listening = async (take: (socket: Socket) => void): Promise<number> => {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined))
    take(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

test('a server that says nothing is given up in time', async () => {
  const port = await listening(() => undefined)
  const began = performance.now()
  const probe = await probeMail(io(`smtp://127.0.0.1:${port}`), 'SMTP_URL', 200)
  expect(probe).toEqual({ kind: 'failed', fault: 'silent', note: 'ETIMEDOUT' })
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('a server that is none is told as such, and not quoted', async () => {
  const port = await listening((socket) => socket.end('HTTP/1.1 400 s3cr3t\r\n\r\n'))
  expect(await probeMail(io(`smtp://127.0.0.1:${port}`), 'SMTP_URL', 2_000)).toEqual({
    kind: 'failed',
    fault: 'other',
    note: 'EPROTOCOL',
  })
})

test('the sign-in is tried once, and no mail is offered', async () => {
  const door = await openDoor({ password: 'right' })
  expect(await probeMail(io(`smtp://ops:right@127.0.0.1:${door.port}`), 'SMTP_URL')).toEqual({
    kind: 'ready',
    encrypted: false,
    signedIn: true,
    wantsSignIn: false,
  })
  expect(door.tried()).toEqual(['right'])
  expect(door.wasOffered()).toBe(false)
  await door.close()
})

test('a sign-in that is put off is no wrong password', async () => {
  const door = await openDoor({ password: 'right', refusal: 454 })
  expect(await probeMail(io(`smtp://ops:wrong@127.0.0.1:${door.port}`), 'SMTP_URL')).toEqual({
    kind: 'failed',
    fault: 'busy',
    note: 'SMTP 454',
  })
  await door.close()
})
