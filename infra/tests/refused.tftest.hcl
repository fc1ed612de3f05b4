# Wrong values are refused before anything is made.

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

run "other_things_than_names" {
  command = plan
  variables {
    project_id         = "123456789012"
    region             = "us-central1-a"
    operator_email     = "a@example.com, b@example.com"
    database           = "My_Ledger"
    firestore_location = "europe"
    status_domain      = "https://drawdown.example.com"
    monthly_budgets    = { "01D4EE-079462-DFD6EC" = 0.5 }
    billing_accounts   = ["AAAAAA-BBBBBB-CCCCCC"]
    bundle_path        = "../dist/nowhere.zip"
  }
  expect_failures = [
    var.project_id, var.region, var.operator_email, var.database, var.firestore_location, var.status_domain,
    var.monthly_budgets, var.billing_accounts, var.bundle_path,
  ]
}

run "everybody_and_a_multi_region" {
  command = plan
  variables {
    project_id       = "My FinOps"
    region           = "us"
    status_viewers   = ["allUsers"]
    operators        = ["allAuthenticatedUsers"]
    usage_publishers = ["allUsers"]
  }
  expect_failures = [var.project_id, var.region, var.status_viewers, var.operators, var.usage_publishers]
}

run "the_value_of_a_secret" {
  command = plan
  variables {
    secrets = { SMTP_URL = { secret = "smtps://user:password@mail.example.com", version = "1" } }
  }
  expect_failures = [var.secrets]
}

run "a_version_that_changes_under_a_running_instance" {
  command = plan
  variables {
    secrets = { SMTP_URL = { secret = "drawdown-smtp-url", version = "latest" } }
  }
  expect_failures = [var.secrets]
}

run "a_secret_under_a_name_of_our_own" {
  command = plan
  variables {
    secrets = { STORE = { secret = "drawdown-store", version = "1" } }
  }
  expect_failures = [var.secrets]
}

run "a_secret_for_no_function" {
  command = plan
  variables {
    secrets = { SMTP_URL = { secret = "drawdown-smtp-url", version = "1", functions = ["mailer"] } }
  }
  expect_failures = [var.secrets]
}

run "something_else_than_a_configuration" {
  command = plan
  variables {
    config_path = "tests/bundle.txt"
  }
  expect_failures = [var.config_path]
}

run "stopping_the_alerter" {
  command = plan
  variables {
    project_id       = "my-app"
    enforce_projects = ["my-app"]
  }
  expect_failures = [var.enforce_projects]
}

run "stopping_what_is_not_watched" {
  command = plan
  variables {
    enforce_projects = ["some-other-app"]
  }
  expect_failures = [var.enforce_projects]
}

run "arming_without_naming_projects" {
  command = plan
  variables {
    enforce_armed = true
  }
  expect_failures = [var.enforce_armed]
}
