terraform {
  # Checks between variables need 1.9, the tests' mocks 1.7.
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }

  # One state for the team: terraform init -backend-config=bucket=NAME
  backend "gcs" {
    prefix = "drawdown"
  }
}

provider "google" {
  project = var.project_id
  region  = var.region

  # A budget belongs to no project. With a person's own credentials the Budget API refuses a call that names none.
  user_project_override = true
  billing_project       = var.project_id

  default_labels = { app = "drawdown" }
}

data "google_project" "own" {
  project_id = var.project_id
}
