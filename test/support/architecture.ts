/** Who may import whom, and what pure code may not touch, read from the source text alone. */

/** A file of `functions/`, its path relative to that folder. */
export type SourceFile = { readonly path: string; readonly text: string }

export type Import = { readonly spec: string; readonly kind: 'value' | 'type' | 'dynamic' }

/** What a folder may import: a folder (`domain/`), a file, or only the types of a file (`type channels/channel.ts`). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  policy: ['domain/'],
  ledger: ['domain/', 'policy/'],
  rules: ['domain/', 'policy/'],
  // What may stop a project is decided by what is known alone, apart from the rules and from whoever carries it out.
  enforce: ['domain/'],
  outbox: ['domain/', 'type channels/channel.ts'],
  sources: ['domain/', 'policy/'],
  // The dashboard says what the alerts say, in the same words; it never judges by a rule of its own.
  report: ['domain/', 'type ledger/', 'rules/words.ts', 'rules/sums.ts', 'rules/evidence.ts'],
  channels: ['domain/', 'report/'],
  store: ['domain/'],
  // `policy/` is data: what a plan means is asked, never decided here.
  app: [
    'domain/',
    'policy/',
    'ledger/',
    'rules/',
    'outbox/',
    'enforce/',
    'report/',
    'sources/',
    'type channels/channel.ts',
    'type store/store.ts',
  ],
  // Each way to stop spend, by itself, onto Google's interfaces.
  rungs: [
    'domain/',
    'enforce/api-keys.ts',
    'type app/enforce-port.ts',
    'type app/look-up.ts',
    'type billing.ts',
    'type google-rest.ts',
    'within.ts',
  ],
  // Checks judge answers and ask nobody but their ports, so every fault can be planted; the words of a mend are shared.
  doctor: [
    'domain/',
    'rules/billing-steps.ts',
    'report/plain.ts',
    'sign-in-fault.ts',
    'within.ts',
    'type app/look-up.ts',
    'type app/canary.ts',
    'type config.ts',
  ],
  // The ports of `doctor/` onto the world. They read what the start reads, by the same code, so that both complain of the same.
  probes: [
    'domain/',
    'type doctor/',
    'doctor/unseen.ts',
    'doctor/ids.ts',
    'channels/',
    'type app/',
    'app/canary.ts',
    'answer-links.ts',
    'billing.ts',
    'config.ts',
    'heartbeat.ts',
    'topics.ts',
    'push-token.ts',
    'sign-in-fault.ts',
    'within.ts',
    'type environment.ts',
  ],
}

/** Packages by the file, or the folder, that may use them; everything else in a bounded folder uses none. */
const PACKAGES: readonly { readonly where: RegExp; readonly spec: RegExp }[] = [
  { where: /^channels\//, spec: /^zod$/ },
  { where: /^channels\/(email|smtp-)/, spec: /^nodemailer(\/|$)/ },
  { where: /^channels\//, spec: /^node:(crypto|http|https|net|dns|dns\/promises|tls)$/ },
  { where: /^probes\/schemas\.ts$|^probes\/cloud\.ts$/, spec: /^zod$/ },
  { where: /^probes\/mail\.ts$/, spec: /^nodemailer$/ },
  { where: /^probes\/google-sign-in\.ts$/, spec: /^google-auth-library$/ },
  { where: /^probes\/dns\.ts$/, spec: /^node:dns\/promises$/ },
  { where: /^probes\/ledger\.ts$/, spec: /^node:fs$/ },
  { where: /^rungs\/unlink-billing\.ts$/, spec: /^@google-cloud\/billing$/ },
  { where: /^store\/(sqlite|migrations)/, spec: /^node:(sqlite|fs|path)$/ },
  { where: /^store\/firestore/, spec: /^(@googleapis\/firestore(\/build\/v1\.js)?|google-auth-library|node:https?)$/ },
  {
    where: /^(domain|policy|ledger|rules|outbox|enforce|sources|report|app|store)\//,
    spec: /^node:(crypto|util|buffer|zlib)$/,
  },
]

/** The only files that may load others on demand: what a cold start needs not, and adapters by name. */
const LOADERS = /^((wire|targets|index|local|cli)\.ts|cli\/.*)$/

/** Folders whose files are plug-ins, and how a plug-in is told from a helper. */
const PLUGIN: Readonly<Record<string, RegExp>> = {
  channels: /^import \{[^}]*\bdefineChannel\b|^export const \w+: ChannelDef\b/m,
  doctor: /^export const \w+: Check\b/m,
  rules: /^export const \w+: Rule\b/m,
  rungs: /^export const \w+: Rung\b/m,
  sources: /^export const \w+: Source\b/m,
}

const AMBIENT: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date(?:\(\s*\)|(?!\())/,
  /\bMath\.random\b/,
  /\bperformance\.now\b/,
  /\brandom(?:UUID|Bytes|Int)\b/,
  /\bprocess\.[a-z]/,
  /\bconsole\.[a-z]+\(/,
]

const LINES_MAX = 250

/** Every breach of the house's boundaries, one sentence each; empty for a sound tree. */
export const breaches = (files: readonly SourceFile[]): readonly string[] => [
  ...files.flatMap((file) => [...importBreaches(file, files), ...manners(file)]),
  ...Object.keys(PLUGIN).flatMap((folder) => unregistered(folder, files)),
]

/** Everything a source text imports, re-exports included. */
export const importsOf = (text: string): readonly Import[] => {
  const code = withoutComments(text)
  const statements = [...code.matchAll(/^\s*(?:import|export)\b([^'"`;]*?)\bfrom\s*['"]([^'"]+)['"]/gm)]
  const effects = [...code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)]
  const dynamic = [...code.matchAll(/\b(?:import|require)\s*\(\s*(?:['"]([^'"]+)['"]|[^)]*)/g)]
  return [
    ...statements.map(([, names = '', spec = '']): Import => ({ spec, kind: isTypeOnly(names) ? 'type' : 'value' })),
    ...effects.map(([, spec = '']): Import => ({ spec, kind: 'value' })),
    ...dynamic.map(([, spec = './(computed)']): Import => ({ spec, kind: 'dynamic' })),
  ]
}

const isTypeOnly = (names: string): boolean => {
  if (/^\s*type\b/.test(names)) return true
  const inBraces = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1]
  const items = inBraces?.split(',').filter((item) => item.trim() !== '') ?? []
  return items.length > 0 && items.every((item) => /^\s*type\s/.test(item))
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

const folderOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : '')

/** `./x.ts` seen from `rules/a.ts` is `rules/x.ts`. */
const resolve = (from: string, spec: string): string => new URL(spec, `file:///${from}`).pathname.slice(1)

const importBreaches = (file: SourceFile, files: readonly SourceFile[]): readonly string[] =>
  importsOf(file.text)
    .filter((found) => !isAllowed(file.path, found, files))
    .map(({ spec, kind }) => `${file.path} must not import ${spec}${kind === 'value' ? '' : ` (${kind})`}`)

const isAllowed = (path: string, { spec, kind }: Import, files: readonly SourceFile[]): boolean => {
  const isRelative = spec.startsWith('.')
  if (kind === 'dynamic' && isRelative && !LOADERS.test(path)) return false
  const allowed = MAY_IMPORT[folderOf(path)]
  if (!allowed) return true
  if (!isRelative) return PACKAGES.some(({ where, spec: known }) => where.test(path) && known.test(spec))
  const target = resolve(path, spec)
  if (folderOf(target) === folderOf(path)) return isRegistry(path) || !isPlugin(target, files)
  return allowed.some((entry) =>
    entry.startsWith('type ')
      ? kind === 'type' && target.startsWith(entry.slice('type '.length))
      : target.startsWith(entry),
  )
}

const isRegistry = (path: string): boolean => path.endsWith('/index.ts')

const isPlugin = (path: string, files: readonly SourceFile[]): boolean =>
  files.some((file) => file.path === path && PLUGIN[folderOf(path)]?.test(file.text))

const unregistered = (folder: string, files: readonly SourceFile[]): readonly string[] => {
  const registry = files.find(({ path }) => path === `${folder}/index.ts`)
  const listed = importsOf(registry?.text ?? '').map(({ spec }) => resolve(`${folder}/index.ts`, spec))
  return files
    .filter(({ path }) => folderOf(path) === folder && !isRegistry(path) && isPlugin(path, files))
    .filter(({ path }) => !listed.includes(path))
    .map(({ path }) => `${path} is missing in ${folder}/index.ts`)
}

const manners = ({ path, text }: SourceFile): readonly string[] => {
  const code = withoutComments(text)
  const lines = text.trimEnd().split('\n').length
  const ambient = MAY_IMPORT[folderOf(path)] ? AMBIENT.filter((pattern) => pattern.test(code)) : []
  return [
    ...ambient.map((pattern) => `${path} must be told, not ask: ${pattern.source}`),
    ...(/^export default\b|\bas default\b/m.test(code) ? [`${path} has a default export`] : []),
    ...(lines > LINES_MAX ? [`${path} has ${lines} lines, more than ${LINES_MAX}`] : []),
  ]
}
