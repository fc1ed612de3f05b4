# The configuration file: read here, completed with the budgets made here, and mounted into every function.
# A change is a new version of a secret and a new revision, never a new bundle.

locals {
  # Who a right may be given to; everybody (allUsers, allAuthenticatedUsers) is nobody we know.
  member = "^(user|group|domain|serviceAccount|principal|principalSet):\\S+$"

  config          = yamldecode(file(var.config_path))
  accounts        = { for account in local.config.accounts : trimprefix(account.id, "billingAccounts/") => account }
  listed_projects = toset(flatten([for account in local.config.accounts : try(account.projects, [])]))

  billing_accounts = var.billing_accounts == null ? toset(keys(local.accounts)) : var.billing_accounts
  watched_projects = var.watched_projects == null ? local.listed_projects : var.watched_projects

  config_folder = "/etc/drawdown"
  config_file   = "drawdown.yaml"
  # JSON is YAML too, and a start reads it without the YAML library.
  config_text = jsonencode(merge(local.config, {
    accounts = [for account in local.config.accounts : merge(account, {
      budgets = merge(try(account.budgets, {}), local.made_budgets[trimprefix(account.id, "billingAccounts/")])
    })]
  }))

  # Names of environment variables that the configuration asks for: of channels, of links in messages, of the heartbeat.
  # A webhook's and the links' secrets may be lists, for rotation.
  channel_secrets  = toset([for setting in flatten([for channel in values(try(local.config.channels, {})) : values(channel)]) : setting if can(regex("^[A-Z][A-Z0-9_]{0,99}$", setting))])
  link_secrets     = toset(flatten([try(local.config.links.secret, [])]))
  heartbeat_secret = toset(flatten([try(local.config.heartbeat, [])]))
  named_secrets    = setunion(local.channel_secrets, local.link_secrets, local.heartbeat_secret)
}

resource "google_secret_manager_secret" "config" {
  project   = var.project_id
  secret_id = "drawdown-config"

  replication {
    auto {}
  }

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_version" "config" {
  secret      = google_secret_manager_secret.config.id
  secret_data = local.config_text

  lifecycle {
    # The running revision reads the old version until the new one is there.
    create_before_destroy = true

    precondition {
      condition     = length(local.config_text) <= 65536
      error_message = "The configuration is larger than 64 KiB, the most a secret may hold: deploy two sets of accounts in two projects."
    }
  }
}

check "secrets_of_the_configuration" {
  assert {
    condition     = length(setsubtract(local.named_secrets, keys(var.secrets))) == 0
    error_message = "The configuration names a variable that secrets does not have: ${join(", ", setsubtract(local.named_secrets, keys(var.secrets)))}. Without it the functions do not start."
  }
}
