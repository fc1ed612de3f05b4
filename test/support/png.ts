/** Reads a PNG file back into pixels, by the book and apart from the code that writes one (RFC 2083). */

import { crc32, inflateSync } from 'node:zlib'

export type Picture = {
  readonly width: number
  readonly height: number
  /** `#rrggbb` */
  readonly at: (x: number, y: number) => string
}

/** Throws for a file that is not a sound PNG of one byte a pixel with a palette. */
export const readPng = (file: Uint8Array): Picture => {
  const bytes = Buffer.from(file)
  if (bytes.subarray(0, 8).toString('hex') !== '89504e470d0a1a0a') throw new Error('no PNG')
  const chunks = chunksOf(bytes)
  const header = chunks.get('IHDR') ?? Buffer.alloc(13)
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  if (header.subarray(8).toString('hex') !== '0803000000') throw new Error('not 8 bits with a palette')
  const palette = chunks.get('PLTE') ?? Buffer.alloc(0)
  const rows = unfiltered(inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0)), width, height)
  const at = (x: number, y: number): string => {
    const index = rows[y]?.[x] ?? 0
    return `#${palette.subarray(index * 3, index * 3 + 3).toString('hex')}`
  }
  return { width, height, at }
}

const chunksOf = (bytes: Buffer): Map<string, Buffer> => {
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const named = bytes.subarray(at + 4, at + 8 + length)
    if (crc32(named) !== bytes.readUInt32BE(at + 8 + length)) throw new Error('a checksum is wrong')
    chunks.set(named.subarray(0, 4).toString('latin1'), named.subarray(4))
    at += length + 12
  }
  if (!chunks.has('IEND')) throw new Error('no end')
  return chunks
}

const unfiltered = (data: Buffer, width: number, height: number): readonly Uint8Array[] => {
  if (data.length !== (width + 1) * height) throw new Error('wrong length')
  const rows: Uint8Array[] = []
  for (let y = 0; y < height; y += 1) {
    const start = y * (width + 1)
    const filter = data[start]
    if (filter !== 0 && filter !== 2) throw new Error(`filter ${filter} is not expected`)
    const above = rows[y - 1]
    rows.push(
      data.subarray(start + 1, start + 1 + width).map((byte, x) => byte + (filter === 2 ? (above?.[x] ?? 0) : 0)),
    )
  }
  return rows
}
