/** Well-known mail services: which servers are theirs, what SPF must include for them, how they name DKIM selectors. */

type Provider = { readonly host: RegExp; readonly include: string; readonly selectors: readonly string[] }

/** From memory, not read at the providers' own set-up pages; what they miss is asked with --dkim-selector. */
const PROVIDERS: readonly Provider[] = [
  { host: /(^|\.)(gmail|google|googlemail)\.com$/, include: '_spf.google.com', selectors: ['google'] },
  {
    host: /(^|\.)(office365|outlook)\.com$/,
    include: 'spf.protection.outlook.com',
    selectors: ['selector1', 'selector2'],
  },
  { host: /(^|\.)sendgrid\.net$/, include: 'sendgrid.net', selectors: ['s1', 's2'] },
  { host: /(^|\.)amazonaws\.com$/, include: 'amazonses.com', selectors: [] },
  { host: /(^|\.)mailgun\.org$/, include: 'mailgun.org', selectors: ['mx', 'smtp', 'pic'] },
  { host: /(^|\.)postmarkapp\.com$/, include: 'spf.mtasv.net', selectors: ['pm'] },
  { host: /(^|\.)mailjet\.com$/, include: 'spf.mailjet.com', selectors: ['mailjet'] },
  { host: /(^|\.)(brevo|sendinblue)\.com$/, include: 'spf.brevo.com', selectors: ['mail', 'brevo1', 'brevo2'] },
  { host: /(^|\.)zoho\.(com|eu)$/, include: 'zoho.com', selectors: ['zoho', 'zmail'] },
  { host: /(^|\.)fastmail\.com$/, include: 'spf.messagingengine.com', selectors: ['fm1', 'fm2', 'fm3'] },
]

/** Names that many servers use. Selectors cannot be listed: DNS answers for a name only. */
const COMMON_SELECTORS = ['default', 'dkim', 'mail', 'selector1', 'selector2', 'google', 's1', 's2', 'k1', 'k2', 'smtp']

const providerOf = (host: string | undefined): Provider | undefined =>
  host === undefined ? undefined : PROVIDERS.find((one) => one.host.test(host.toLowerCase()))

/** What an SPF record must include for this server; `undefined` for a server nobody knows here. */
export const includeOf = (host: string | undefined): string | undefined => providerOf(host)?.include

/** Selectors worth asking for, the server's own first. */
export const selectorsFor = (host: string | undefined): readonly string[] => [
  ...new Set([...(providerOf(host)?.selectors ?? []), ...COMMON_SELECTORS]),
]
