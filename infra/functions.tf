# Five functions from one bundle; each has its own account, limits and reasons.

locals {
  # timeout in seconds. instances bounds what a flood can cost; README.md beside this file says how much that is.
  base_functions = {
    # A few messages a day per budget; two instances bridge a change of revision.
    billingNotification = { name = "drawdown-billing-notification", timeout = 60, concurrency = 20, instances = 2, announces = true }
    # What waits during a commit joins the next one, so many requests in few instances cost least.
    usageNotification = { name = "drawdown-usage-notification", timeout = 60, concurrency = 80, instances = 5, announces = true }
    # Half a minute of look-ups, then every account, then what a lost announcement left behind.
    schedule = { name = "drawdown-schedule", timeout = 300, concurrency = 2, instances = 2, announces = true }
    # Waits for mail and chat servers, 20 s each at most: the longest that a push may wait for.
    alertDelivery = { name = "drawdown-alert-delivery", timeout = 540, concurrency = 10, instances = 2, announces = false }
    # People, a few at a time. An answer to an alert is committed and judged here, so it may owe deliveries.
    status = { name = "drawdown-status", timeout = 60, concurrency = 20, instances = 2, announces = true }
  }

  functions = merge(local.base_functions, local.enforce_function)

  # A function's cloudfunctions.net address can be known before it is there, and Cloud Run takes it as an audience.
  # https://docs.cloud.google.com/run/docs/configuring/custom-audiences
  audiences = { for key, function in local.functions : key => "https://${var.region}-${var.project_id}.cloudfunctions.net/${function.name}" }

  environment = {
    DRAWDOWN_CONFIG        = "${local.config_folder}/${local.config_file}"
    STORE                  = "firestore:${var.database}"
    GOOGLE_CLOUD_PROJECT   = var.project_id
    ALERT_DELIVERIES_TOPIC = local.topics["alert-deliveries"]
    PUSH_SERVICE_ACCOUNT   = local.push
    # What the build compiled, kept beside the bundle in the image.
    NODE_COMPILE_CACHE = "/workspace/.compile-cache"
    # The machine would let the heap grow far beyond what the code needs.
    NODE_OPTIONS = "--max-semi-space-size=4 --max-old-space-size=128"
  }

  # Names that no secret may take; the test compares them with the environment below.
  own_environment = [
    "DRAWDOWN_CONFIG", "STORE", "GOOGLE_CLOUD_PROJECT", "ALERT_DELIVERIES_TOPIC", "PUSH_SERVICE_ACCOUNT", "PUSH_AUDIENCE",
    "BILLING_LOOKUPS", "ENFORCE_ARMED", "ENFORCE_TOPIC", "NODE_OPTIONS", "NODE_COMPILE_CACHE",
  ]
}

resource "google_cloudfunctions2_function" "this" {
  for_each    = local.functions
  project     = var.project_id
  location    = var.region
  name        = each.value.name
  description = "Drawdown: ${each.key}"

  build_config {
    runtime           = "nodejs24"
    entry_point       = each.key
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.images.id

    source {
      storage_source {
        bucket = google_storage_bucket.bundles.name
        object = google_storage_bucket_object.bundle.name
      }
    }
  }

  service_config {
    service_account_email = local.emails[each.key]
    timeout_seconds       = each.value.timeout
    # More than one request at a time needs a whole processor.
    available_cpu                    = "1"
    available_memory                 = "512Mi"
    max_instance_request_concurrency = each.value.concurrency
    max_instance_count               = each.value.instances
    # Nothing runs, and nothing is paid, while nothing happens.
    min_instance_count = 0
    # Pub/Sub of the same project counts as internal; people and load balancers come to the status page alone.
    ingress_settings = each.key != "status" ? "ALLOW_INTERNAL_ONLY" : var.status_domain == null ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"

    environment_variables = merge(local.environment, {
      PUSH_AUDIENCE = local.audiences[each.key]
      # The one account with the right to ask is schedule's.
      BILLING_LOOKUPS = each.key == "schedule" ? "on" : "off"
      # Empty is as good as not set.
      ENFORCE_ARMED = each.key == "enforce" ? "1" : ""
      ENFORCE_TOPIC = each.key == "schedule" ? try(local.topics["drawdown-enforce"], "") : ""
    })

    dynamic "secret_environment_variables" {
      for_each = { for name, entry in var.secrets : name => entry if contains(local.secret_functions[name], each.key) }
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }

    secret_volumes {
      mount_path = local.config_folder
      project_id = var.project_id
      secret     = google_secret_manager_secret.config.secret_id
      versions {
        version = google_secret_manager_secret_version.config.version
        path    = local.config_file
      }
    }
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_sources,
    google_project_iam_member.database,
    google_secret_manager_secret_iam_member.config,
    google_secret_manager_secret_iam_member.reader,
  ]
}
