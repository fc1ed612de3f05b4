output "next_steps" {
  description = "What to do now, ready to paste."
  value       = <<-EOT
    1. Prove that it works: a message that cannot be read goes all the way, and within a minute a mail says "1 input set aside".
         gcloud pubsub topics publish billing-notifications --project=${var.project_id} --message=hello
    2. Open the status page:
         ${var.status_domain == null ? "gcloud run services proxy drawdown-status --project=${var.project_id} --region=${var.region}   then http://localhost:8080" : "point the DNS of ${var.status_domain} at ${join("", [for address in google_compute_global_address.status : address.address])}, then https://${var.status_domain}"}
    3. Google sends the first budget message within hours. After it, enter the balance you see in AI Studio:
         GOOGLE_CLOUD_PROJECT=${var.project_id} npx drawdown reading ACCOUNT 41.20 --currency USD --topic
  EOT
}

output "topics" {
  description = "Full names: budgets, anomalies and facts go to billing-notifications, callers' token counts to gemini-usage."
  value       = { for name in ["billing-notifications", "gemini-usage"] : name => local.topics[name] }
}

output "service_accounts" {
  description = "Function => its account."
  value       = local.emails
}

output "budgets" {
  description = "Billing account => ids of the budgets made here and what each is for; they are in the deployed configuration already."
  value       = { for id, budgets in local.made_budgets : id => budgets if length(budgets) > 0 }
}

output "for_administrators" {
  description = "Rights that were left to others because billing_accounts or watched_projects leave something out."
  value = concat(
    [
      for id, plan in local.left_accounts :
      "gcloud billing budgets create --billing-account=${id} --display-name='Drawdown: gross spend from prepaid credit' --budget-amount=100 --calendar-period=month --credit-types-treatment=exclude-all-credits${plan == "gemini-prepay" ? " --filter-services=${local.gemini_service}" : ""} --threshold-rule=percent=0.5 --threshold-rule=percent=0.9 --threshold-rule=percent=1.0 --notifications-rule-pubsub-topic=${local.topics["billing-notifications"]}"
    ],
    [for id in setsubtract(keys(local.accounts), local.billing_accounts) : "gcloud billing accounts add-iam-policy-binding ${id} --member=${local.members["schedule"]} --role=roles/billing.viewer"],
    [for id in setsubtract(local.listed_projects, local.watched_projects) : "gcloud projects add-iam-policy-binding ${id} --member=${local.members["schedule"]} --role=roles/browser"],
  )
}
