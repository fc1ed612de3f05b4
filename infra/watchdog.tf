# Who watches the watcher: Google Monitoring, by mail that does not pass through Drawdown.

resource "google_monitoring_notification_channel" "operator" {
  project      = var.project_id
  display_name = "Drawdown: operator"
  type         = "email"
  labels       = { email_address = var.operator_email }
  depends_on   = [google_project_service.needed]
}

locals {
  subscriptions_pattern = "(${join("|", keys(local.subscriptions))})"
  services_filter       = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=monitoring.regex.full_match(\"drawdown-.*\")"

  successful_runs = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${local.functions["schedule"].name}\" AND metric.labels.response_code_class=\"2xx\""

  # aligner and period make one number per series of the metric; the alert fires above the limit.
  watched_numbers = {
    dead-letters = {
      title   = "messages were given up"
      filter  = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=monitoring.regex.full_match(\"${local.subscriptions_pattern}-dead\")"
      aligner = "ALIGN_MAX"
      reducer = "REDUCE_MAX"
      group   = "resource.label.subscription_id"
      period  = "300s"
      limit   = 0
      next    = "Messages lie in a dead-letter subscription. Mend the cause (the function's log says it), then redrive them as infra/README.md says under Dead letters."
    }
    backlog = {
      title   = "messages wait for more than ten minutes"
      filter  = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=monitoring.regex.full_match(\"${local.subscriptions_pattern}-push\")"
      aligner = "ALIGN_MAX"
      reducer = "REDUCE_MAX"
      group   = "resource.label.subscription_id"
      period  = "300s"
      limit   = 600
      next    = "A function does not acknowledge. Nothing is lost yet: Pub/Sub tries again for hours. Read the log of the function that the subscription names."
    }
    failures = {
      title   = "requests fail"
      filter  = "metric.type=\"run.googleapis.com/request_count\" AND ${local.services_filter} AND metric.labels.response_code_class=\"5xx\""
      aligner = "ALIGN_DELTA"
      reducer = "REDUCE_SUM"
      group   = "resource.label.service_name"
      period  = "900s"
      limit   = 5
      next    = "More than five requests of one function failed within a quarter of an hour. Its log says why; \"the start failed\" means a wrong configuration or a missing secret."
    }
  }
}

resource "google_monitoring_alert_policy" "numbers" {
  for_each              = local.watched_numbers
  project               = var.project_id
  display_name          = "Drawdown itself: ${each.value.title}"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [google_monitoring_notification_channel.operator.id]

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.limit
      duration        = "0s"

      aggregations {
        alignment_period     = each.value.period
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = [each.value.group]
      }
      trigger {
        count = 1
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = each.value.next
  }
}

# The heartbeat: schedule succeeds every five minutes, or somebody hears of it. It watches from the first success on; until
# then failing requests and waiting messages tell: https://docs.cloud.google.com/monitoring/alerts/metric-absence
resource "google_monitoring_alert_policy" "silence" {
  project               = var.project_id
  display_name          = "Drawdown itself: schedule has not run for half an hour"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [google_monitoring_notification_channel.operator.id]

  conditions {
    display_name = "no successful run"
    condition_absent {
      filter   = local.successful_runs
      duration = "1800s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
      trigger {
        count = 1
      }
    }
  }

  # An instance that lives on may report zeros, which are not absent.
  conditions {
    display_name = "only failed runs"
    condition_threshold {
      filter          = local.successful_runs
      comparison      = "COMPARISON_LT"
      threshold_value = 1
      duration        = "0s"

      aggregations {
        alignment_period     = "1800s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
      trigger {
        count = 1
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Nothing looks at the clock: no runway, no reminders, no sweep. See whether the Scheduler job drawdown-schedule is paused, then read the log of drawdown-schedule."
  }
}
