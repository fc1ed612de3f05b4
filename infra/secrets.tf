# Secrets are made by people with gcloud; Terraform knows ids and version numbers, and who may read them.

locals {
  secret_readers = merge([
    for name, entry in var.secrets : {
      for function in entry.functions : "${name}/${function}" => { secret = entry.secret, function = function }
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
