# Two budgets per billing account: one measures what the credit pays for, one watches what is really charged.

locals {
  gemini_service = "services/AEFD-7695-64FA"
  # Credit of today's Prepay plan pays for the Gemini API alone, older credit for every service (null).
  drawdown_services = { cloud-credit = null, gemini-prepay = [local.gemini_service] }

  # Prepaid accounts and their plans. Several drawdown budgets add up: an account that lists its own gets no second one.
  prepaid = {
    for id, account in local.accounts : id => try(account.plan, "gemini-prepay")
    if contains(keys(local.drawdown_services), try(account.plan, "gemini-prepay")) && !contains(values(try(account.budgets, {})), "drawdown")
  }
  drawdown_accounts = { for id, plan in local.prepaid : id => plan if contains(local.billing_accounts, id) }
  # The output for_administrators says how their budget is made.
  left_accounts = { for id, plan in local.prepaid : id => plan if !contains(local.billing_accounts, id) }

  # The id is the last part of the budget's name.
  made_budgets = {
    for id in keys(local.accounts) : id => merge(
      contains(keys(local.drawdown_accounts), id) ? { (basename(google_billing_budget.drawdown[id].name)) = "drawdown" } : {},
      contains(local.billing_accounts, id) ? { (basename(google_billing_budget.watch[id].name)) = "watch" } : {},
    )
  }
}

# Gross: net of credits, promotional credit that burns down would read as no spend at all.
resource "google_billing_budget" "drawdown" {
  for_each        = local.drawdown_accounts
  billing_account = each.key
  display_name    = "Drawdown: gross spend from prepaid credit"

  budget_filter {
    calendar_period        = "MONTH"
    credit_types_treatment = "EXCLUDE_ALL_CREDITS"
    services               = local.drawdown_services[each.value]
  }

  amount {
    specified_amount {
      units = tostring(lookup(var.monthly_budgets, each.key, 100))
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
      spend_basis       = "CURRENT_SPEND"
    }
  }

  # Google fills the thresholds of a message only where somebody is to get mail too.
  all_updates_rule {
    pubsub_topic                     = local.topics["billing-notifications"]
    schema_version                   = "1.0"
    monitoring_notification_channels = [google_monitoring_notification_channel.operator.name]
    disable_default_iam_recipients   = true
  }

  # Google answers 400 without a reason where the topic does not let its account in.
  depends_on = [google_pubsub_topic_iam_member.budgets]
}

# Net, all services: what reaches the payment method.
resource "google_billing_budget" "watch" {
  for_each        = local.billing_accounts
  billing_account = each.key
  display_name    = "Drawdown: net spend, all services"

  budget_filter {
    calendar_period        = "MONTH"
    credit_types_treatment = "INCLUDE_ALL_CREDITS"
  }

  amount {
    specified_amount {
      units = tostring(lookup(var.monthly_budgets, each.key, 100))
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
      spend_basis       = "CURRENT_SPEND"
    }
  }
  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    pubsub_topic                     = local.topics["billing-notifications"]
    schema_version                   = "1.0"
    monitoring_notification_channels = [google_monitoring_notification_channel.operator.name]
    disable_default_iam_recipients   = true
  }

  depends_on = [google_pubsub_topic_iam_member.budgets]
}

check "drawdown_budgets" {
  assert {
    condition     = length(local.left_accounts) == 0
    error_message = "No drawdown budget measures the credit of ${join(", ", keys(local.left_accounts))}: make one as the output for_administrators says, and list its id as drawdown in the configuration."
  }
}
