/** The YAML library, loaded when the first text needs it. */

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A configuration in JSON, as a deployment writes it, starts without: a tenth of a cold start. */
export const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml')
