# Four topics pushed to their functions. Terraform owns the subscriptions, so retries, retention and dead letters are
# ours to set; an Eventarc trigger would keep them for 24 hours and then drop them.

locals {
  day_seconds = 86400

  # attempts: with pauses of 10 s to 10 min, 100 are about 16 hours: a long outage of Firestore needs no redrive.
  # A call to schedule and an announcement are hints: the next one says the same, the store holds the deliveries.
  # topic_days: how far back a subscription can be set after a restore.
  subscriptions = merge({
    billing-notifications = { function = "billingNotification", attempts = 100, days = 7, topic_days = 31 }
    gemini-usage          = { function = "usageNotification", attempts = 100, days = 7, topic_days = null }
    drawdown-schedule     = { function = "schedule", attempts = 10, days = 7, topic_days = null }
    alert-deliveries      = { function = "alertDelivery", attempts = 10, days = 7, topic_days = null }
  }, local.enforce_subscription)
}

# Full names, known before the topics are there.
locals {
  topics       = { for key, topic in google_pubsub_topic.main : key => "projects/${topic.project}/topics/${topic.name}" }
  dead_letters = { for key, topic in google_pubsub_topic.dead : key => "projects/${topic.project}/topics/${topic.name}" }
}

resource "google_pubsub_topic" "main" {
  for_each                   = local.subscriptions
  project                    = var.project_id
  name                       = each.key
  message_retention_duration = each.value.topic_days == null ? null : "${each.value.topic_days * local.day_seconds}s"
  depends_on                 = [google_project_service.needed]
}

resource "google_pubsub_topic" "dead" {
  for_each   = local.subscriptions
  project    = var.project_id
  name       = "${each.key}-dead"
  depends_on = [google_project_service.needed]
}

resource "google_pubsub_subscription" "push" {
  for_each = local.subscriptions
  project  = var.project_id
  name     = "${each.key}-push"
  topic    = local.topics[each.key]

  # Never shorter than the function may run, or Pub/Sub would start a second run beside it; 600 s is the most there is.
  ack_deadline_seconds       = min(600, local.functions[each.value.function].timeout + 60)
  message_retention_duration = "${each.value.days * local.day_seconds}s"

  expiration_policy {
    # Never: by default Google deletes a subscription that was idle for 31 days.
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = local.dead_letters[each.key]
    max_delivery_attempts = each.value.attempts
  }

  push_config {
    push_endpoint = google_cloudfunctions2_function.this[each.value.function].service_config[0].uri
    oidc_token {
      service_account_email = local.push
      audience              = local.audiences[each.value.function]
    }
  }

  # Without its own rights the first deliveries would only fail.
  depends_on = [google_cloud_run_v2_service_iam_member.push, google_service_account_iam_member.push_tokens]
}

# Without a subscription, what is published to a dead-letter topic is lost.
resource "google_pubsub_subscription" "dead" {
  for_each                   = local.subscriptions
  project                    = var.project_id
  name                       = "${each.key}-dead"
  topic                      = local.dead_letters[each.key]
  ack_deadline_seconds       = 600
  message_retention_duration = "${31 * local.day_seconds}s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_cloud_scheduler_job" "schedule" {
  project     = var.project_id
  region      = var.region
  name        = "drawdown-schedule"
  description = "Calls schedule: the clock, the look-ups, and what a lost announcement left behind"
  schedule    = "*/5 * * * *"
  time_zone   = "Etc/UTC"

  pubsub_target {
    topic_name = local.topics["drawdown-schedule"]
    data       = base64encode("{}")
  }

  depends_on = [google_project_service.needed]
}
