# What R's survey package says of designs: tests/test_estimates.py writes the table and reads the answers.
suppressMessages(library(survey))
table <- read.csv(file("stdin"), stringsAsFactors = FALSE)
show <- function(id, what, estimate, se, deff, df, lo, hi)
  cat(id, what, sprintf("%.15g", c(estimate, se, deff, df, lo, hi)), "\n")
for (id in unique(table$id)) {
  rows <- table[table$id == id, ]
  options(survey.lonely.psu = rows$lonely[1])
  whole <- svydesign(id = ~1, strata = ~cell, fpc = ~N, data = rows)
  inside <- subset(whole, inside == 1)
  df <- degf(inside)
  for (name in c("mean", "total")) {
    found <- (if (name == "mean") svymean else svytotal)(~amount, inside, deff = TRUE)
    ci <- confint(found, df = df)
    show(id, name, coef(found), SE(found), deff(found), df, ci[1], ci[2])
  }
  found <- svyratio(~amount, ~words, inside)
  ci <- confint(found, df = df)
  show(id, "ratio", coef(found), SE(found), NA, df, ci[1], ci[2])
  for (method in c("beta", "xlogit")) {
    found <- svyciprop(~bad, inside, method = method)
    ci <- attr(found, "ci")
    show(id, method, coef(found), sqrt(attr(found, "var")), NA, df, ci[1], ci[2])
  }
}
