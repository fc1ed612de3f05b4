/** The picture of a mail: the burn-down chart of its message, in the size a mail's column and a phone share. */

import type { Message } from '../domain/alerts.ts'
import { burnDownPng } from './chart-png.ts'

/** A phone shows it at 0.7 of this and its labels still at 10 px; a desktop a little larger than drawn. */
const WIDTH = 480
const HEIGHT = 200

/** Pure: the same message gives the same bytes, at every attempt and for every recipient. `undefined` where it says nothing. */
export const mailChart = ({ chart, currencyCode, timeZone, locale }: Message): Uint8Array | undefined =>
  burnDownPng({ points: chart, currencyCode, timeZone, locale, width: WIDTH, height: HEIGHT })
