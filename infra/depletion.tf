# Google's own count of refused calls: credit is gone, seen within minutes and without any work of the callers.

resource "google_monitoring_notification_channel" "billing_notifications" {
  project      = var.project_id
  display_name = "Drawdown: topic billing-notifications"
  type         = "pubsub"
  labels       = { topic = local.topics["billing-notifications"] }
  depends_on   = [google_project_service.needed]
}

# One policy here sees the metrics of all watched projects.
resource "google_monitoring_monitored_project" "watched" {
  for_each      = setsubtract(local.watched_projects, [var.project_id])
  metrics_scope = var.project_id
  name          = each.key
  depends_on    = [google_project_service.needed]
}

resource "google_monitoring_alert_policy" "depleted" {
  project      = var.project_id
  display_name = "Drawdown: Gemini API calls are refused with 402"
  combiner     = "OR"
  severity     = "CRITICAL"
  # How the source incident knows the message as ours.
  user_labels           = { kind = "prepay-depleted" }
  notification_channels = [google_monitoring_notification_channel.billing_notifications.id]

  conditions {
    display_name = "402 seen"
    condition_threshold {
      filter          = "metric.type=\"serviceruntime.googleapis.com/api/request_count\" AND resource.type=\"consumed_api\" AND resource.labels.service=\"generativelanguage.googleapis.com\" AND metric.labels.response_code=\"402\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        # The project says whose credit it is.
        group_by_fields = ["resource.label.project_id"]
      }
      trigger {
        count = 1
      }
    }
  }

  alert_strategy {
    auto_close = "1800s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Calls to the Gemini API are refused with 402: prepaid credit is gone, or Google believes so. Drawdown says which, and what to do."
  }

  depends_on = [google_pubsub_topic_iam_member.monitoring, google_monitoring_monitored_project.watched]
}
