# The APIs Drawdown uses. They stay on when it goes: other things in the project may use them too.

locals {
  services = concat([
    "artifactregistry", "billingbudgets", "cloudbilling", "cloudbuild", "cloudfunctions", "cloudresourcemanager",
    "cloudscheduler", "firestore", "iam", "logging", "monitoring", "pubsub", "run", "secretmanager", "storage",
    ],
    var.asset_feed ? ["cloudasset"] : [],
    var.enforce_armed ? ["apikeys", "serviceusage"] : [],
    var.status_domain == null ? [] : ["compute", "iap"],
  )
}

resource "google_project_service" "needed" {
  for_each           = toset(local.services)
  project            = var.project_id
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}
