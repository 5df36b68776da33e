# Bootstrap of a cumulative link model of wine ratings with R's boot and ordinal, written to
# bootstrap.json: the rows drawn, the estimates of each resample and their standard errors, and the
# intervals of boot.ci (Davison and Hinkley 1997; Canty and Ripley).
#
#   Rscript make_bootstrap.R        in this folder

suppressPackageStartupMessages({
  library(boot)
  library(ordinal)
  library(jsonlite)
})

wine <- read.csv("wine.csv", stringsAsFactors = TRUE)
wine$rating <- factor(wine$rating, ordered = TRUE)
control <- clm.control(gradTol = 1e-10, maxIter = 200)

estimates <- function(data, rows) {
  fit <- clm(rating ~ temp + contact, data = data[rows, ], control = control)
  c(fit$beta, diag(vcov(fit))[names(fit$beta)])
}

set.seed(20261126)
found <- boot(wine, estimates, R = 79)
stopifnot(!anyNA(found$t))

intervals <- lapply(1:2, function(place) {
  jack <- empinf(data = wine, statistic = estimates, type = "jack", stype = "i", index = place)
  jack <- jack - mean(jack)  # as Efron and Tibshirani (1993, equation 14.15); boot centres at t0
  ci <- boot.ci(found, conf = c(0.8, 0.95), type = c("perc", "bca", "stud"), L = jack,
                index = c(place, place + 2))
  list(
    acceleration = sum(jack^3) / (6 * sum(jack^2)^1.5),
    percentile = ci$percent[, 4:5], bca = ci$bca[, 4:5], studentised = ci$student[, 4:5]
  )
})
names(intervals) <- c("temp[warm]", "contact[yes]")

answer <- list(
  made_with = list(R = R.version.string, boot = as.character(packageVersion("boot")),
                   ordinal = as.character(packageVersion("ordinal"))),
  rows = boot.array(found, indices = TRUE) - 1L,
  estimates = found$t[, 1:2],
  errors = sqrt(found$t[, 3:4]),
  levels = c(0.8, 0.95),
  intervals = intervals
)
write_json(answer, "bootstrap.json", auto_unbox = TRUE, digits = 12)
