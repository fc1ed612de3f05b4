# The status page for browsers: HTTPS load balancer, then IAP, then the function. Only where status_domain is given.
# A function's own Cloud Run service cannot be given IAP by the stable provider, and its deployments would undo it.

locals {
  iap = var.status_domain == null ? toset([]) : toset([var.status_domain])
}

resource "google_compute_region_network_endpoint_group" "status" {
  for_each              = local.iap
  project               = var.project_id
  region                = var.region
  name                  = "drawdown-status"
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloudfunctions2_function.this["status"].name
  }
}

resource "google_compute_backend_service" "status" {
  for_each              = local.iap
  project               = var.project_id
  name                  = "drawdown-status"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  backend {
    group = google_compute_region_network_endpoint_group.status[each.key].id
  }

  # Google's own OAuth client, which lets in people of this organization alone. One of your own, set by hand, stays:
  # https://docs.cloud.google.com/iap/docs/enabling-cloud-run
  iap {
    enabled = true
  }
}

resource "google_compute_url_map" "status" {
  for_each        = local.iap
  project         = var.project_id
  name            = "drawdown-status"
  default_service = google_compute_backend_service.status[each.key].id
}

resource "google_compute_managed_ssl_certificate" "status" {
  for_each = local.iap
  project  = var.project_id
  name     = "drawdown-status"

  managed {
    domains = [each.key]
  }

  depends_on = [google_project_service.needed]
}

resource "google_compute_target_https_proxy" "status" {
  for_each         = local.iap
  project          = var.project_id
  name             = "drawdown-status"
  url_map          = google_compute_url_map.status[each.key].id
  ssl_certificates = [google_compute_managed_ssl_certificate.status[each.key].id]
}

resource "google_compute_global_address" "status" {
  for_each   = local.iap
  project    = var.project_id
  name       = "drawdown-status"
  depends_on = [google_project_service.needed]
}

resource "google_compute_global_forwarding_rule" "status" {
  for_each              = local.iap
  project               = var.project_id
  name                  = "drawdown-status"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  ip_address            = google_compute_global_address.status[each.key].address
  target                = google_compute_target_https_proxy.status[each.key].id
}

resource "google_iap_web_backend_service_iam_member" "viewers" {
  for_each            = var.status_domain == null ? toset([]) : var.status_viewers
  project             = var.project_id
  web_backend_service = google_compute_backend_service.status[var.status_domain].name
  role                = "roles/iap.httpsResourceAccessor"
  member              = each.key
}

# IAP alone may call the function: nobody goes around the sign-in.
resource "google_cloud_run_v2_service_iam_member" "iap" {
  for_each = local.iap
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this["status"].name
  role     = "roles/run.invoker"
  member   = local.agents.iap
}
