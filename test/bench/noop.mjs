/** The baseline: a CloudEvent handler that does nothing, under the same framework. */

import { cloudEvent } from '@google-cloud/functions-framework'

cloudEvent('noop', () => undefined)
