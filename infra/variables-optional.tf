# Settings for special cases; the defaults suit a first deployment.

variable "watched_projects" {
  type        = set(string)
  description = "Projects to set rights, log sinks and metrics up in. null: all that the configuration lists. []: their owners do it."
  default     = null
}

variable "billing_accounts" {
  type        = set(string)
  description = "Billing accounts to make budgets and grant rights on. null: all that the configuration lists. []: an administrator does it."
  default     = null

  validation {
    condition     = var.billing_accounts == null ? true : length(setsubtract(var.billing_accounts, keys(local.accounts))) == 0
    error_message = "billing_accounts must be among the accounts of the configuration."
  }
}

variable "database" {
  type        = string
  description = "Firestore database. (default) has the free quota; take another name where the project has a (default) already."
  default     = "(default)"

  validation {
    condition     = can(regex("^(\\(default\\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$", var.database))
    error_message = "database must be (default) or 4 to 63 lower-case letters, digits and hyphens."
  }
}

variable "firestore_location" {
  type        = string
  description = "Where the database lies, for good: a region, or a multi-region such as nam5 or eur3. The region by default."
  default     = null

  validation {
    condition     = var.firestore_location == null ? true : can(regex("^([a-z]+-[a-z]+[0-9]{1,2}|nam[0-9]|eur[0-9])$", var.firestore_location))
    error_message = "firestore_location must be a region or a multi-region, such as nam5."
  }
}

variable "deletion_protection" {
  type        = bool
  description = "false lets terraform destroy remove the database, and with it the ledger."
  default     = true
}

variable "status_domain" {
  type        = string
  description = "Host name for the status page behind IAP and a load balancer (about 18 USD a month). null: private, reached by gcloud."
  default     = null

  validation {
    condition     = var.status_domain == null ? true : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.status_domain))
    error_message = "status_domain must be a host name you own, such as drawdown.example.com."
  }
}

variable "billing_account_sink" {
  type        = bool
  description = "Also hear when a billing account is closed or reopened; needs roles/logging.configWriter on the account."
  default     = false
}

variable "asset_feed" {
  type        = bool
  description = "Also hear of billing links from Cloud Asset Inventory; needs roles/cloudasset.owner on the watched projects."
  default     = false
}

variable "enforce_armed" {
  type        = bool
  description = "Makes the sixth function, which may take projects off their billing account. Leave it false unless you mean that."
  default     = false

  validation {
    condition     = !var.enforce_armed || length(var.enforce_projects) > 0
    error_message = "enforce_armed needs enforce_projects: name each project it may stop."
  }
}

variable "enforce_projects" {
  type        = set(string)
  description = "The only projects that enforce may stop."
  default     = []

  validation {
    condition     = !contains(var.enforce_projects, var.project_id)
    error_message = "enforce_projects must not name Drawdown's own project: it would stop the alerter."
  }
  validation {
    condition     = length(setsubtract(var.enforce_projects, local.listed_projects)) == 0
    error_message = "enforce_projects must be among the projects of the configuration."
  }
}
