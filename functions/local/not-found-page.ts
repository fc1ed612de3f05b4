/** What a mistyped local address shows: that it is empty, and where to go. */

import { html } from '../report/html.ts'
import { plain } from '../report/plain.ts'
import { shell } from '../report/shell.ts'

const PATH_MAX = 120

export const notFoundPage = (path: string): string =>
  shell({
    title: 'Not found · Drawdown',
    links: [
      { label: 'Dashboard', href: '/' },
      { label: 'Mail', href: '/mail' },
      { label: 'Chat', href: '/chat' },
    ],
    body: html`<section class="card"><h1>Nothing is here</h1><p>No page or message has the address <span class="mono">${plain(path, PATH_MAX)}</span>. <a href="/mail">All mail</a> and <a href="/chat">all chat messages</a> are listed.</p></section>`,
  })
