/** A stream as lines, however long the stream or its lines: at most one line is held, and no more of it than asked for. */

/** Lines without their end (`\n`); of a line longer than `max` only `max + 1` units are kept, enough to see that it is. */
export async function* linesOf(stream: AsyncIterable<string>, max: number): AsyncGenerator<string> {
  let rest = ''
  const keep = (part: string): string => (rest.length > max ? rest : rest + part.slice(0, max + 1 - rest.length))
  for await (const chunk of stream) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      yield keep(chunk.slice(from, end))
      rest = ''
      from = end + 1
    }
    rest = keep(chunk.slice(from))
  }
  if (rest !== '') yield rest
}
