# Score statistics of binary outcomes by statmod::glm.scoretest, and the permutation test of Potter
# (2005) on seven rows by going through all 5,040 orders of the residuals; in permutation.json.
# Run in this folder: Rscript make_permutation.R
suppressMessages(library(statmod))
wine <- read.csv("wine.csv")
wine$high <- as.numeric(wine$rating >= 3)
contact <- as.numeric(wine$contact == "yes")
strict <- list(epsilon = 1e-14, maxit = 100)
scores <- lapply(c("logit", "probit", "cloglog", "cauchit"), function(link) {
  null <- glm(high ~ temp, binomial(link), wine, control = strict)
  list(link = link, z = glm.scoretest(null, contact))
})
seven <- data.frame(y = c(0, 1, 0, 1, 1, 0, 1), x = c(0.3, 1.9, -0.4, 1.1, 0.2, -1.3, 0.8),
                    z = c(1.2, 0.4, -0.8, 1.0, -0.3, 0.1, -1.1))
orders <- function(v) {
  if (length(v) < 2) return(list(v))
  do.call(c, lapply(seq_along(v), function(i) lapply(orders(v[-i]), function(o) c(v[i], o))))
}
null <- glm(y ~ z, binomial, seven, control = strict)
residual <- residuals(lm(x ~ z, seven))
z <- sapply(orders(1:7), function(o) glm.scoretest(null, residual[o]))
observed <- glm.scoretest(null, seven$x)
p <- list(two_sided = mean(z^2 >= observed^2 - 1e-9), greater = mean(z >= observed - 1e-9))
jsonlite::write_json(list(scores = scores, seven = seven, observed = observed, p = p),
                     "permutation.json", digits = 14, auto_unbox = TRUE, pretty = TRUE)
