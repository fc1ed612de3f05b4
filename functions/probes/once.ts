/** A question that is answered once. */

/** Asked again, the question gets the first answer, also while that is still awaited. */
export const once = <T>(ask: (question: string) => Promise<T>): ((question: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>()
  return (question) => {
    const asked = known.get(question) ?? ask(question)
    known.set(question, asked)
    return asked
  }
}
