# Random effects: R's ordinal::clmm and clmm2, stored in mixed.json; data in mixed.csv.
# Run: Rscript make_mixed.R
suppressMessages({library(ordinal); library(jsonlite)})
options(digits = 17)
set.seed(20261126)

# 240 rows: 24 groups of unequal size, crossed with 8 raters, rows nested in 48 sites of groups.
sizes <- rep(c(4, 6, 8, 10, 12, 20), 4)
g <- rep(seq_along(sizes), sizes)
n <- length(g)
d <- data.frame(g = g, rater = sample(1:8, n, TRUE), site = (seq_len(n) %% 2) + 1,
                x = round(rnorm(n), 3), z = round(runif(n), 3), o = round(rnorm(n, 0, 0.5), 3),
                w = sample(1:3, n, TRUE))
eta <- 0.8 * d$x - 0.5 * d$z + rnorm(24, 0, 1)[d$g] + rnorm(24, 0, 0.7)[d$g] * d$x +
  rnorm(8, 0, 0.8)[d$rater] + rnorm(48, 0, 0.6)[(d$g - 1) * 2 + d$site]
d$y <- findInterval(eta + rlogis(n), c(-1, 0.5, 2)) + 1
write.csv(d, "mixed.csv", row.names = FALSE)
d$y <- factor(d$y, ordered = TRUE); d$g <- factor(d$g); d$rater <- factor(d$rater)
d$gs <- factor(paste(d$g, d$site, sep = ":"))

tight <- clmm.control(grtol = 1e-8, gradTol = 1e-9, maxIter = 500, maxLineIter = 500)
record <- function(m, ranef = FALSE) {
  v <- VarCorr(m)
  out <- list(names = names(c(m$beta, m$alpha)), estimate = unname(c(m$beta, m$alpha)),
              sd = unname(unlist(lapply(v, function(s) attr(s, "stddev")))),
              sd_names = names(v), logLik = as.numeric(logLik(m)), max_gradient = max(abs(m$gradient)))
  out$se <- tryCatch({
    V <- vcov(m); unname(sqrt(diag(V)))[match(out$names, rownames(V))]
  }, error = function(e) NULL)
  if (nrow(v[[1]]) > 1) out$corr <- unname(attr(v[[1]], "correlation")[1, 2])
  if (ranef) {
    out$ranef <- unname(unlist(ranef(m)[[1]]))
    out$condvar <- unname(unlist(condVar(m)[[1]]))
  }
  out
}
# Modes found to 1e-9 give the log-likelihood; but their noise spoils R's numerical Hessian, so
# that standard errors are of a second fit with modes found to 1e-4, its default.
loose <- clmm.control(grtol = 1e-8, maxIter = 500, maxLineIter = 500)
twice <- function(formula, ..., keep = FALSE) {
  a <- try(clmm(formula, ..., Hess = FALSE, control = tight), silent = TRUE)
  b <- try(clmm(formula, ..., Hess = TRUE, control = loose), silent = TRUE)
  if (inherits(a, "try-error") || inherits(b, "try-error")) return(NULL)
  r <- record(a, keep); r$se <- record(b)$se; r
}
record2 <- function(m) list(names = names(m$coefficients), estimate = unname(m$coefficients),
                            sd = unname(m$stDev), logLik = as.numeric(m$logLik))
out <- list()
data(wine, package = "ordinal")
for (link in c("logit", "probit", "cloglog", "loglog", "cauchit")) {
  for (q in c(1, 10)) {
    key <- paste(link, q, sep = "_")
    out[[paste0("wine_", key)]] <- twice(rating ~ temp + contact + (1 | judge), data = wine, link = link,
                                         nAGQ = q, keep = link == "logit")
    out[[paste0("sim_", key)]] <- twice(y ~ x + z + (1 | g), data = d, link = link, nAGQ = q)
  }
}
for (threshold in c("symmetric", "symmetric2", "equidistant"))
  out[[paste("wine", threshold, sep = "_")]] <-
    twice(rating ~ temp + contact + (1 | judge), data = wine, threshold = threshold, nAGQ = 10)
out$sim_weights <- record(clmm(y ~ x + z + (1 | g), data = d, weights = w, nAGQ = 10, Hess = TRUE, control = loose))
out$sim_crossed <- twice(y ~ x + z + (1 | g) + (1 | rater), data = d)
out$sim_nested <- twice(y ~ x + z + (1 | g) + (1 | gs), data = d)
out$sim_three <- twice(y ~ x + z + (1 | g) + (1 | gs) + (1 | rater), data = d)
out$sim_slope <- twice(y ~ x + z + (1 + x | g), data = d)
out$sim_slope_alone <- twice(y ~ x + z + (0 + x | g), data = d)

for (q in c(1, 10)) for (data in c("wine", "sim")) {
  key <- function(what) paste("clmm2", data, what, q, sep = "_")
  rows <- if (data == "wine") wine else d
  groups <- as.name(if (data == "wine") "judge" else "g")
  two <- if (data == "wine") rating ~ temp + contact else y ~ x + z
  one <- if (data == "wine") rating ~ temp else y ~ x
  fit <- function(formula, ...)
    do.call(clmm2, c(list(formula, random = groups, data = rows, nAGQ = q, Hess = FALSE), list(...)))
  f <- function(...) fit(two, ...)
  h <- function(...) fit(one, ...)
  nominal <- if (data == "wine") ~ contact else ~ z
  scale <- if (data == "wine") ~ temp else ~ x
  other <- if (data == "wine") ~ contact else ~ z
  out[[key("plain")]] <- record2(f())
  out[[key("scale")]] <- record2(f(scale = scale))
  out[[key("scale_other")]] <- record2(f(scale = other))
  out[[key("nominal")]] <- record2(h(nominal = nominal))
  out[[key("both")]] <- record2(h(nominal = nominal, scale = scale))
}
m <- clmm2(rating ~ temp + contact, random = judge, data = wine, nAGQ = 10, Hess = TRUE)
p <- profile(m, range = c(0.2, 4), nSteps = 60)
out$clmm2_profile_sd <- unname(confint(p, level = 0.95))
write_json(out, "mixed.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
