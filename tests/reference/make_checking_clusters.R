# Cluster-robust errors of a binary logit by clubSandwich, stored in checking_clusters.json with the
# rows. For two levels CR0, CR1 and CR3 have one definition, and so has CR2 where the working weights
# are equal within a cluster, as with covariates of clusters ("between").
# Run in this folder: Rscript make_checking_clusters.R
suppressMessages(library(clubSandwich))
set.seed(20261126)
sizes <- c(2, 3, 4, 5, 6, 8, 9, 11, 12)
group <- rep(seq_along(sizes), sizes)
a <- round(rnorm(length(sizes))[group], 3)
b <- as.numeric(group %% 3 == 0)
x <- round(rnorm(length(group)), 3)
y <- as.numeric(a + x + rnorm(length(sizes))[group] + rlogis(length(group)) > 0.3)
rows <- data.frame(y, a, b, x, group)
one <- function(formula, joint) {
  fit <- glm(formula, binomial, rows, epsilon = 1e-14, maxit = 100)
  errors <- lapply(c(CR0 = "CR0", CR1 = "CR1", CR2 = "CR2", CR3 = "CR3"), function(type) {
    v <- vcovCR(fit, cluster = rows$group, type = type)
    tests <- coef_test(fit, vcov = v, test = "Satterthwaite")
    htz <- Wald_test(fit, constrain_zero(joint), vcov = v, test = "HTZ")
    list(se = tests$SE, df = tests$df_Satt, F = htz$Fstat, df_denom = htz$df_denom)
  })
  list(names = names(coef(fit)), coef = unname(coef(fit)), errors = errors)
}
found <- list(rows = rows, between = one(y ~ a + b, 2:3), within = one(y ~ a + x, 2:3))
jsonlite::write_json(found, "checking_clusters.json", digits = NA, auto_unbox = TRUE, pretty = TRUE,
                     dataframe = "columns")
