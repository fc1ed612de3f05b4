# What somebody gets who sets nothing but the required variables. One run: each costs seconds.
# It lies beside the files, the others in tests/: infra-check runs the tests only where it finds some in both places.

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

run "as_installed" {
  command = plan

  # Messages

  assert {
    condition     = keys(google_pubsub_subscription.push) == ["alert-deliveries", "billing-notifications", "drawdown-schedule", "gemini-usage"]
    error_message = "each of the four topics of the design has one push subscription"
  }
  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.retry_policy[0].minimum_backoff == "10s" && subscription.retry_policy[0].maximum_backoff == "600s"])
    error_message = "retries are on everywhere, 10 s to 600 s apart"
  }
  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.message_retention_duration == "604800s"])
    error_message = "what is not acknowledged is kept for seven days"
  }
  assert {
    condition     = alltrue([for name, subscription in google_pubsub_subscription.push : subscription.dead_letter_policy[0].dead_letter_topic == "projects/my-finops/topics/${google_pubsub_topic.dead[name].name}"])
    error_message = "what is given up goes to a dead-letter topic of its own"
  }
  assert {
    condition     = { for name, subscription in google_pubsub_subscription.push : name => subscription.dead_letter_policy[0].max_delivery_attempts } == { alert-deliveries = 10, billing-notifications = 100, drawdown-schedule = 10, gemini-usage = 100 }
    error_message = "facts outlast an outage of hours before they are given up, hints do not"
  }
  assert {
    condition     = { for name, subscription in google_pubsub_subscription.dead : name => subscription.topic } == { for name, topic in google_pubsub_topic.dead : name => "projects/my-finops/topics/${topic.name}" } && length(google_pubsub_topic.dead) == 4
    error_message = "every dead-letter topic has a subscription that keeps what comes"
  }
  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.dead : length(subscription.push_config) == 0 && subscription.message_retention_duration == "2678400s"])
    error_message = "dead letters wait 31 days to be pulled"
  }
  assert {
    condition     = alltrue([for subscription in concat(values(google_pubsub_subscription.push), values(google_pubsub_subscription.dead)) : subscription.expiration_policy[0].ttl == ""])
    error_message = "no subscription expires by being idle"
  }
  assert {
    condition     = [for grant in google_pubsub_topic_iam_member.dead_letters : "${grant.topic} ${grant.role} ${grant.member}"] == [for topic in google_pubsub_topic.dead : "${topic.name} roles/pubsub.publisher serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"]
    error_message = "Pub/Sub may publish to each dead-letter topic"
  }
  assert {
    condition     = [for grant in google_pubsub_subscription_iam_member.dead_letters : "${grant.subscription} ${grant.role} ${grant.member}"] == [for subscription in google_pubsub_subscription.push : "${subscription.name} roles/pubsub.subscriber serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"]
    error_message = "Pub/Sub may take what it gives up from each source subscription"
  }
  assert {
    condition     = alltrue([for name, subscription in google_pubsub_subscription.push : subscription.ack_deadline_seconds >= google_cloudfunctions2_function.this[local.subscriptions[name].function].service_config[0].timeout_seconds && subscription.ack_deadline_seconds <= 600])
    error_message = "an acknowledgement deadline is shorter than its function's timeout, or longer than Pub/Sub allows"
  }
  assert {
    condition     = google_cloud_scheduler_job.schedule.schedule == "*/5 * * * *" && google_cloud_scheduler_job.schedule.pubsub_target[0].topic_name == "projects/my-finops/topics/drawdown-schedule"
    error_message = "schedule is called every five minutes"
  }

  # Functions

  assert {
    condition     = { for key, function in google_cloudfunctions2_function.this : key => function.build_config[0].entry_point } == { alertDelivery = "alertDelivery", billingNotification = "billingNotification", schedule = "schedule", status = "status", usageNotification = "usageNotification" }
    error_message = "the five targets of the design, and no sixth"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : function.build_config[0].runtime == "nodejs24" && length(function.event_trigger) == 0])
    error_message = "Node 24, and no Eventarc trigger, which would keep messages for 24 hours only"
  }
  assert {
    condition     = google_storage_bucket_object.bundle.name == "drawdown-${sha256("Stands in for the zip that npm run build makes.\n")}.zip" && alltrue([for function in google_cloudfunctions2_function.this : function.build_config[0].source[0].storage_source[0].object == google_storage_bucket_object.bundle.name])
    error_message = "all come from one object, named by what is in it"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : function.service_config[0].max_instance_count <= 5 && function.service_config[0].max_instance_count >= 1 && function.service_config[0].min_instance_count == 0])
    error_message = "a function may grow beyond five instances, or costs while idle"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : function.service_config[0].timeout_seconds <= 540]) && google_cloudfunctions2_function.this["schedule"].service_config[0].timeout_seconds >= 120
    error_message = "a function may run longer than a push waits, or schedule less than the two minutes it needs"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : function.service_config[0].environment_variables["STORE"] == "firestore:(default)" && function.service_config[0].environment_variables["ALERT_DELIVERIES_TOPIC"] == "projects/my-finops/topics/alert-deliveries"])
    error_message = "the code is told of the database and the topic that are made"
  }
  assert {
    condition     = { for key, function in google_cloudfunctions2_function.this : key => function.service_config[0].environment_variables["PUSH_AUDIENCE"] } == { for key, function in google_cloudfunctions2_function.this : key => "https://us-central1-my-finops.cloudfunctions.net/${function.name}" }
    error_message = "the audience is the function's own cloudfunctions.net address"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : function.service_config[0].secret_volumes[0].mount_path == "/etc/drawdown" && function.service_config[0].environment_variables["DRAWDOWN_CONFIG"] == "/etc/drawdown/${function.service_config[0].secret_volumes[0].versions[0].path}"])
    error_message = "DRAWDOWN_CONFIG is not the mounted file"
  }

  # Rights

  assert {
    condition     = { for key, function in google_cloudfunctions2_function.this : key => function.service_config[0].service_account_email } == { for key, function in google_cloudfunctions2_function.this : key => "${function.name}@my-finops.iam.gserviceaccount.com" } && length(google_service_account.function) == 5
    error_message = "each function runs as an account of its own, never as the default one"
  }
  assert {
    condition     = [for grant in google_cloud_run_v2_service_iam_member.push : "${grant.name} ${grant.member}"] == [for name in ["alert-delivery", "billing-notification", "schedule", "usage-notification"] : "drawdown-${name} serviceAccount:drawdown-push@my-finops.iam.gserviceaccount.com"]
    error_message = "the push account calls the four functions with a topic, and nobody else does"
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.viewers) + length(google_cloud_run_v2_service_iam_member.viewers_address) + length(google_cloud_run_v2_service_iam_member.iap) == 0
    error_message = "nobody opens the status page who was not named"
  }
  assert {
    condition     = alltrue([for key, function in google_cloudfunctions2_function.this : function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY" if key != "status"])
    error_message = "a function with a topic takes calls from the Internet"
  }
  assert {
    condition     = alltrue([for grant in google_project_iam_member.database : grant.role == "roles/datastore.user" && grant.condition[0].expression == "resource.name == \"projects/my-finops/databases/(default)\""]) && length(google_project_iam_member.database) == 5
    error_message = "the right to the ledger covers other databases too"
  }
  assert {
    condition     = { for id, grant in google_billing_account_iam_member.look_up : id => "${grant.role} ${grant.member}" } == { for id in ["01D4EE-079462-DFD6EC", "020202-030303-040404", "0A0A0A-0B0B0B-0C0C0C", "0F0F0F-0E0E0E-0D0D0D"] : id => "roles/billing.viewer serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com" }
    error_message = "schedule alone looks at each billing account, and may do no more than look"
  }
  assert {
    condition     = { for id, grant in google_project_iam_member.look_up : id => "${grant.role} ${grant.member}" } == { for id in ["my-app", "my-batch", "old-app"] : id => "roles/browser serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com" }
    error_message = "schedule alone looks at each watched project, and may do no more than look"
  }
  assert {
    condition     = [for key, function in google_cloudfunctions2_function.this : key if function.service_config[0].environment_variables["BILLING_LOOKUPS"] == "on"] == ["schedule"]
    error_message = "look-ups are on where the rights are"
  }
  assert {
    condition     = [for key, grant in google_pubsub_topic_iam_member.announcers : "${key} ${grant.topic}"] == ["billingNotification alert-deliveries", "schedule alert-deliveries", "status alert-deliveries", "usageNotification alert-deliveries"]
    error_message = "the four functions that commit deliveries announce them, and publish nowhere else"
  }
  assert {
    condition     = "${google_pubsub_topic_iam_member.budgets.topic} ${google_pubsub_topic_iam_member.budgets.member}" == "billing-notifications serviceAccount:billing-budget-alert@system.gserviceaccount.com" && "${google_pubsub_topic_iam_member.monitoring.topic} ${google_pubsub_topic_iam_member.monitoring.member}" == "billing-notifications serviceAccount:service-123456789012@gcp-sa-monitoring-notification.iam.gserviceaccount.com"
    error_message = "budgets and Monitoring publish to billing-notifications"
  }
  assert {
    condition     = length(google_pubsub_topic_iam_member.operators) + length(google_pubsub_topic_iam_member.usage) + length(google_pubsub_topic_iam_member.asset) + length(google_pubsub_topic_iam_member.account_sinks) == 0
    error_message = "nobody publishes who was not named"
  }

  # Secrets

  assert {
    condition = { for key, function in google_cloudfunctions2_function.this : key => join(" ", [for entry in function.service_config[0].secret_environment_variables : "${entry.key}=${entry.secret}:${entry.version}"]) } == {
      alertDelivery       = "DESK_SECRET=drawdown-desk:1 OPS_CHAT_URL=drawdown-ops-chat-url:3 SMTP_URL=drawdown-smtp-url:1"
      billingNotification = "ACK_SECRET=drawdown-ack:1"
      schedule            = "ACK_SECRET=drawdown-ack:1 DESK_SECRET=drawdown-desk:1 HEARTBEAT_URL=drawdown-heartbeat:2 OPS_CHAT_URL=drawdown-ops-chat-url:3 SMTP_URL=drawdown-smtp-url:1"
      status              = "ACK_SECRET=drawdown-ack:1"
      usageNotification   = "ACK_SECRET=drawdown-ack:1"
    }
    error_message = "each secret reaches the functions that ask for it, by reference, at the pinned version, and no other"
  }
  assert {
    condition     = local.named_secrets == toset(["ACK_SECRET", "DESK_SECRET", "HEARTBEAT_URL", "OPS_CHAT_URL", "SMTP_URL"])
    error_message = "a name that the configuration gives, alone or in a list, is overlooked: nobody would be told that its secret is missing"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : length(setintersection(keys(function.service_config[0].environment_variables), keys(var.secrets))) == 0])
    error_message = "a secret stands among the plain variables"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.this : length(setsubtract(keys(function.service_config[0].environment_variables), local.own_environment)) == 0])
    error_message = "a plain variable is not in own_environment, so a secret could take its name"
  }

  # Budgets

  assert {
    condition     = keys(google_billing_budget.drawdown) == ["01D4EE-079462-DFD6EC", "0A0A0A-0B0B0B-0C0C0C"] && length(google_billing_budget.watch) == 4
    error_message = "prepaid accounts without a drawdown budget of their own get one, and every account is watched"
  }
  assert {
    condition     = alltrue([for budget in google_billing_budget.drawdown : budget.budget_filter[0].credit_types_treatment == "EXCLUDE_ALL_CREDITS" && budget.budget_filter[0].calendar_period == "MONTH"])
    error_message = "a drawdown budget subtracts credits: promotional credit would read as no spend"
  }
  assert {
    condition     = google_billing_budget.drawdown["01D4EE-079462-DFD6EC"].budget_filter[0].services == tolist(["services/AEFD-7695-64FA"])
    error_message = "gemini-prepay credit pays for the Gemini API alone"
  }
  assert {
    condition     = local.drawdown_accounts["0A0A0A-0B0B0B-0C0C0C"] == "cloud-credit" && local.drawdown_services["cloud-credit"] == null
    error_message = "cloud-credit pays for all services"
  }
  assert {
    condition     = alltrue([for budget in concat(values(google_billing_budget.drawdown), values(google_billing_budget.watch)) : budget.all_updates_rule[0].pubsub_topic == "projects/my-finops/topics/billing-notifications" && budget.all_updates_rule[0].schema_version == "1.0"])
    error_message = "a budget does not publish"
  }
  assert {
    condition     = alltrue([for budget in concat(values(google_billing_budget.drawdown), values(google_billing_budget.watch)) : length(budget.threshold_rules) >= 3 && budget.amount[0].specified_amount[0].units == "100"])
    error_message = "without thresholds, messages come without theirs"
  }

  # The ledger

  assert {
    condition     = google_firestore_database.ledger.type == "FIRESTORE_NATIVE" && google_firestore_database.ledger.location_id == "us-central1"
    error_message = "a native database in the functions' region"
  }
  assert {
    condition     = google_firestore_database.ledger.delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_firestore_database.ledger.deletion_policy == "ABANDON"
    error_message = "terraform destroy could take the ledger along"
  }
  assert {
    condition     = google_firestore_database.ledger.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED" && google_firestore_backup_schedule.weekly.retention == "8467200s"
    error_message = "seven days can be restored by the minute, fourteen weeks by the week"
  }
  assert {
    condition     = length(google_firestore_index.composite) == length(local.indexes.composite) && length(local.indexes.composite) >= 5
    error_message = "a composite index is missing"
  }
  assert {
    condition     = [for field in google_firestore_index.composite["deliveries:dueAt,id,readyAt"].fields : "${field.field_path} ${field.order}"] == ["dueAt ASCENDING", "id ASCENDING", "readyAt ASCENDING"]
    error_message = "fields stand in the order of the list"
  }
  assert {
    condition     = [for key, field in google_firestore_field.this : key if length(field.ttl_config) == 1] == ["deliveries.expireAt", "quarantine.expireAt"]
    error_message = "deliveries and quarantine are deleted by time, and nothing else is"
  }
  assert {
    condition     = length([for field in google_firestore_field.this : field if length(field.index_config) == 1]) == length(local.indexes.unindexed)
    error_message = "a long text is indexed"
  }

  # What else is heard of, and who watches the watcher

  assert {
    condition     = google_monitoring_alert_policy.depleted.user_labels["kind"] == "prepay-depleted" && strcontains(google_monitoring_alert_policy.depleted.conditions[0].condition_threshold[0].filter, "metric.labels.response_code=\"402\"")
    error_message = "402s, and they alone, are told under the label that the source knows"
  }
  assert {
    condition     = google_monitoring_alert_policy.depleted.conditions[0].condition_threshold[0].aggregations[0].group_by_fields == tolist(["resource.label.project_id"])
    error_message = "an incident does not say which project"
  }
  assert {
    condition     = google_monitoring_notification_channel.billing_notifications.type == "pubsub" && google_monitoring_notification_channel.billing_notifications.labels["topic"] == "projects/my-finops/topics/billing-notifications"
    error_message = "incidents go to the topic billing-notifications"
  }
  assert {
    condition     = toset(keys(google_monitoring_monitored_project.watched)) == toset(["my-app", "my-batch", "old-app"]) && keys(google_logging_project_sink.billing_events) == ["my-app", "my-batch", "old-app"]
    error_message = "the metrics and billing events of every watched project are seen"
  }
  assert {
    condition     = alltrue([for sink in google_logging_project_sink.billing_events : sink.unique_writer_identity && sink.destination == "pubsub.googleapis.com/projects/my-finops/topics/billing-notifications"])
    error_message = "a sink writes elsewhere, or as everybody's account"
  }
  assert {
    condition     = length(google_logging_billing_account_sink.billing_events) + length(google_cloud_asset_project_feed.billing_info) == 0
    error_message = "what needs more rights is off"
  }
  assert {
    condition     = google_monitoring_notification_channel.operator.type == "email" && google_monitoring_notification_channel.operator.labels["email_address"] == "ops@example.com"
    error_message = "the operator is mailed by Google"
  }
  assert {
    condition     = { for key, policy in google_monitoring_alert_policy.numbers : key => policy.conditions[0].condition_threshold[0].threshold_value } == { backlog = 600, dead-letters = 0, failures = 5 }
    error_message = "one dead letter, ten minutes of waiting, or more than five failures are told"
  }
  assert {
    condition     = google_monitoring_alert_policy.silence.conditions[0].condition_absent[0].duration == "1800s" && strcontains(google_monitoring_alert_policy.silence.conditions[0].condition_absent[0].filter, "service_name=\"${google_cloudfunctions2_function.this["schedule"].name}\"")
    error_message = "the silence of schedule is heard within half an hour"
  }
  assert {
    condition     = google_monitoring_alert_policy.silence.combiner == "OR" && google_monitoring_alert_policy.silence.conditions[1].condition_threshold[0].comparison == "COMPARISON_LT" && google_monitoring_alert_policy.silence.conditions[1].condition_threshold[0].threshold_value == 1 && google_monitoring_alert_policy.silence.conditions[1].condition_threshold[0].aggregations[0].alignment_period == "1800s"
    error_message = "half an hour of reported zeros is silence too"
  }
  assert {
    condition     = alltrue([for policy in concat(values(google_monitoring_alert_policy.numbers), [google_monitoring_alert_policy.silence, google_monitoring_alert_policy.undelivered]) : length(policy.documentation[0].content) > 40])
    error_message = "a policy does not say what to do"
  }

  # What nobody asked for

  assert {
    condition     = length(google_compute_global_forwarding_rule.status) + length(google_compute_backend_service.status) == 0
    error_message = "a load balancer costs money that nobody asked for"
  }
  assert {
    condition     = length(google_project_iam_custom_role.enforce) + length(google_project_iam_member.enforce) == 0 && !contains(keys(google_service_account.function), "enforce") && !contains(keys(google_pubsub_topic.main), "drawdown-enforce")
    error_message = "a part of enforce is there without having been armed"
  }
}
