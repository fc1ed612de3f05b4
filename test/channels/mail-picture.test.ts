import { describe, expect, it } from 'vitest'
import { openPictures } from '../../functions/channels/mail-picture.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { mailChart } from '../../functions/report/mail-chart.ts'
import { sampleMessage } from '../support/message.ts'

/** Counts what is really drawn. */
const counted = () => {
  const drawn: string[] = []
  const pictureOf = openPictures((message) => {
    drawn.push(message.currencyCode)
    return mailChart(message)
  })
  return { drawn, pictureOf }
}

const chartOf = (balance: string) => [...sampleMessage().chart, { at: sampleMessage().at + 1, balance }]

describe('the picture of a message', () => {
  it('is drawn once for all its recipients, attempts and reminders that show the same', () => {
    const { drawn, pictureOf } = counted()
    const first = pictureOf(sampleMessage())
    expect(pictureOf(structuredClone(sampleMessage({ alertKey: 'other' as AlertKey, step: 'repeat' })))).toEqual(first)
    expect(drawn).toHaveLength(1)
  })

  it('is another one where it shows something else', () => {
    const { pictureOf } = counted()
    const changes = [{}, { chart: chartOf('3') }, { timeZone: 'Asia/Tokyo' }, { locale: 'de-DE' }]
    const names = changes.map((change) => pictureOf(sampleMessage(change))).map((picture) => JSON.stringify(picture))
    expect(new Set(names).size).toBe(4)
  })

  it('is forgotten after sixteen others, and comes to the same bytes again', () => {
    const { drawn, pictureOf } = counted()
    const first = pictureOf(sampleMessage())
    for (let other = 0; other < 16; other += 1) pictureOf(sampleMessage({ chart: chartOf(String(other)) }))
    expect(drawn).toHaveLength(17)
    expect(pictureOf(sampleMessage())).toEqual(first)
    expect(drawn).toHaveLength(18)
  })

  it('is none where the chart says nothing', () => {
    expect(counted().pictureOf(sampleMessage({ chart: [] }))).toEqual({ kind: 'none' })
  })

  it('that cannot be drawn throws nothing', () => {
    const pictureOf = openPictures(() => {
      throw new Error('a bug')
    })
    expect(pictureOf(sampleMessage())).toEqual({ kind: 'failed' })
  })
})
