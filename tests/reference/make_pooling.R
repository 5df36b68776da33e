# Pooled estimates and tests of cumulative link models over five imputations of simulated rows.
# RLIB: folder with mice and mitml, as installed or unpacked (Debian's r-cran-mice, r-cran-mitml).
# Their functions are taken from there without what the packages depend on.
suppressMessages({library(ordinal); library(jsonlite)})
options(digits = 15)
of <- function(package) {
  found <- new.env()
  lazyLoad(file.path(Sys.getenv("RLIB"), package, "R", package), envir = found)
  for (name in ls(found, all.names = TRUE)) {
    if (is.function(found[[name]])) environment(found[[name]]) <- found
  }
  found
}
mice <- of("mice"); mitml <- of("mitml")

set.seed(20270107); n <- 90; m <- 5
d <- data.frame(x = round(rnorm(n), 3), g = factor(sample(c("a", "b", "c"), n, TRUE)))
d$y <- factor(1 + rowSums(outer(d$x + 0.5 * (d$g == "b") + rlogis(n), c(-1, 0.5, 2), ">")))
gone <- runif(n) < plogis(as.integer(d$y) - 3); d$x[gone] <- NA
one <- function(i) {
  full <- d; r <- lm(x ~ y + g, d, subset = !gone)
  full$x[gone] <- round(predict(r, d[gone, ]) + rnorm(sum(gone), sd = sigma(r)), 3)
  cbind(imputation = i, full)
}
long <- do.call(rbind, lapply(1:m, one)); rownames(long) <- NULL
write.csv(long, "pooling.csv", row.names = FALSE)
long <- read.csv("pooling.csv", stringsAsFactors = TRUE); long$y <- factor(long$y, ordered = TRUE)

control <- clm.control(gradTol = 1e-12, maxIter = 200)
model <- function(formula, data) clm(formula, data = data, control = control)
each <- function(formula) lapply(1:m, function(i) model(formula, long[long$imputation == i, ]))
large <- each(y ~ x + g); Q <- sapply(large, coef); U <- simplify2array(lapply(large, vcov))
k <- nrow(Q)
parts <- c("qbar", "ubar", "b", "t", "r", "df", "fmi")
scalar <- function(i, ...) unclass(mice$pool.scalar(Q[i, ], U[i, i, ], ...))[parts]
ref <- list(rows = n, imputations = m, names = rownames(Q))
ref$scalar <- lapply(seq_len(k), scalar, n = n, k = k)
ref$scalar_infinite <- lapply(seq_len(k), scalar, n = Inf, k = k)
d1 <- function(names, df) {
  i <- match(names, rownames(Q))
  lapply(mitml$.D1(Q[i, , drop = FALSE], U[i, i, , drop = FALSE], df), as.numeric)
}
terms <- list(g = c("gb", "gc"), all = c("x", "gb", "gc"))
ref$wald <- lapply(terms, d1, df = n - k)
ref$wald_infinite <- lapply(terms, d1, df = NULL)
ll <- function(fits) sapply(fits, function(f) as.numeric(logLik(f)))
# D4 of mitml's testModels with ariv = "positive"; it does not know clm, so its lines are here.
d4 <- function(formula) {
  k <- nrow(Q) - length(coef(model(formula, long)))
  stacked <- function(f) as.numeric(logLik(model(f, long))) / m
  dbar <- mean(2 * (ll(large) - ll(each(formula))))
  dhat <- 2 * (stacked(y ~ x + g) - stacked(formula))
  r <- max(0, (m + 1) / (k * (m - 1)) * (dbar - dhat))
  list(F = dhat / (k * (1 + r)), k = k, v = k * (m - 1) * (1 + 1 / r)^2, r = r)
}
ref$likelihood_ratio <- list(g = d4(y ~ x), x = d4(y ~ g))
ref$versions <- list(R = R.version.string, ordinal = as.character(packageVersion("ordinal")),
  mice = "3.15.0", mitml = "0.4-4")
write_json(ref, "pooling.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
