# The status page is never public. By default it is private and costs nothing: people with the right open it by
# `gcloud run services proxy`. With status_domain it stands behind IAP (status-iap.tf).

resource "google_cloud_run_v2_service_iam_member" "viewers" {
  for_each = var.status_domain == null ? var.status_viewers : toset([])
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this["status"].name
  role     = "roles/run.invoker"
  member   = each.key
}

# The proxy asks for the service's address first (run.services.get), which the right to call it leaves out:
# https://docs.cloud.google.com/run/docs/reference/iam/roles
resource "google_cloud_run_v2_service_iam_member" "viewers_address" {
  for_each = var.status_domain == null ? var.status_viewers : toset([])
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this["status"].name
  role     = "roles/run.viewer"
  member   = each.key
}
