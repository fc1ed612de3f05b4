# What the functions log, counted: charts of how often, and of what kind. What was given up is mailed, too.

locals {
  # Messages and fields as functions/app/deliver.ts and functions/app/ingest.ts write them; a test looks there.
  logged = {
    dead_deliveries = {
      filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^drawdown-\" AND jsonPayload.message=\"delivery dead\""
      label  = "channel"
      about  = "Deliveries that were given up"
    }
    quarantined = {
      filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^drawdown-\" AND jsonPayload.message=\"message quarantined\""
      label  = "reason"
      about  = "Messages that were set aside"
    }
  }
}

resource "google_logging_metric" "logged" {
  for_each    = local.logged
  project     = var.project_id
  name        = "drawdown/${each.key}"
  description = each.value.about
  filter      = each.value.filter

  label_extractors = { (each.value.label) = "EXTRACT(jsonPayload.${each.value.label})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    labels {
      key        = each.value.label
      value_type = "STRING"
    }
  }

  depends_on = [google_project_service.needed]
}

# A log line for each successful push would be the dearest part of a busy month, and says nothing.
resource "google_logging_project_exclusion" "usage_requests" {
  project     = var.project_id
  name        = "drawdown-usage-requests"
  description = "Request lines of successful usage pushes"
  filter      = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${local.functions["usageNotification"].name}\" AND log_id(\"run.googleapis.com/requests\") AND httpRequest.status<300"
  depends_on  = [google_project_service.needed]
}

# A log match needs no metric, so it works from the first apply on; a fresh log-based metric is unknown to policies for minutes.
resource "google_monitoring_alert_policy" "undelivered" {
  project               = var.project_id
  display_name          = "Drawdown itself: an alert could not be delivered"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [google_monitoring_notification_channel.operator.id]

  conditions {
    display_name = "delivery dead"
    condition_matched_log {
      filter           = local.logged["dead_deliveries"].filter
      label_extractors = { channel = "EXTRACT(jsonPayload.channel)", rule = "EXTRACT(jsonPayload.rule)" }
    }
  }

  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "A message was refused, or failed ten times over three days. `npx drawdown deliveries list --status dead` says why; `deliveries redrive` sends it again."
  }
}
