# Reference values for polychoric correlations, kappa and measures of rank association, with polycor, psych and vcd.
# Run: cd tests/reference && Rscript polycor.R   (needs housing.csv; one to four minutes)
suppressMessages({library(polycor); library(mvtnorm); library(psych); library(vcd); library(jsonlite)})
options(digits = 17)
out <- list(meta = list(R = R.version.string, polycor = as.character(packageVersion("polycor")), mvtnorm = as.character(packageVersion("mvtnorm")),
  psych = as.character(packageVersion("psych")), vcd = as.character(packageVersion("vcd"))))

# Tables of counts: published ones, and simulated ones.
housing <- read.csv("housing.csv"); sat <- c("Low", "Medium", "High")
set.seed(20250611)
simulate <- function(n, rho, a, b) { x <- rnorm(n); y <- rho * x + sqrt(1 - rho^2) * rnorm(n); unclass(table(cut(x, c(-Inf, a, Inf)), cut(y, c(-Inf, b, Inf)))) }
tables <- list(
  housing = unclass(xtabs(Freq ~ factor(Sat, sat) + factor(Infl, sat), housing)),
  drasgow = matrix(c(13, 69, 41, 6, 113, 132, 0, 22, 104), 3, byrow = TRUE),  # the example of Drasgow (1988), Encyclopedia of Statistical Sciences 7
  tetrachoric = matrix(c(19, 8, 5, 24), 2),
  sim_even = simulate(130, 0.5, c(-0.7, 0, 0.7), c(-0.4, 0.4)),
  sim_sparse = simulate(60, 0.8, c(-1.3, 0.4, 1.6), c(0.3, 1.6)),
  sim_negative = simulate(400, -0.6, c(-1, -0.2, 0.5, 1.4), c(-0.5, 0.9)))

# Maximum likelihood from polycor's own start and likelihood, climbed to the end; Hessian by Richardson differences
value <- function(tab) function(p) { r <- nrow(tab); c <- ncol(tab); a <- p[2:r]; b <- p[(r + 1):(r + c - 1)]
  if (abs(p[1]) >= 1 || any(diff(a) <= 0) || any(diff(b) <= 0)) return(1e10)
  P <- polycor:::binBvn(p[1], a, b); -sum(ifelse(tab > 0, tab * log(P), 0)) }
# The package's Nelder-Mead stops at about four digits: repeat Newton steps with central differences of 1e-4 (error 1e-8) from there.
slope <- function(f, p, h = 1e-4) sapply(seq_along(p), function(i) { e <- replace(p * 0, i, h); (8 * (f(p + e) - f(p - e)) - (f(p + 2 * e) - f(p - 2 * e))) / (12 * h) })
bend <- function(f, p, h = 2e-3) { m <- sapply(seq_along(p), function(i) { e <- replace(p * 0, i, h); (8 * (slope(f, p + e, h) - slope(f, p - e, h)) - (slope(f, p + 2 * e, h) - slope(f, p - 2 * e, h))) / (12 * h) }); (m + t(m)) / 2 }
climb <- function(f, p) { for (i in 1:8) { H <- bend(f, p); s <- solve(H, slope(f, p)); p <- p - s; if (max(abs(s)) < 1e-10) break }; list(par = p, value = f(p), hessian = bend(f, p), step = max(abs(s))) }
profiled <- function(f, best, goal, side) { g <- function(rho) { o <- best$par[-1]; h <- function(q) f(c(rho, q)); for (i in 1:12) { s <- solve(bend(h, o), slope(h, o)); o <- o - s; if (max(abs(s)) < 1e-9) break }; 2 * (h(o) - best$value) - goal }
  z <- atanh(best$par[1]); se <- sqrt(solve(best$hessian)[1, 1]) / (1 - best$par[1]^2); ends <- sort(z + side * c(1.2, 3) * se); tanh(uniroot(function(t) g(tanh(t)), ends, extendInt = "yes", tol = 1e-9)$root) }
one <- function(tab, profile) { f <- value(tab); r <- nrow(tab); c <- ncol(tab)
  p <- suppressWarnings(polychor(tab, ML = TRUE, std.err = TRUE)); two <- suppressWarnings(polychor(tab, ML = FALSE, std.err = TRUE))
  k <- climb(f, c(p$rho, p$row.cuts, p$col.cuts)); null <- sum(tab * log(outer(rowSums(tab), colSums(tab)) / sum(tab)^2))
  twostep <- optimize(function(rho) f(c(rho, two$row.cuts, two$col.cuts)), c(-0.9999, 0.9999), tol = 1e-12)
  res <- list(table = tab, package = list(rho = p$rho, rows = p$row.cuts, columns = p$col.cuts, se = sqrt(diag(p$var)), chisq = p$chisq, df = p$df),
    ml = list(params = k$par, se = sqrt(diag(solve(k$hessian))), loglik = -k$value, step = k$step, lr = 2 * (-k$value - null)),
    twostep = list(package = two$rho, rho = twostep$minimum, rows = two$row.cuts, columns = two$col.cuts))
  if (profile) res$profile95 <- c(profiled(f, k, qchisq(0.95, 1), -1), profiled(f, k, qchisq(0.95, 1), 1))
  res }
out$pairs <- lapply(names(tables), function(n) one(unname(tables[[n]]), n %in% c("drasgow", "tetrachoric", "sim_even"))); names(out$pairs) <- names(tables)

# A table with interval outcomes: rectangles of levels with counts, by mvtnorm
rect <- data.frame(a = c(1,1,1,2,2,2,3,3,3,1,2,1), b = c(1,1,1,2,2,2,3,3,3,2,3,3), c = c(1,2,3,1,2,3,1,2,3,1,2,1), d = c(1,2,3,1,2,3,1,2,3,2,2,2), n = c(14,5,2,6,17,7,1,6,15,5,7,3))
f <- function(p) { a <- c(-Inf, p[2:3], Inf); b <- c(-Inf, p[4:5], Inf); if (abs(p[1]) >= 1 || diff(p[2:3]) <= 0 || diff(p[4:5]) <= 0) return(1e10)
  R <- matrix(c(1, p[1], p[1], 1), 2); P <- sapply(seq_len(nrow(rect)), function(i) pmvnorm(c(a[rect$a[i]], b[rect$c[i]]), c(a[rect$b[i] + 1], b[rect$d[i] + 1]), corr = R)); -sum(rect$n * log(P)) }
k <- climb(f, optim(c(0.5, -0.5, 0.5, -0.5, 0.5), f)$par)
out$interval <- list(rectangles = rect, params = k$par, se = sqrt(diag(solve(k$hessian))), loglik = -k$value, step = k$step)

# Kappa: the table of Fleiss, Cohen and Everitt (1969) in percent, and a simulated one; variances of psych 2.2.9 depend on the unit of the weights and are not read
agree <- list(fce = matrix(c(53, 5, 2, 11, 14, 5, 1, 6, 3), 3, byrow = TRUE), sim = unname(simulate(45, 0.75, c(-0.7, 0, 0.7), c(-0.5, 0.1, 0.8))))
kappas <- function(tab) { v <- function(w) { k <- vcd::Kappa(tab, weights = w); list(kappa = unname(k$Weighted["value"]), se = unname(k$Weighted["ASE"]), unweighted = unname(k$Unweighted["value"]), unweighted_se = unname(k$Unweighted["ASE"])) }
  d <- abs(outer(seq_len(nrow(tab)), seq_len(nrow(tab)), "-")); list(table = tab, linear = v("Equal-Spacing"), quadratic = v("Fleiss-Cohen"), psych_linear = { k <- psych::cohen.kappa(tab, w = d); list(kappa = k$weighted.kappa, var = k$var.weighted) },
    psych_quadratic = { k <- psych::cohen.kappa(tab, w = d^2); list(kappa = k$weighted.kappa, var = k$var.weighted) }) }
out$kappa <- lapply(agree, kappas)

# Measures of rank association and residuals of the first tables
ranks <- function(tab) { x <- rep(row(tab), tab); y <- rep(col(tab), tab); ct <- suppressWarnings(chisq.test(tab, correct = FALSE))
  C <- 0; D <- 0; for (i in seq_len(nrow(tab))) for (j in seq_len(ncol(tab))) { C <- C + tab[i, j] * sum(tab[row(tab) > i & col(tab) > j]); D <- D + tab[i, j] * sum(tab[row(tab) > i & col(tab) < j]) }
n <- sum(tab); untied <- function(m) (n^2 - sum(m^2)) / 2
  list(gamma = (C - D) / (C + D), tau_b = cor(x, y, method = "kendall"), somers = (C - D) / untied(rowSums(tab)), chisq = unname(ct$statistic), expected = ct$expected, pearson = ct$residuals, adjusted = ct$stdres, mantel = (sum(tab) - 1) * cor(x, y)^2) }
out$ranks <- lapply(tables[c("housing", "drasgow", "sim_sparse")], function(t) ranks(unname(t)))
write_json(out, "polycor.json", digits = NA, auto_unbox = TRUE, na = "null")
