# Secrets are made by people with gcloud; Terraform knows ids and version numbers, and who may read them.

locals {
  # Which functions ask for a secret as they start, by what the configuration uses it for (functions/index.ts): those that
  # send need the channels' secrets, all but alertDelivery write links or take answers, schedule alone beats.
  secret_functions = {
    for name, entry in var.secrets : name => entry.functions != null ? entry.functions : setunion(
      contains(local.channel_secrets, name) || !contains(local.named_secrets, name) ? ["schedule", "alertDelivery"] : [],
      contains(local.link_secrets, name) ? setsubtract(keys(local.functions), ["alertDelivery"]) : [],
      contains(local.heartbeat_secret, name) ? ["schedule"] : [],
    )
  }

  secret_readers = merge([
    for name, entry in var.secrets : {
      for function in local.secret_functions[name] : "${name}/${function}" => { secret = entry.secret, function = function }
    }
  ]...)
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = local.secret_readers
  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = local.members[each.value.function]
}

resource "google_secret_manager_secret_iam_member" "config" {
  for_each  = local.functions
  project   = var.project_id
  secret_id = google_secret_manager_secret.config.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.members[each.key]
}
