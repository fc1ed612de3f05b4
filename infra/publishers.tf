# Who may publish what. Whoever may publish to billing-notifications may enter grants: the list is short and complete.

locals {
  # Google's own accounts in this project: https://docs.cloud.google.com/iam/docs/service-agents
  agents = {
    for name, domain in {
      pubsub     = "gcp-sa-pubsub"
      monitoring = "gcp-sa-monitoring-notification"
      asset      = "gcp-sa-cloudasset"
      iap        = "gcp-sa-iap"
    } : name => "serviceAccount:service-${data.google_project.own.number}@${domain}.iam.gserviceaccount.com"
  }
  budget_publisher = "serviceAccount:billing-budget-alert@system.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "budgets" {
  project = var.project_id
  topic   = google_pubsub_topic.main["billing-notifications"].name
  role    = "roles/pubsub.publisher"
  member  = local.budget_publisher
}

resource "google_pubsub_topic_iam_member" "monitoring" {
  project = var.project_id
  topic   = google_pubsub_topic.main["billing-notifications"].name
  role    = "roles/pubsub.publisher"
  member  = local.agents.monitoring
  # Google makes this account together with the first channel of this kind.
  depends_on = [google_monitoring_notification_channel.billing_notifications]
}

resource "google_pubsub_topic_iam_member" "operators" {
  for_each = var.operators
  project  = var.project_id
  topic    = google_pubsub_topic.main["billing-notifications"].name
  role     = "roles/pubsub.publisher"
  member   = each.key
}

resource "google_pubsub_topic_iam_member" "usage" {
  for_each = var.usage_publishers
  project  = var.project_id
  topic    = google_pubsub_topic.main["gemini-usage"].name
  role     = "roles/pubsub.publisher"
  member   = each.key
}

resource "google_pubsub_topic_iam_member" "announcers" {
  for_each = { for key, function in local.functions : key => function if function.announces }
  project  = var.project_id
  topic    = google_pubsub_topic.main["alert-deliveries"].name
  role     = "roles/pubsub.publisher"
  member   = local.members[each.key]
}

# The two rights that dead-lettering needs: https://docs.cloud.google.com/pubsub/docs/dead-letter-topics
resource "google_pubsub_topic_iam_member" "dead_letters" {
  for_each = google_pubsub_topic.dead
  project  = var.project_id
  topic    = each.value.name
  role     = "roles/pubsub.publisher"
  member   = local.agents.pubsub
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each     = google_pubsub_subscription.push
  project      = var.project_id
  subscription = each.value.name
  role         = "roles/pubsub.subscriber"
  member       = local.agents.pubsub
}
