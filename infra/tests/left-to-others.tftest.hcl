# Billing accounts and watched projects that somebody else administers.

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

run "left_to_others" {
  command = plan
  variables {
    billing_accounts = []
    watched_projects = []
    status_viewers   = ["group:ops@example.com"]
    enforce_projects = ["my-app"]
    secrets          = { SMTP_URL = { secret = "drawdown-smtp-url", version = "1" } }
  }
  expect_failures = [check.drawdown_budgets, check.secrets_of_the_configuration]

  assert {
    condition     = length(google_billing_account_iam_member.look_up) + length(google_billing_budget.drawdown) + length(google_billing_budget.watch) + length(google_project_iam_member.look_up) + length(google_logging_project_sink.billing_events) + length(google_monitoring_monitored_project.watched) == 0
    error_message = "something outside the own project is touched"
  }
  assert {
    condition     = length(output.for_administrators) == 9
    error_message = "what the others have to do is printed: two budgets, rights on four accounts and three projects"
  }
  assert {
    condition     = [for grant in concat(values(google_cloud_run_v2_service_iam_member.viewers), values(google_cloud_run_v2_service_iam_member.viewers_address)) : "${grant.name} ${grant.role} ${grant.member}"] == ["drawdown-status roles/run.invoker group:ops@example.com", "drawdown-status roles/run.viewer group:ops@example.com"]
    error_message = "without a domain, the viewers open the status page alone"
  }
  assert {
    condition     = length(google_project_iam_custom_role.enforce) == 0 && length(google_cloudfunctions2_function.this) == 5
    error_message = "naming projects arms nothing"
  }
}
