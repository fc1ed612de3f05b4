# What Google writes down about billing: links, unlinks, closed accounts.

locals {
  billing_events = join(" AND ", [
    "protoPayload.serviceName=\"cloudbilling.googleapis.com\"",
    # The names are documented in their short form; a qualified one would end the same.
    "protoPayload.methodName=~\"(AssignResourceToBillingAccount|DisableResourceBilling|CloseBillingAccount|ReopenBillingAccount)$\"",
  ])
  billing_topic = "pubsub.googleapis.com/${local.topics["billing-notifications"]}"
}

resource "google_logging_project_sink" "billing_events" {
  for_each               = local.watched_projects
  project                = each.key
  name                   = "drawdown-billing-events"
  description            = "Billing links of this project, for Drawdown"
  destination            = local.billing_topic
  filter                 = "log_id(\"cloudaudit.googleapis.com/activity\") AND ${local.billing_events}"
  unique_writer_identity = true
}

resource "google_pubsub_topic_iam_member" "project_sinks" {
  for_each = google_logging_project_sink.billing_events
  project  = var.project_id
  topic    = google_pubsub_topic.main["billing-notifications"].name
  role     = "roles/pubsub.publisher"
  member   = each.value.writer_identity
}

resource "google_logging_billing_account_sink" "billing_events" {
  for_each        = var.billing_account_sink ? local.billing_accounts : toset([])
  billing_account = each.key
  name            = "drawdown-billing-events"
  description     = "Closing and reopening of this account, for Drawdown"
  destination     = local.billing_topic
  filter          = local.billing_events
}

resource "google_pubsub_topic_iam_member" "account_sinks" {
  for_each = google_logging_billing_account_sink.billing_events
  project  = var.project_id
  topic    = google_pubsub_topic.main["billing-notifications"].name
  role     = "roles/pubsub.publisher"
  member   = each.value.writer_identity
}

# The sending account is that of billing_project, and must be there first (README.md, Rights of whoever applies):
# https://docs.cloud.google.com/asset-inventory/docs/monitor-asset-changes
resource "google_cloud_asset_project_feed" "billing_info" {
  for_each        = var.asset_feed ? local.watched_projects : toset([])
  project         = each.key
  billing_project = var.project_id
  feed_id         = "drawdown-billing-info"
  content_type    = "RESOURCE"
  asset_types     = ["cloudbilling.googleapis.com/ProjectBillingInfo"]

  feed_output_config {
    pubsub_destination {
      topic = local.topics["billing-notifications"]
    }
  }

  depends_on = [google_pubsub_topic_iam_member.asset]
}

resource "google_pubsub_topic_iam_member" "asset" {
  count   = var.asset_feed ? 1 : 0
  project = var.project_id
  topic   = google_pubsub_topic.main["billing-notifications"].name
  role    = "roles/pubsub.publisher"
  member  = local.agents.asset
}
