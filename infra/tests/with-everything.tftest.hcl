# Everything switched on, and applied: what is known only once things exist, and the list of all rights.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id     = "my-finops"
  operator_email = "ops@example.com"
  config_path    = "tests/drawdown.yaml"
  bundle_path    = "tests/bundle.txt"
  secrets = {
    SMTP_URL      = { secret = "drawdown-smtp-url", version = "1" }
    OPS_CHAT_URL  = { secret = "drawdown-ops-chat-url", version = "3" }
    DESK_SECRET   = { secret = "drawdown-desk", version = "1" }
    ACK_SECRET    = { secret = "drawdown-ack", version = "1" }
    HEARTBEAT_URL = { secret = "drawdown-heartbeat", version = "2" }
  }
}

# A mock passes arguments on to the real provider's own checks, which refuse made-up text where an account is meant:
# https://developer.hashicorp.com/terraform/language/tests/mocking
override_resource {
  target = google_service_account.push
  values = { name = "projects/my-finops/serviceAccounts/drawdown-push@my-finops.iam.gserviceaccount.com" }
}

override_resource {
  target = google_logging_project_sink.billing_events
  values = { writer_identity = "serviceAccount:service-987654321098@gcp-sa-logging.iam.gserviceaccount.com" }
}

override_resource {
  target = google_logging_billing_account_sink.billing_events
  values = { writer_identity = "serviceAccount:service-b123456789012@gcp-sa-logging.iam.gserviceaccount.com" }
}

override_resource {
  target = google_compute_global_address.status
  values = { address = "203.0.113.7" }
}

override_resource {
  target = google_billing_budget.drawdown
  values = { name = "billingAccounts/01D4EE-079462-DFD6EC/budgets/11111111-2222-3333-4444-555555555555" }
}

override_resource {
  target = google_billing_budget.watch
  values = { name = "99999999-2222-3333-4444-555555555555" }
}

run "with_everything" {
  variables {
    region               = "europe-west1"
    database             = "drawdown"
    deletion_protection  = false
    operators            = ["user:ana@example.com"]
    usage_publishers     = ["serviceAccount:caller@my-app.iam.gserviceaccount.com"]
    status_viewers       = ["group:ops@example.com"]
    status_domain        = "drawdown.example.com"
    billing_account_sink = true
    asset_feed           = true
    enforce_armed        = true
    enforce_projects     = ["my-app"]
    monthly_budgets      = { "01D4EE-079462-DFD6EC" = 250 }
    secrets = {
      SMTP_URL      = { secret = "drawdown-smtp-url", version = "1", functions = ["alertDelivery"] }
      OPS_CHAT_URL  = { secret = "drawdown-ops-chat-url", version = "1", functions = ["alertDelivery"] }
      HEARTBEAT_URL = { secret = "drawdown-heartbeat", version = "2", functions = ["schedule"] }
      DESK_SECRET   = { secret = "drawdown-desk", version = "1", functions = [] }
      ACK_SECRET    = { secret = "drawdown-ack", version = "1", functions = [] }
    }
  }

  # Every right that Terraform gives; test/infra/rights.test.ts sees to it that none is missing here.
  assert {
    condition = length(setsubtract(flatten([
      [for grant in google_project_iam_member.database : grant.role],
      [for grant in google_project_iam_member.look_up : grant.role],
      [for grant in google_project_iam_member.enforce : grant.role],
      google_project_iam_member.build_logs.role,
      google_project_iam_member.build_sources.role,
      [for grant in google_billing_account_iam_member.look_up : grant.role],
      [for grant in google_secret_manager_secret_iam_member.reader : grant.role],
      [for grant in google_secret_manager_secret_iam_member.config : grant.role],
      google_service_account_iam_member.push_tokens.role,
      google_artifact_registry_repository_iam_member.build.role,
      [for grant in google_cloud_run_v2_service_iam_member.push : grant.role],
      [for grant in google_cloud_run_v2_service_iam_member.viewers : grant.role],
      [for grant in google_cloud_run_v2_service_iam_member.viewers_address : grant.role],
      [for grant in google_cloud_run_v2_service_iam_member.iap : grant.role],
      [for grant in google_iap_web_backend_service_iam_member.viewers : grant.role],
      google_pubsub_topic_iam_member.budgets.role,
      [for grant in google_pubsub_topic_iam_member.enforce_asker : grant.role],
      google_pubsub_topic_iam_member.monitoring.role,
      [for grant in google_pubsub_topic_iam_member.operators : grant.role],
      [for grant in google_pubsub_topic_iam_member.usage : grant.role],
      [for grant in google_pubsub_topic_iam_member.announcers : grant.role],
      [for grant in google_pubsub_topic_iam_member.dead_letters : grant.role],
      [for grant in google_pubsub_topic_iam_member.project_sinks : grant.role],
      [for grant in google_pubsub_topic_iam_member.account_sinks : grant.role],
      [for grant in google_pubsub_topic_iam_member.asset : grant.role],
      [for grant in google_pubsub_subscription_iam_member.dead_letters : grant.role],
      ]), [
      "projects/my-app/roles/drawdownEnforce", "roles/artifactregistry.writer", "roles/billing.viewer", "roles/browser",
      "roles/datastore.user", "roles/iam.serviceAccountOpenIdTokenCreator", "roles/iap.httpsResourceAccessor",
      "roles/logging.logWriter", "roles/pubsub.publisher", "roles/pubsub.subscriber", "roles/run.invoker",
      "roles/secretmanager.secretAccessor", "roles/storage.objectViewer",
    ])) == 0
    error_message = "a role is given that nothing here needs"
  }

  # Wiring

  assert {
    condition     = { for name, subscription in google_pubsub_subscription.push : name => subscription.push_config[0].push_endpoint } == { for name, wanted in local.subscriptions : name => google_cloudfunctions2_function.this[wanted.function].service_config[0].uri }
    error_message = "a topic is pushed to another function than its own"
  }
  assert {
    condition = alltrue([for name, subscription in google_pubsub_subscription.push :
      subscription.push_config[0].oidc_token[0].service_account_email == google_cloudfunctions2_function.this[local.subscriptions[name].function].service_config[0].environment_variables["PUSH_SERVICE_ACCOUNT"] &&
      subscription.push_config[0].oidc_token[0].audience == google_cloudfunctions2_function.this[local.subscriptions[name].function].service_config[0].environment_variables["PUSH_AUDIENCE"]
    ])
    error_message = "the token Pub/Sub shows is not the one the function asks for"
  }
  assert {
    condition     = google_cloudfunctions2_function.this["schedule"].service_config[0].environment_variables["PUSH_AUDIENCE"] == "https://europe-west1-my-finops.cloudfunctions.net/drawdown-schedule"
    error_message = "the audience names the region"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : function.service_config[0].environment_variables["STORE"] == "firestore:drawdown"]) && google_firestore_database.ledger.name == "drawdown"
    error_message = "STORE names the database that is made"
  }
  assert {
    condition     = google_firestore_database.ledger.delete_protection_state == "DELETE_PROTECTION_DISABLED" && google_firestore_database.ledger.deletion_policy == "DELETE"
    error_message = "protection can be taken off on purpose"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : function.service_config[0].secret_volumes[0].versions[0].version == google_secret_manager_secret_version.config.version])
    error_message = "the configuration is mounted at its newest version"
  }

  # Secrets

  assert {
    condition     = [for key, grant in google_secret_manager_secret_iam_member.reader : "${key} ${grant.secret_id} ${grant.member}"] == [for line in ["HEARTBEAT_URL/schedule drawdown-heartbeat schedule", "OPS_CHAT_URL/alertDelivery drawdown-ops-chat-url alert-delivery", "SMTP_URL/alertDelivery drawdown-smtp-url alert-delivery"] : "${join(" ", slice(split(" ", line), 0, 2))} serviceAccount:drawdown-${split(" ", line)[2]}@my-finops.iam.gserviceaccount.com"]
    error_message = "a secret is read by those it is for, and by nobody else"
  }
  assert {
    condition     = { for key, function in google_cloudfunctions2_function.this : key => [for entry in function.service_config[0].secret_environment_variables : entry.key] if length(function.service_config[0].secret_environment_variables) > 0 } == { alertDelivery = ["OPS_CHAT_URL", "SMTP_URL"], schedule = ["HEARTBEAT_URL"] }
    error_message = "a function gets a secret that is not for it"
  }

  # Budgets in the configuration

  assert {
    condition     = yamldecode(google_secret_manager_secret_version.config.secret_data).accounts[0].budgets == { "11111111-2222-3333-4444-555555555555" = "drawdown", "99999999-2222-3333-4444-555555555555" = "watch" }
    error_message = "budgets made here are listed, by the last part of their names"
  }
  assert {
    condition     = yamldecode(google_secret_manager_secret_version.config.secret_data).accounts[3].budgets == { "de72f49d-779b-4945-a127-4d6ce8def0bb" = "drawdown", "99999999-2222-3333-4444-555555555555" = "watch" }
    error_message = "a budget that the file lists stays"
  }
  assert {
    condition     = yamldecode(google_secret_manager_secret_version.config.secret_data).accounts[0].thresholds.amount == ["20.00"] && yamldecode(google_secret_manager_secret_version.config.secret_data).accounts[1].usdRate == "0.92" && yamldecode(google_secret_manager_secret_version.config.secret_data).channels.ops-mail.smtp == "SMTP_URL"
    error_message = "everything else arrives as it was written; amounts stay text"
  }
  assert {
    condition     = google_billing_budget.drawdown["01D4EE-079462-DFD6EC"].amount[0].specified_amount[0].units == "250" && google_billing_budget.drawdown["0A0A0A-0B0B0B-0C0C0C"].amount[0].specified_amount[0].units == "100"
    error_message = "the amount given for an account is its budget's, 100 elsewhere"
  }
  assert {
    condition     = alltrue([for budget in concat(values(google_billing_budget.drawdown), values(google_billing_budget.watch)) : budget.all_updates_rule[0].monitoring_notification_channels == tolist([google_monitoring_notification_channel.operator.name])])
    error_message = "Google fills in thresholds only where somebody is mailed"
  }

  # Publishers

  assert {
    condition     = [for grant in google_pubsub_topic_iam_member.operators : "${grant.topic} ${grant.member}"] == ["billing-notifications user:ana@example.com"] && [for grant in google_pubsub_topic_iam_member.usage : "${grant.topic} ${grant.member}"] == ["gemini-usage serviceAccount:caller@my-app.iam.gserviceaccount.com"]
    error_message = "operators publish facts, callers publish usage and no facts"
  }
  assert {
    condition     = alltrue([for key, grant in google_pubsub_topic_iam_member.project_sinks : grant.member == google_logging_project_sink.billing_events[key].writer_identity]) && length(google_pubsub_topic_iam_member.project_sinks) == 3
    error_message = "each project's sink may publish"
  }
  assert {
    condition     = alltrue([for key, grant in google_pubsub_topic_iam_member.account_sinks : grant.member == google_logging_billing_account_sink.billing_events[key].writer_identity]) && length(google_pubsub_topic_iam_member.account_sinks) == 4
    error_message = "each account's sink may publish"
  }
  assert {
    condition     = alltrue([for feed in google_cloud_asset_project_feed.billing_info : feed.content_type == "RESOURCE" && feed.asset_types == tolist(["cloudbilling.googleapis.com/ProjectBillingInfo"])]) && length(google_cloud_asset_project_feed.billing_info) == 3 && contains(keys(google_project_service.needed), "cloudasset")
    error_message = "each watched project has a feed of its billing link, and the API is on"
  }

  # Mail that is not ours

  assert {
    condition     = alltrue([for policy in concat(values(google_monitoring_alert_policy.numbers), [google_monitoring_alert_policy.silence, google_monitoring_alert_policy.undelivered]) : policy.notification_channels == tolist([google_monitoring_notification_channel.operator.id])])
    error_message = "a policy about Drawdown itself tells somebody else than the operator"
  }
  assert {
    condition     = google_monitoring_alert_policy.depleted.notification_channels == tolist([google_monitoring_notification_channel.billing_notifications.id])
    error_message = "402s are told to the topic"
  }

  # The page behind IAP

  assert {
    condition     = google_compute_backend_service.status["drawdown.example.com"].iap[0].enabled && google_cloudfunctions2_function.this["status"].service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
    error_message = "IAP is off, or the function's own address is still open"
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.viewers) + length(google_cloud_run_v2_service_iam_member.viewers_address) == 0 && google_cloud_run_v2_service_iam_member.iap["drawdown.example.com"].member == "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com"
    error_message = "somebody but IAP may call the function"
  }
  assert {
    condition     = [for grant in google_iap_web_backend_service_iam_member.viewers : "${grant.role} ${grant.member}"] == ["roles/iap.httpsResourceAccessor group:ops@example.com"]
    error_message = "the viewers pass IAP"
  }
  assert {
    condition     = google_compute_global_forwarding_rule.status["drawdown.example.com"].port_range == "443" && google_compute_managed_ssl_certificate.status["drawdown.example.com"].managed[0].domains == tolist(["drawdown.example.com"])
    error_message = "the page is served by HTTPS alone"
  }

  # Armed, enforce can do three things to the named projects

  assert {
    condition     = { for project, role in google_project_iam_custom_role.enforce : project => role.permissions } == { my-app = toset(["apikeys.keys.list", "apikeys.keys.update", "resourcemanager.projects.get", "resourcemanager.projects.deleteBillingAssignment", "serviceusage.services.get", "serviceusage.services.disable"]) }
    error_message = "the role restricts keys, turns APIs off and unlinks billing, and nothing else"
  }
  assert {
    condition     = [for grant in google_project_iam_member.enforce : "${grant.project} ${grant.member}"] == ["my-app serviceAccount:drawdown-enforce@my-finops.iam.gserviceaccount.com"]
    error_message = "enforce alone holds the role"
  }
  assert {
    condition     = [for grant in google_pubsub_topic_iam_member.enforce_asker : "${grant.topic} ${grant.member}"] == ["drawdown-enforce serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com"]
    error_message = "schedule alone may ask enforce"
  }
  assert {
    condition     = { for name, function in google_cloudfunctions2_function.this : name => function.service_config[0].environment_variables["ENFORCE_ARMED"] if function.service_config[0].environment_variables["ENFORCE_ARMED"] != "" } == { enforce = "1" }
    error_message = "enforce alone is armed"
  }
  assert {
    condition     = !contains([for reader in google_secret_manager_secret_iam_member.reader : reader.member], "serviceAccount:drawdown-enforce@my-finops.iam.gserviceaccount.com")
    error_message = "enforce holds a secret"
  }
}
