# Times R's fits of a proportional-odds model for benchmarks/ordinal.py, which writes the data.
#
#   Rscript ordinal_peers.R FOLDER N P CALL:PEER ...
#
# Reads FOLDER/design (N x P doubles, a column at a time) and FOLDER/codes (N integers from 0), and
# writes FOLDER/fits.csv: a line for each fit with seconds, log-likelihood, estimates (coefficients,
# then thresholds) and standard errors of the coefficients. Peers whose package is not installed are
# left out, so that there may be no file. Prints the versions used.

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
n <- as.integer(arguments[2])
p <- as.integer(arguments[3])
wanted <- arguments[-(1:3)]

attach_if_installed <- function(package) {
  suppressWarnings(suppressPackageStartupMessages(require(package, character.only = TRUE)))
}
packages <- Filter(attach_if_installed, c("ordinal", "rms", "MASS"))

read_binary <- function(name, type, count) {
  readBin(file.path(folder, name), type, count)
}
names_of_columns <- paste0("x", seq_len(p) - 1L)
codes <- read_binary("codes", "integer", n)
y <- factor(codes, ordered = TRUE)
X <- matrix(read_binary("design", "double", n * p), n, p, dimnames = list(NULL, names_of_columns))
with_intercept <- cbind(`(Intercept)` = 1, X)  # which clm.fit expects
frame <- data.frame(y = y, X)
formula <- reformulate(names_of_columns, "y")

# What is timed: a fit and the covariance of all of its parameters.
with_covariance <- function(fit, ...) list(fit = fit, covariance = vcov(fit, ...))
peers <- list(
  `kernel:clm.fit` = function() {
    fit <- clm.fit(y, with_intercept)
    list(fit = fit, covariance = fit$vcov)
  },
  `kernel:lrm.fit` = function() {
    fit <- lrm.fit(X, y)
    list(fit = fit, covariance = fit$var)
  },
  `kernel:orm.fit` = function() with_covariance(orm.fit(X, y), intercepts = "all"),
  `kernel:polr` = function() with_covariance(polr(y ~ X, Hess = TRUE)),
  `formula:clm` = function() with_covariance(clm(formula, data = frame)),
  `formula:lrm` = function() with_covariance(lrm(formula, data = frame), intercepts = "all"),
  `formula:orm` = function() with_covariance(orm(formula, data = frame), intercepts = "all"),
  `formula:polr` = function() with_covariance(polr(formula, data = frame, Hess = TRUE))
)

# What is read off a fit, not timed.
answer_of <- function(loglike, converged, slopes, thresholds, variances) {
  list(loglike = loglike, converged = converged,
       params = unname(c(slopes, thresholds)), errors = unname(sqrt(variances)))
}
read_clm <- function(fit, covariance) {
  answer_of(as.numeric(fit$logLik), fit$convergence$code == 0, fit$beta, fit$alpha,
            tail(diag(covariance), p))
}
read_rms <- function(fit, covariance) {
  answer_of(-tail(fit$deviance, 1) / 2, !fit$fail, tail(fit$coefficients, p),
            -head(fit$coefficients, -p), tail(diag(covariance), p))
}
read_polr <- function(fit, covariance) {
  answer_of(-fit$deviance / 2, fit$convergence == 0, fit$coefficients, fit$zeta,
            head(diag(covariance), p))
}
readers <- list(ordinal = read_clm, rms = read_rms, MASS = read_polr)

# The same rules as in ordinal.py.
batch_seconds <- 0.2
slow_seconds <- 5
processor_seconds <- function() sum(proc.time()[c("user.self", "sys.self")])
clock <- function(call, times) {
  started <- processor_seconds()
  for (i in seq_len(times)) found <- call()
  list(seconds = (processor_seconds() - started) / times, found = found)
}
measure <- function(call) {
  once <- clock(call, 1)
  if (once$seconds > slow_seconds) return(c(once, spread = NA))
  if (once$seconds < batch_seconds) once <- clock(call, 1)
  calls <- ceiling(batch_seconds / max(once$seconds, 0.001))  # proc.time counts milliseconds
  batches <- if (once$seconds < 1) 7 else 3
  seconds <- replicate(batches, clock(call, calls)$seconds)
  spread <- diff(range(seconds)) / median(seconds)
  list(seconds = median(seconds), found = once$found, spread = spread)
}

package_of <- function(peer) {
  switch(sub("[.]fit$", "", sub(".*:", "", peer)), clm = "ordinal", polr = "MASS", "rms")
}
run <- function(peer) {
  timed <- suppressWarnings(measure(peers[[peer]]))
  answer <- do.call(readers[[package_of(peer)]], timed$found)
  stopifnot("a coefficient was dropped" = length(answer$params) == p + nlevels(y) - 1)
  data.frame(call = sub(":.*", "", peer), who = sub(".*:", "", peer), seconds = timed$seconds,
             spread = timed$spread, loglike = answer$loglike, converged = answer$converged,
             t(c(param = answer$params)), t(c(error = answer$errors)))
}
failed <- function(peer) {
  function(problem) {
    message(peer, " failed: ", conditionMessage(problem))
    none <- t(c(param = rep(NA, p + nlevels(y) - 1), error = rep(NA, p)))
    data.frame(call = sub(":.*", "", peer), who = sub(".*:", "", peer), seconds = NA, spread = NA,
               loglike = NA, converged = FALSE, none)
  }
}
installed <- Filter(function(peer) package_of(peer) %in% packages, wanted)
fits <- lapply(installed, function(peer) tryCatch(run(peer), error = failed(peer)))
if (length(fits)) {
  write.csv(do.call(rbind, fits), file.path(folder, "fits.csv"), row.names = FALSE)
}

versions <- vapply(packages, function(name) as.character(packageVersion(name)), "")
blas <- basename(extSoftVersion()[["BLAS"]])
cat(R.version.string, paste(packages, versions), paste("BLAS", blas), sep = ", ")
