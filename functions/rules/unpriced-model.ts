/** Usage of a model without a known price: kept, but worth nothing in the estimate. */

import type { Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import type { Rule } from './rule.ts'
import { LINKS, ON_CALL } from './steps.ts'
import { accountName, headline, shortName, single } from './words.ts'

/** A notice: told once per model. */
export const unpricedModel: Rule = {
  name: 'unpriced-model',
  aboutCredit: false,
  notice: true,
  evaluate: (standing) =>
    [...new Set(standing.unpricedModels)].map((model) => single('warning', () => wordsOf(standing, model), model)),
}

const wordsOf = (standing: Standing, model: string): Words => ({
  title: headline(`No price is known for model ${shortName(model)}, used on ${accountName(standing)}`),
  summary: `Calls of ${model} are counted but cost nothing in the estimate, so the balance may look higher than it is until Google bills them. Billed cost is not affected.`,
  figure: model,
  stops: 'Nothing stops.',
  arithmetic: [`models without a price on this account: ${standing.unpricedModels.length}`],
  next: [
    {
      label: 'Look the price up, and whether the name is spelled as Google spells it',
      who: ON_CALL,
      url: LINKS.pricing,
    },
    { label: 'Add it to the price table (functions/policy) and deploy; check with npx drawdown price', who: ON_CALL },
  ],
})
