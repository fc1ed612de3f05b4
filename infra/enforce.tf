# The sixth function, which can stop projects. It is not there unless it was armed, and can then do one thing only:
# take the named projects off their billing account. It reads no ledger and holds no other right. The bundle must have a
# target of this name; without one, arming fails when the function is deployed.

locals {
  enforce_function = var.enforce_armed ? {
    enforce = { name = "drawdown-enforce", timeout = 60, concurrency = 1, instances = 1, announces = false }
  } : {}

  # Who may ask is granted where asking is built: nobody may publish to this topic yet.
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
  description = "Takes this project off its billing account, and nothing else"
  permissions = ["resourcemanager.projects.get", "resourcemanager.projects.deleteBillingAssignment"]
}

resource "google_project_iam_member" "enforce" {
  for_each = google_project_iam_custom_role.enforce
  project  = each.key
  role     = "projects/${each.value.project}/roles/${each.value.role_id}"
  member   = local.members["enforce"]
}
