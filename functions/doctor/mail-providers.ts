/** Well-known mail services: which servers are theirs, what SPF must include for them, how they name DKIM selectors. */

/** `none`: it sends under a bounce domain that is its own, so nobody asks the sender's SPF, and DKIM alone counts. */
type Provider = {
  readonly host: RegExp
  /** Any one of them will do; the first is proposed. */
  readonly spf: 'none' | readonly [string, ...string[]]
  readonly selectors: readonly string[]
}

/** As of November 2026. What they miss is asked with --dkim-selector. */
const PROVIDERS: readonly Provider[] = [
  // https://support.google.com/a/answer/33786 and https://support.google.com/a/answer/174126; read in guides that cite them.
  { host: /(^|\.)(gmail|google|googlemail)\.com$/, spf: ['_spf.google.com'], selectors: ['google'] },
  // https://learn.microsoft.com/defender-office-365/email-authentication-spf-configure and …-dkim-configure.
  {
    host: /(^|\.)(office365|outlook)\.com$/,
    spf: ['spf.protection.outlook.com'],
    selectors: ['selector1', 'selector2'],
  },
  // https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-domain-authentication: a CNAME for bounces.
  { host: /(^|\.)sendgrid\.net$/, spf: 'none', selectors: ['s1', 's2'] },
  // https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html; its selectors are random.
  { host: /^email-smtp(-fips)?\.[a-z0-9-]+\.amazonaws\.com$/, spf: 'none', selectors: [] },
  // https://documentation.mailgun.com/docs/mailgun/user-manual/domains/domains-verify names no selector: these are seen in DNS.
  { host: /(^|\.)mailgun\.org$/, spf: ['mailgun.org'], selectors: ['pdk1', 'pdk2', 'mx', 'smtp', 'pic', 'mailo'] },
  // https://postmarkapp.com/support/article/1092-how-do-i-set-up-spf-for-postmark, read in guides; its selectors begin with a date.
  { host: /(^|\.)postmarkapp\.com$/, spf: 'none', selectors: [] },
  // https://documentation.mailjet.com/hc/en-us/articles/360049641733; the selector as guides have it.
  { host: /(^|\.)mailjet\.com$/, spf: ['spf.mailjet.com'], selectors: ['mailjet'] },
  // https://help.brevo.com/hc/en-us/articles/17286219877778 asks for DKIM and DMARC alone; the selectors are seen in DNS.
  { host: /(^|\.)(brevo|sendinblue)\.com$/, spf: 'none', selectors: ['brevo1', 'brevo2', 'mail'] },
  // https://www.zoho.com/mail/help/adminconsole/spf-configuration.html, read in guides: older and newer names, by data centre.
  { host: /(^|\.)zoho\.com$/, spf: ['zohomail.com', 'zoho.com', 'spf.zoho.com'], selectors: ['zmail', 'zoho'] },
  { host: /(^|\.)zoho\.eu$/, spf: ['zohomail.eu', 'zoho.eu', 'spf.zoho.eu'], selectors: ['zmail', 'zoho'] },
  // https://www.fastmail.help/hc/en-us/articles/360060591153 for DKIM; SPF as the zone of fastmail.com has it.
  { host: /(^|\.)fastmail\.com$/, spf: ['spf.messagingengine.com'], selectors: ['fm1', 'fm2', 'fm3'] },
]

/** Names that many servers use. Selectors cannot be listed: DNS answers for a name only. */
const COMMON_SELECTORS = ['default', 'dkim', 'mail', 'selector1', 'selector2', 'google', 's1', 's2', 'k1', 'k2', 'smtp']

const providerOf = (host: string | undefined): Provider | undefined =>
  host === undefined ? undefined : PROVIDERS.find((one) => one.host.test(host.toLowerCase()))

/** What SPF must include for this server, the first for choice; `none`: nothing; `undefined` for a server nobody knows here. */
export const spfOf = (host: string | undefined): Provider['spf'] | undefined => providerOf(host)?.spf

/** Selectors worth asking for, the server's own first. */
export const selectorsFor = (host: string | undefined): readonly string[] => [
  ...new Set([...(providerOf(host)?.selectors ?? []), ...COMMON_SELECTORS]),
]
