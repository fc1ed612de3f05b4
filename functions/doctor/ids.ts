/** How Google spells what a configuration names. */

/** As budget messages carry it, and the last part of the budget’s name. */
export const isBudgetId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** An id, perhaps of a domain, or a number. https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects */
export const isProject = (text: string): boolean =>
  /^((?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{6,19})$/.test(text)
