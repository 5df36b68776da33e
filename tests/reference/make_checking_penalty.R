# Ridge-penalised fits by rms::lrm, stored in checking_penalty.json.
# lrm divides columns by their standard deviation with n - 1, so that its penalty 3 is 3 n / (n - 1)
# where the standard deviation has n.
# Run in this folder: Rscript make_checking_penalty.R
suppressMessages(library(rms))
wine <- read.csv("wine.csv")
wine$warm <- as.numeric(wine$temp == "warm")
wine$order <- wine$row / 10
fits <- lapply(c(0.5, 3, 20), function(penalty) {
  fit <- lrm(rating ~ warm + order, wine, penalty = penalty, tol = 1e-12, eps = 1e-13,
             maxit = 100)
  list(penalty = penalty, coef = as.list(coef(fit)), se = as.list(sqrt(diag(vcov(fit)))))
})
jsonlite::write_json(fits, "checking_penalty.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
