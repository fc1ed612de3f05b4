/** Links in caught messages that lead to this very server: only they may be clicked on its pages. */

/** Whatever port it had then: the path alone is kept. Characters as `outbox/answer-link.ts` writes them. */
const OWN = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?(\/(?:acknowledge|snooze)\?t=[\w.-]{1,200})$/
const IN_TEXT = /^ *(Acknowledge|Snooze): (http:\/\/\S{1,400})$/gm

/** The path of a link that answers an alert here; `undefined` for every other address. */
export const ownPath = (url: string): string | undefined => OWN.exec(url)?.[1]

/** The answers that the text of a mail offers, each by its path here. */
export const ownAnswers = (text: string): readonly { readonly label: string; readonly path: string }[] =>
  [...text.matchAll(IN_TEXT)].flatMap(([, label = '', url = '']) => {
    const path = ownPath(url)
    return path === undefined ? [] : [{ label, path }]
  })
