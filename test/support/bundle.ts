/** The bundle as it is deployed: built, copied alone into an empty folder, and installed there from the registry. */

import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './framework.ts'

const BUILD = join(ROOT, '.ci/build.mjs')
const BUILD_MAX_MS = 60_000
const INSTALL_MAX_MS = 120_000
/** What npm says where no registry answers. */
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)\b/

/** npm would try an absent registry for more than a minute. */
const RETRIES = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000']

const execute = promisify(execFile)

/** `npm run build` into a new folder below `parent`, from a folder elsewhere, in the time zone given. */
export const buildIn = async (parent: string, timeZone: string): Promise<string> => {
  const out = mkdtempSync(join(parent, 'dist-'))
  const env = { ...process.env, TZ: timeZone }
  await execute(process.execPath, [BUILD, '--out', out], { cwd: tmpdir(), env, timeout: BUILD_MAX_MS })
  return out
}

/**
 * Below `parent`, a copy of `dist` but for its zips, installed as the platform's build does it: by its lock file, then
 * `gcp-build`. Or why no registry was reached; any other failure throws.
 */
export const installCopy = async (
  dist: string,
  parent: string,
): Promise<{ readonly folder: string } | { readonly why: string }> => {
  const folder = mkdtempSync(join(parent, 'deployed-'))
  cpSync(dist, folder, { recursive: true, filter: (path) => !path.endsWith('.zip') })
  const args = ['ci', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error', ...RETRIES]
  const options = { cwd: folder, timeout: INSTALL_MAX_MS, shell: process.platform === 'win32' }
  try {
    await execute('npm', args, options)
    await execute('npm', ['run', 'gcp-build'], options)
    return { folder }
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    const [code] = UNREACHABLE.exec(said) ?? []
    if (code === undefined) throw error
    return { why: `npm could not reach a registry (${code})` }
  }
}

/** What a deployment sets NODE_COMPILE_CACHE to. */
export const cacheIn = (folder: string): string => join(folder, '.compile-cache')

/** Bytes of all files below a folder. */
export const bytesOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(folder, path)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0)
