import { expect, test } from 'vitest'
import { FIRESTORE_INDEXES } from '../../functions/store/firestore-indexes.ts'
import { codeOf, textOf } from '../support/terraform.ts'

test('Terraform makes the indexes that the store asks for', () => {
  expect(JSON.parse(textOf('firestore-indexes.json'))).toEqual(FIRESTORE_INDEXES)
})

test('and reads them from that list alone', () => {
  const code = codeOf('firestore.tf')
  expect(code).toMatch(/jsondecode\(file\("\$\{path\.module\}\/firestore-indexes\.json"\)\)/)
  expect(code.match(/resource "google_firestore_(?:index|field)"/g)).toHaveLength(2)
  expect(code.match(/for_each\s*=\s*(?:\{\s*for index in local\.indexes\.composite|local\.fields)/g)).toHaveLength(2)
})
