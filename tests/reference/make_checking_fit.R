# Reference values for discrimination, validation, calibration and tests of fit, with rms, Hmisc and ordinal.
# Run: cd tests/reference && Rscript make_checking_fit.R   (needs gof.csv, wine.csv and housing.csv; a few seconds)
suppressMessages({library(rms); library(ordinal); library(Hmisc); library(jsonlite); library(MASS)})
options(digits = 17)
d <- read.csv("gof.csv"); d$g <- factor(d$g); d$s <- factor(d$s); d$y4 <- factor(d$y); d$y2 <- factor(d$y > 2); n <- nrow(d)
tight <- function(x, y) lrm.fit(x, y, eps = 1e-14, maxit = 200, tol = 1e-13)
X <- model.matrix(~ x + g + s, d)[, -1]
exact <- function(x, y) { r <- rcorr.cens(x, y); c(C = unname(r["C Index"]), Dxy = unname(r["Dxy"]), pairs = unname(r["Relevant Pairs"])) }
f <- tight(X, d$y); lp <- as.vector(X %*% f$coefficients[-(1:3)])
out <- list(meta = list(R = R.version.string, rms = as.character(packageVersion("rms")), Hmisc = as.character(packageVersion("Hmisc")), ordinal = as.character(packageVersion("ordinal"))))

# Discrimination, overall and by threshold
out$accuracy <- list(stats = as.list(f$stats[c("C", "Dxy", "R2", "Brier")]), rcorr = as.list(exact(lp, d$y)),
  threshold = lapply(1:3, function(j) as.list(exact(lp, as.numeric(d$y > j)))))
P <- predict(clm(y4 ~ x + g + s, data = d, gradTol = 1e-12), newdata = d[c("x", "g", "s")], type = "prob")$fit
O <- outer(d$y, 1:4, "=="); cp <- t(apply(P, 1, cumsum))[, 1:3]; co <- outer(d$y, 1:3, "<=")
out$accuracy$brier_level <- colMeans((P - O)^2); out$accuracy$brier_threshold <- colMeans((cp - co)^2)

# Weights: housing, one row a cell against one row a tenant
h <- read.csv("housing.csv"); h$Sat <- factor(h$Sat, c("Low", "Medium", "High")); h$Infl <- factor(h$Infl, c("Low", "Medium", "High"))
h$Type <- factor(h$Type, c("Tower", "Apartment", "Atrium", "Terrace")); h$Cont <- factor(h$Cont, c("Low", "High"))
t1 <- h[rep(seq_len(nrow(h)), h$Freq), ]; XH <- model.matrix(~ Infl + Type + Cont, t1)[, -1]; fh <- tight(XH, as.integer(t1$Sat))
lph <- as.vector(XH %*% fh$coefficients[-(1:2)]); out$housing <- list(stats = as.list(fh$stats[c("R2", "Brier")]), rcorr = as.list(exact(lph, as.integer(t1$Sat))))

# Validation: the definitions of rms:::validate.lrm on given resamples, fitted to a tight tolerance
index <- function(lpk, y, kint, ns) {  # lpk: linear predictor at the middle intercept
  r <- tight(lpk, y); e <- exact(lpk, y)
  c(dxy = unname(e["Dxy"]), c = unname(e["C"]), r2 = unname(r$stats["R2"]), intercept = unname(r$coefficients[kint]), slope = unname(r$coefficients[ns + 1]),
    brier_middle = mean(((y > kint) - plogis(lpk))^2))
}
own <- function(X, y, train, test) {
  ns <- length(unique(y)) - 1; kint <- floor((ns + 1) / 2); g <- tight(X[train, ], y[train]); b <- g$coefficients
  lpk <- as.vector(X %*% b[-(1:ns)]) + b[kint]; rbind(train = index(lpk[train], y[train], kint, ns), test = index(lpk[test], y[test], kint, ns))
}
B <- 12; set.seed(71); train <- lapply(1:B, function(i) sample(n, replace = TRUE)); r <- lapply(train, function(t) own(X, d$y, t, 1:n))
out$validate <- list(train = train, apparent = as.list(own(X, d$y, 1:n, 1:n)["test", ]), training = lapply(r, function(m) as.list(m["train", ])), test = lapply(r, function(m) as.list(m["test", ])))
set.seed(71); dd <- datadist(d); options(datadist = "dd"); fl <- lrm(y ~ x + g + s, data = d, x = TRUE, y = TRUE, eps = 1e-14, maxit = 200)
v <- rms::validate(fl, B = B); out$validate$rms <- list(rows = rownames(v), columns = colnames(v), table = unclass(v)[, ])

# Calibration on the same resamples, one intercept after the other
out$calibrate <- lapply(1:3, function(k) { set.seed(71); ca <- rms::calibrate(fl, B = B, kint = k); at <- attributes(ca); s <- !is.na(ca[, "predy"] + ca[, "calibrated.corrected"])
  err <- at$predicted - approx(ca[s, "predy"], ca[s, "calibrated.corrected"], xout = at$predicted, ties = mean)$y
  list(predicted = ca[, "predy"], apparent = ca[, "calibrated.orig"], corrected = ca[, "calibrated.corrected"], n = ca[, "n"],
    mean = mean(abs(err), na.rm = TRUE), p90 = unname(quantile(abs(err), .9, na.rm = TRUE))) })

# Tests of fit from ordinal::clm, with groups by base R: cut(ranks, g) as generalhoslem, and i n / g rounded up after sorting ties by level as Stata's ologitgof
tables <- function(P, y, grp) { K <- ncol(P); O <- table(grp, factor(y, 1:K)); E <- rowsum(P, grp); list(chisq = sum((O - E)^2 / E), cells = c(mean(E < 1), mean(E < 5)), deviance = 2 * sum(ifelse(O > 0, O * log(O / E), 0)), df = (nrow(E) - 2) * (K - 1) + K - 2) }
by_rank <- function(score, g) { grp <- integer(length(score)); grp[order(score)] <- as.integer(cut(seq_along(score), g, include.lowest = TRUE)); grp }
by_level <- function(score, y, g) { m <- length(score); grp <- integer(m); grp[order(round(score, 7), y)] <- findInterval(seq_len(m), c(0, ceiling(seq_len(g) * m / g)), left.open = TRUE); grp }
fit_clm <- function(formula, data, ...) clm(formula, data = data, gradTol = 1e-12, maxIter = 200, ...)
both <- function(formula, data, g, ...) {
  k <- fit_clm(formula, data, ...); y <- as.integer(k$model[[1]]); P <- predict(k, newdata = k$model[-1], type = "prob")$fit; score <- as.vector(P %*% seq_len(ncol(P)))
  one <- function(grp) { data$grp <- factor(grp); big <- fit_clm(update(formula, . ~ . + grp), data, ...); c(tables(P, y, grp), list(lipsitz = 2 * (as.numeric(logLik(big)) - as.numeric(logLik(k))))) }
  list(rows = one(by_rank(score, g)), levels = one(by_level(score, y, g)))
}
out$tests <- list(logit_g10 = both(y4 ~ x + g + s, d, 10), logit_g7 = both(y4 ~ x + g + s, d, 7), probit_g8 = both(y4 ~ x + g, d, 8, link = "probit"),
  cloglog_equidistant_g8 = both(y4 ~ x + g, d, 8, link = "cloglog", threshold = "equidistant"), ties_g6 = both(y4 ~ g + s, d, 6), binary_g10 = both(y2 ~ x + g + s, d, 10),
  nominal_g6 = both(y4 ~ x, d, 6, nominal = ~ g), scale_g6 = both(y4 ~ x + s, d, 6, scale = ~ g))
tn <- t1; out$tests$housing_g8 <- both(Sat ~ Infl + Type + Cont, tn, 8)
# Low birth weight, the example of Fagerland and Hosmer (2017); MASS::birthwt has the same 189 rows
lb <- transform(birthwt, bwt4 = factor(1 + (bwt <= 3500) + (bwt <= 3000) + (bwt <= 2500)), race = factor(race))
out$tests$birthweight_g10 <- both(bwt4 ~ smoke + lwt + race + ptl, lb, 10)
k <- fit_clm(bwt4 ~ smoke + lwt + race + ptl, lb); P <- predict(k, newdata = lb[c("smoke", "lwt", "race", "ptl")], type = "prob")$fit; score <- round(as.vector(P %*% 1:4), 7)
pat <- interaction(lb$smoke, lb$race, drop = TRUE); pr <- tables(P, as.integer(lb$bwt4), interaction(pat, score > ave(score, pat, FUN = median), drop = TRUE))
out$birthweight <- list(data = lb[c("bwt4", "smoke", "lwt", "race", "ptl")], pattern_chisq = pr$chisq, pattern_deviance = pr$deviance)
write_json(out, "checking_fit.json", digits = NA, auto_unbox = TRUE, na = "null")
