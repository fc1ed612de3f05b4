/** Prices by hand from the list of 2026-10-07: rate per million × tokens ÷ 1,000,000. */

import { expect, test } from 'vitest'
import { sandbox } from './drawdown.ts'

const AT = ['--at', '2026-11-23T00:00:00Z']

test('a call with cached tokens is priced line by line', async () => {
  const words = ['--input', '1000000', '--cached', '200000', '--output', '1000', ...AT]
  // 800,000 × 0.75 = 0.60; 200,000 × 0.075 = 0.015; 1,000 × 3.75 = 0.00375
  expect(await sandbox().json('price', 'gemini-3.8-flash', ...words)).toEqual({
    model: 'gemini-3.8-flash',
    currencyCode: 'USD',
    cost: '0.61875',
    lines: [
      { kind: 'input', tokens: 800000, perMillion: '0.75', cost: '0.60' },
      { kind: 'cached', tokens: 200000, perMillion: '0.075', cost: '0.015' },
      { kind: 'output', tokens: 1000, perMillion: '3.75', cost: '0.00375' },
    ],
  })
})

test('audio is a part of the input, thoughts cost as output, tool use as input, batch half', async () => {
  const counts = ['--input', '1000', '--audio-input', '200', '--thoughts', '10', '--tool-use', '5']
  // 800 × 0.15, 200 × 0.50, 10 × 1.25, 5 × 0.15, all per million
  expect(await sandbox().json('price', 'models/gemini-2.5-flash', ...counts, '--tier', 'batch', ...AT)).toEqual({
    model: 'gemini-2.5-flash',
    currencyCode: 'USD',
    cost: '0.00023325',
    lines: [
      { kind: 'input', tokens: 800, perMillion: '0.15', cost: '0.00012' },
      { kind: 'audio-input', tokens: 200, perMillion: '0.50', cost: '0.0001' },
      { kind: 'thoughts', tokens: 10, perMillion: '1.25', cost: '0.0000125' },
      { kind: 'tool-use', tokens: 5, perMillion: '0.15', cost: '0.00000075' },
    ],
  })
})

test('the price is that of the day asked for', async () => {
  const box = sandbox()
  const words = ['price', 'gemini-3.8-flash', '--input', '1000000', '--at']
  expect(await box.json(...words, '2026-12-31T23:59:59Z')).toMatchObject({ cost: '0.75' })
  expect(await box.json(...words, '2027-01-01T00:00:00Z')).toMatchObject({ cost: '1.50' })
})

test('audio without --input is the whole prompt, never free', async () => {
  // 1,000,000 × 1.00
  expect(await sandbox().json('price', 'gemini-2.5-flash', '--audio-input', '1000000', ...AT)).toMatchObject({
    cost: '1.00',
    lines: [{ kind: 'audio-input', tokens: 1000000 }],
  })
})

test('people see a table with numbers to the right', async () => {
  const { out } = await sandbox().run('price', 'gemini-2.5-flash', '--input', '1000', '--output', '20', ...AT)
  expect(out).toBe(
    [
      'KIND    TOKENS  USD PER MILLION  COST USD',
      'input     1000             0.30    0.0003',
      'output      20             2.50   0.00005',
      'total                             0.00035',
      '',
    ].join('\n'),
  )
})

test('an unknown model is an error that names the nearest known one, never 0', async () => {
  expect(await sandbox().run('price', 'gemini-2.5-flsh', '--input', '1', '--json')).toEqual({
    code: 1,
    out: '',
    err: 'no list price is known for model "gemini-2.5-flsh". Did you mean gemini-2.5-flash?\n',
  })
})

test('a model like none is told with examples', async () => {
  const { code, err } = await sandbox().run('price', 'my-own-llm', '--input', '1')
  expect(code).toBe(1)
  expect(err).toMatch(/^no list price is known for model "my-own-llm"\. Known are for example gemini-.*\.\n$/)
})

test('tokens a model has no price for are an error, never 0', async () => {
  const { code, out, err } = await sandbox().run('price', 'gemini-embedding-001', '--output', '5')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toBe(
    'no list price is known for output of gemini-embedding-001: the model does not take such tokens; leave them out.\n',
  )
})

test.each([
  [['--input', '1', '--cached', '2'], '--cached 2 is part of --input, which is only 1: give the whole prompt.'],
  [
    ['--input', '1', '--audio-input', '2'],
    '--audio-input 2 is part of --input, which is only 1: give the whole prompt.',
  ],
  [['--input', '-1'], "option '--input <tokens>' argument '-1' is invalid. It must be a whole number, such as 1500."],
  [['--input', '1.5'], "option '--input <tokens>' argument '1.5' is invalid. It must be a whole number, such as 1500."],
])('counts that cannot be right are wrong usage: %j', async (words, line) => {
  const ran = await sandbox().run('price', 'gemini-2.5-flash', ...words)
  expect(ran).toEqual({ code: 2, out: '', err: `drawdown price: ${line} See drawdown price --help.\n` })
})
