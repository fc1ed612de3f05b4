# A project of its own watches many accounts and projects: all that drawdown.yaml lists. Copy to terraform.tfvars.

project_id     = "my-finops"
operator_email = "finops-oncall@example.com"
region         = "europe-west1"

secrets = {
  SMTP_URL     = { secret = "drawdown-smtp-url", version = "2" }
  OPS_CHAT_URL = { secret = "drawdown-ops-chat-url", version = "1" }
}

# What a usual month costs, per billing account, in its own currency.
monthly_budgets = {
  "01D4EE-079462-DFD6EC" = 400
  "0A0A0A-0B0B0B-0C0C0C" = 1500
}

status_viewers = ["group:finops@example.com"]
status_domain  = "drawdown.example.com"
operators      = ["group:finops@example.com"]
usage_publishers = [
  "serviceAccount:caller@my-app.iam.gserviceaccount.com",
  "serviceAccount:nightly@my-batch.iam.gserviceaccount.com",
]

# Both need rights outside the projects: see infra/README.md, Rights of whoever applies.
billing_account_sink = true
asset_feed           = true
