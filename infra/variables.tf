# What must be said, and what most people change. The rarely used settings are in variables-optional.tf.

variable "project_id" {
  type        = string
  description = "Project that Drawdown runs in. One of its own is best: a spend cap on the watched project would stop the alerter too."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project id (not its name or number), such as my-finops."
  }
}

variable "operator_email" {
  type        = string
  description = "Mailbox that Google Monitoring writes to when Drawdown itself is unwell. Google sends this mail, not Drawdown."

  validation {
    condition     = can(regex("^[^@\\s,;]+@[^@\\s,;]+\\.[^@\\s,;]+$", var.operator_email))
    error_message = "operator_email must be one mail address, such as ops@example.com."
  }
}

variable "region" {
  type        = string
  description = "Region of functions, database and scheduler. us-central1, us-east1 and us-west1 have the most free quota."
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region must be a region (not a zone or multi-region), such as europe-west1."
  }
}

variable "config_path" {
  type        = string
  description = "Drawdown's configuration file (YAML or JSON). It holds no secrets. Terraform reads accounts and projects from it."
  default     = "drawdown.yaml"

  validation {
    condition     = can(yamldecode(file(var.config_path)).accounts[0].id)
    error_message = "config_path must name a readable YAML or JSON file with at least one account; check it with: npx drawdown config check FILE."
  }
}

variable "bundle_path" {
  type        = string
  description = "Zip with the functions, made by npm run build."
  default     = "../dist/drawdown.zip"

  validation {
    condition     = fileexists(var.bundle_path)
    error_message = "bundle_path names no file: run npm run build in the project's root first."
  }
}

variable "secrets" {
  type = map(object({
    secret    = string
    version   = string
    functions = optional(set(string))
  }))
  description = "Secret environment variables: name => id and version number of a Secret Manager secret in project_id, and the functions that get it, by default those that need it. Never the value."
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Z][A-Z0-9_]{0,99}$", name))])
    error_message = "secrets: each key must be the name of an environment variable, such as SMTP_URL."
  }
  validation {
    condition     = alltrue([for entry in values(var.secrets) : can(regex("^[A-Za-z0-9_-]{1,255}$", entry.secret))])
    error_message = "secrets: secret must be the id of a secret, such as drawdown-smtp-url, never its value."
  }
  validation {
    condition     = alltrue([for entry in values(var.secrets) : can(regex("^[1-9][0-9]*$", entry.version))])
    error_message = "secrets: version must be a number, such as \"1\": latest would change under a running instance."
  }
  validation {
    condition     = length(setintersection(keys(var.secrets), local.own_environment)) == 0
    error_message = "secrets: a name is taken by a setting of Drawdown's own, such as STORE."
  }
  validation {
    condition     = length(setsubtract(flatten([for entry in values(var.secrets) : coalesce(entry.functions, [])]), keys(local.functions))) == 0
    error_message = "secrets: functions must name functions, such as [\"alertDelivery\"]."
  }
}

variable "status_viewers" {
  type        = set(string)
  description = "Who may open the status page, such as group:ops@example.com."
  default     = []

  validation {
    condition     = alltrue([for member in var.status_viewers : can(regex(local.member, member))])
    error_message = "status_viewers: each must be user:, group:, domain:, serviceAccount: or principal:; the page is never public."
  }
}

variable "operators" {
  type        = set(string)
  description = "Who may enter purchases and readings with --topic, such as user:ana@example.com."
  default     = []

  validation {
    condition     = alltrue([for member in var.operators : can(regex(local.member, member))])
    error_message = "operators: each must be user:, group:, domain:, serviceAccount: or principal:, never everybody."
  }
}

variable "usage_publishers" {
  type        = set(string)
  description = "Who may send token usage: the service accounts of your callers."
  default     = []

  validation {
    condition     = alltrue([for member in var.usage_publishers : can(regex(local.member, member))])
    error_message = "usage_publishers: each must be user:, group:, domain:, serviceAccount: or principal:, never everybody."
  }
}

variable "monthly_budgets" {
  type        = map(number)
  description = "Billing account => whole amount, in its currency, that a usual month costs. Only the thresholds use it. 100 where none is given."
  default     = {}

  validation {
    condition     = alltrue([for amount in values(var.monthly_budgets) : amount >= 1 && floor(amount) == amount])
    error_message = "monthly_budgets: each must be a whole amount of at least 1."
  }
}
