/** A bound in time for work that has none of its own. */

/** Rejects where the work takes longer; the work itself goes on. */
export const within = async <Result>(ms: number, work: Promise<Result>): Promise<Result> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
