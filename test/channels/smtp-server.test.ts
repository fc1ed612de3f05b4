import { describe, expect, it } from 'vitest'
import { smtpServer } from '../../functions/channels/smtp-server.ts'

const read = (value: string, allowLoopback = false) =>
  smtpServer({ secret: () => value, fetch, clock: () => 0, allowLoopback }, 'X')

describe('the mail server a variable names', () => {
  it('is spoken to with STARTTLS on port 587, verified', () => {
    expect(read('smtp://user%40x:p%3Ass@mail.example.com')).toEqual({
      host: 'mail.example.com',
      port: 587,
      secure: false,
      requireTLS: true,
      ignoreTLS: false,
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
      auth: { user: 'user@x', pass: 'p:ss' },
    })
  })

  it('is spoken to with TLS at once on port 465 for smtps', () => {
    expect(read('smtps://mail.example.com')).toMatchObject({ port: 465, secure: true, ignoreTLS: false })
  })

  it('needs no TLS on loopback, only where that is allowed', () => {
    expect(read('smtp://127.0.0.1:2525', true)).toMatchObject({ requireTLS: false, port: 2525 })
    expect(read('smtp://127.0.0.1:2525', false)).toMatchObject({ requireTLS: true, ignoreTLS: false })
    expect(read('smtp://mail.example.com', true)).toMatchObject({ requireTLS: true, ignoreTLS: false })
    expect(read('smtp://[::1]:2525', true)).toMatchObject({ host: '::1', requireTLS: false })
  })
})
