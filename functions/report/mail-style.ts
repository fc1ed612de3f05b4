/** Colours and type of a mail: inline for every client, and once more for those that know a dark scheme. */

import { html } from './html.ts'
import type { Tone } from './message-view.ts'

type Colours = { readonly strong: string; readonly tint: string }

/** White on `strong` and `strong` on `tint` both reach a contrast of 4.5 to 1 (WCAG 2.2 AA). */
export const COLOURS: Readonly<Record<Tone, Colours>> = {
  critical: { strong: '#b3261e', tint: '#fdecea' },
  warning: { strong: '#8a5300', tint: '#fff4e0' },
  info: { strong: '#1557b0', tint: '#e8f0fe' },
  good: { strong: '#137333', tint: '#e6f4ea' },
}

export const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
export const MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace"
export const INK = 'color:#1f2328'
export const DIM = 'color:#5b636d'

/**
 * Clients that drop these sheets show the light colours, which stand inline. The second one is Outlook's own way to say
 * what dark looks like; it is apart, for Gmail throws away a whole sheet over one selector it does not know.
 */
export const DARK = html`<style>
@media (prefers-color-scheme: dark) {
  .page { background: #111214 !important }
  .card { background: #1d1f23 !important; border-color: #34373d !important }
  .ink { color: #eceef1 !important }
  .dim { color: #a8b0ba !important }
  .rule { border-color: #34373d !important }
  .track, .code { background: #2b2e33 !important }
  .critical { color: #ffb4ab !important } .tint-critical { background: #3a1a17 !important }
  .warning { color: #f3c677 !important } .tint-warning { background: #33270f !important }
  .info { color: #a8c7fa !important } .tint-info { background: #16273f !important }
  .good { color: #8ed6a0 !important } .tint-good { background: #14301c !important }
  .bar { background: #8ab4f8 !important }
}
</style>
<style>
[data-ogsc] .ink { color: #eceef1 !important }
[data-ogsc] .dim { color: #a8b0ba !important }
[data-ogsc] .critical { color: #ffb4ab !important }
[data-ogsc] .warning { color: #f3c677 !important }
[data-ogsc] .info { color: #a8c7fa !important }
[data-ogsc] .good { color: #8ed6a0 !important }
[data-ogsb] .page { background: #111214 !important }
[data-ogsb] .card { background: #1d1f23 !important }
[data-ogsb] .track, [data-ogsb] .code { background: #2b2e33 !important }
[data-ogsb] .tint-critical { background: #3a1a17 !important }
[data-ogsb] .tint-warning { background: #33270f !important }
[data-ogsb] .tint-info { background: #16273f !important }
[data-ogsb] .tint-good { background: #14301c !important }
</style>`
