# The sixth function, which can stop projects. It is not there unless it was armed, and can then do three things to the named
# projects: restrict their API keys, turn an API off, and take them off their billing account. It reads what is due from the
# ledger and writes there what it did before and after; of secrets it holds at most that of the links in its alerts. This is
# one half of arming: the configuration's enforce.armed and an operator's drawdown enforce arm are the rest, and without them
# it only rehearses.

locals {
  enforce_function = var.enforce_armed ? {
    enforce = { name = "drawdown-enforce", timeout = 60, concurrency = 1, instances = 1, announces = true }
  } : {}

  enforce_subscription = var.enforce_armed ? {
    drawdown-enforce = { function = "enforce", attempts = 5, days = 1, topic_days = null }
  } : {}

  enforced = var.enforce_armed ? var.enforce_projects : toset([])
}

resource "google_project_iam_custom_role" "enforce" {
  for_each    = local.enforced
  project     = each.key
  role_id     = "drawdownEnforce"
  title       = "Drawdown enforce"
  description = "Restricts API keys of this project, turns its APIs off, takes it off its billing account, and nothing else"
  permissions = [
    "apikeys.keys.list", "apikeys.keys.update",
    "resourcemanager.projects.get", "resourcemanager.projects.deleteBillingAssignment",
    "serviceusage.services.get", "serviceusage.services.disable",
  ]
}

resource "google_project_iam_member" "enforce" {
  for_each = google_project_iam_custom_role.enforce
  project  = each.key
  role     = "projects/${each.value.project}/roles/${each.value.role_id}"
  member   = local.members["enforce"]
}

# schedule alone may ask. The message says nothing that is believed: what is due is decided from the ledger.
resource "google_pubsub_topic_iam_member" "enforce_asker" {
  for_each = local.enforce_subscription
  project  = var.project_id
  topic    = google_pubsub_topic.main[each.key].name
  role     = "roles/pubsub.publisher"
  member   = local.members["schedule"]
}
