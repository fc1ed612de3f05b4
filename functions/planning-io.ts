/** Channels for a process that plans deliveries and sends none: it needs no secret. */

import type { ChannelIo } from './channels/channel.ts'

/** Planning needs names and recipients alone; every address leads to a port where nothing listens. */
export const planningOnly = (_name: string, kind: string): ChannelIo => ({
  secret: () => (kind === 'email' ? 'smtp://127.0.0.1:9' : 'http://127.0.0.1:9/'),
  fetch: () => Promise.reject(new Error('nothing is sent from here')),
  clock: () => 0,
  allowLoopback: true,
})
