import { expect, it } from 'vitest'
import { signatureHeaders, signingKey } from '../../functions/channels/webhook-signature.ts'

const io = (value: string) => ({ secret: () => value, fetch, clock: () => 0, allowLoopback: false })

/** The vector that the specification's own libraries are tested with. */
it('the published vector is signed as published', () => {
  const key = signingKey(io('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), 'X', false)
  const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, text: '{"test": 2432232314}' }
  expect(signatureHeaders([key], signed)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})
