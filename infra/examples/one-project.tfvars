# One project: Drawdown runs beside what it watches. Copy to terraform.tfvars and change the names.

project_id     = "my-app"
operator_email = "ops@example.com"
region         = "us-central1"

# my-app has a (default) database of its own already.
database = "drawdown"

secrets = {
  SMTP_URL = { secret = "drawdown-smtp-url", version = "1" }
}

status_viewers   = ["user:ana@example.com"]
operators        = ["user:ana@example.com"]
usage_publishers = ["serviceAccount:caller@my-app.iam.gserviceaccount.com"]
