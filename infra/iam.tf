# Who each function is, and the little it may do. Secrets are in secrets.tf, topics in publishers.tf.

resource "google_service_account" "function" {
  for_each     = local.functions
  project      = var.project_id
  account_id   = each.value.name
  display_name = "Drawdown: runs ${each.key}"
  depends_on   = [google_project_service.needed]
}

# Addresses spelled out rather than asked for: a plan then shows who will get what before anything is there.
locals {
  emails  = { for key, account in google_service_account.function : key => "${account.account_id}@${account.project}.iam.gserviceaccount.com" }
  members = { for key, email in local.emails : key => "serviceAccount:${email}" }
  push    = "${google_service_account.push.account_id}@${google_service_account.push.project}.iam.gserviceaccount.com"
  builder = "serviceAccount:${google_service_account.build.account_id}@${google_service_account.build.project}.iam.gserviceaccount.com"
}

# What Pub/Sub shows to the functions; it may do nothing but call them.
resource "google_service_account" "push" {
  project      = var.project_id
  account_id   = "drawdown-push"
  display_name = "Drawdown: Pub/Sub calls the functions as this account"
  depends_on   = [google_project_service.needed]
}

resource "google_project_iam_member" "database" {
  for_each = local.functions
  project  = var.project_id
  role     = "roles/datastore.user"
  member   = local.members[each.key]

  # https://docs.cloud.google.com/firestore/docs/security/iam: this database, and none beside it.
  condition {
    title      = "drawdown database only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.ledger.name}\""
  }
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  for_each = local.subscriptions
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this[each.value.function].name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${local.push}"
}

# Projects whose Pub/Sub is older than April 2021 lack this right; it covers the push account alone, and identity tokens alone.
resource "google_service_account_iam_member" "push_tokens" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.agents.pubsub
  # Google makes this account as Pub/Sub is first used, and refuses a right for one that is not there yet:
  # https://docs.cloud.google.com/iam/docs/create-service-agents
  depends_on = [google_pubsub_topic.main]
}

# schedule asks whether accounts are open and projects linked: it reads, and can change nothing.
resource "google_billing_account_iam_member" "look_up" {
  for_each           = local.billing_accounts
  billing_account_id = each.key
  role               = "roles/billing.viewer"
  member             = local.members["schedule"]
}

resource "google_project_iam_member" "look_up" {
  for_each = local.watched_projects
  project  = each.key
  role     = "roles/browser"
  member   = local.members["schedule"]
}
