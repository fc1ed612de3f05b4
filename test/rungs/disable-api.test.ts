import { rungContract } from '../contracts/rung.contract.ts'
import { restFate } from '../support/rung-bench.ts'

rungContract({ step: 'disable-api', state: ({ project }) => project.api.state, fate: restFate })
