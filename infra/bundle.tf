# From zip to running code: the bundle's bucket, the images, and the account that builds them.

resource "google_storage_bucket" "bundles" {
  project                     = var.project_id
  name                        = "${var.project_id}-drawdown-bundles"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  # Every bundle can be built again from its commit.
  force_destroy = true

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  depends_on = [google_project_service.needed]
}

# Named by its content: the same bundle is never deployed twice, another one always is.
resource "google_storage_bucket_object" "bundle" {
  bucket = google_storage_bucket.bundles.name
  name   = "drawdown-${filesha256(var.bundle_path)}.zip"
  source = var.bundle_path
}

resource "google_artifact_registry_repository" "images" {
  project       = var.project_id
  location      = var.region
  repository_id = "drawdown"
  format        = "DOCKER"
  description   = "Images that Cloud Functions builds from the bundle."

  # Images are kept by the month otherwise: two per function are enough to go back.
  cleanup_policies {
    id     = "keep-two"
    action = "KEEP"
    most_recent_versions {
      keep_count = 2
    }
  }
  cleanup_policies {
    id     = "drop-the-rest"
    action = "DELETE"
    condition {
      older_than = "604800s"
    }
  }

  depends_on = [google_project_service.needed]
}

resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "drawdown-build"
  display_name = "Drawdown: builds the functions' images"
  depends_on   = [google_project_service.needed]
}

resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = local.builder
}

resource "google_artifact_registry_repository_iam_member" "build" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = local.builder
}

# Cloud Functions copies the bundle into a bucket of its own before the build reads it; no other bucket is open to it.
resource "google_project_iam_member" "build_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = local.builder

  condition {
    title      = "drawdown bundles only"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\") || resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.bundles.name}\")"
  }
}
