# The ledger. Client apps get in nowhere: a database made here has no security rules, which denies them everything.

locals {
  # The same list as functions/store/firestore-indexes.ts; a test compares the two.
  indexes = jsondecode(file("${path.module}/firestore-indexes.json"))

  unindexed = { for item in local.indexes.unindexed : "${item.collection}.${item.field}" => item }
  expiring  = { for item in local.indexes.expiring : "${item.collection}.${item.field}" => item }
  fields    = merge(local.unindexed, local.expiring)
}

resource "google_firestore_database" "ledger" {
  project     = var.project_id
  name        = var.database
  location_id = var.firestore_location == null ? var.region : var.firestore_location
  type        = "FIRESTORE_NATIVE"

  # Any minute of the last seven days can be read and restored.
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.deletion_protection ? "ABANDON" : "DELETE"

  depends_on = [google_project_service.needed]
}

# For what is noticed late: the longest that Firestore keeps a backup.
resource "google_firestore_backup_schedule" "weekly" {
  project   = var.project_id
  database  = google_firestore_database.ledger.name
  retention = "${14 * 7 * local.day_seconds}s"

  weekly_recurrence {
    day = "SUNDAY"
  }
}

resource "google_firestore_index" "composite" {
  for_each = {
    for index in local.indexes.composite :
    "${index.collection}:${join(",", [for field in index.fields : field[0]])}" => index
  }
  project    = var.project_id
  database   = google_firestore_database.ledger.name
  collection = each.value.collection

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path = fields.value[0]
      order      = fields.value[1]
    }
  }
}

resource "google_firestore_field" "this" {
  for_each   = local.fields
  project    = var.project_id
  database   = google_firestore_database.ledger.name
  collection = each.value.collection
  field      = each.value.field

  # An empty block takes every single-field index off; without the block they stay.
  dynamic "index_config" {
    for_each = contains(keys(local.unindexed), each.key) ? [true] : []
    content {}
  }

  dynamic "ttl_config" {
    for_each = contains(keys(local.expiring), each.key) ? [true] : []
    content {}
  }
}
