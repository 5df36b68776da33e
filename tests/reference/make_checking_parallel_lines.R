# Reference values of the tests of parallel lines, nominal and scale effects.
# Run in this folder: Rscript make_checking_parallel_lines.R (half a minute)
# Score, Wolfe-Gould and Brant statistics are own code from the formulas; car::poTest is a second
# source of Brant's. Everything is on the table of cells with weights where there are weights.
suppressMessages({library(ordinal); library(car); library(MASS); library(jsonlite)})
ctl <- clm.control(gradTol = 1e-10, maxIter = 200)
wine <- read.csv("wine.csv"); wine$rating <- factor(wine$rating, ordered = TRUE)
wine$temp <- factor(wine$temp, levels = c("cold", "warm")); wine$contact <- factor(wine$contact, levels = c("no", "yes"))
wine$r3 <- factor(c(1, 1, 2, 3, 3)[as.integer(wine$rating)], ordered = TRUE)
house <- read.csv("housing.csv"); lv <- c("Low", "Medium", "High")
house$Sat <- factor(house$Sat, lv, ordered = TRUE); house$Infl <- factor(house$Infl, lv)
house$Type <- factor(house$Type, c("Tower", "Apartment", "Atrium", "Terrace")); house$Cont <- factor(house$Cont, c("Low", "High"))
gof <- read.csv("gof.csv", stringsAsFactors = TRUE); gof$y <- factor(gof$y, ordered = TRUE)
sim <- read.csv("simulated.csv", stringsAsFactors = TRUE); sim$y4 <- factor(sim$y4, ordered = TRUE)
ref <- list()

tests <- function(fit) {
  one <- function(t) { t <- as.data.frame(t)[-1, , drop = FALSE]; list(term = rownames(t), df = t[[1]], loglik = t[[2]], aic = t[[3]], statistic = t[[4]], p_value = t[[5]]) }
  list(loglik = as.numeric(logLik(fit)), nominal = one(nominal_test(fit)), scale = one(scale_test(fit)))
}
for (link in c("logit", "probit", "cloglog", "loglog")) {
  ref$terms[[paste0("gof_", link)]] <- tests(clm(y ~ x + g + s, data = gof, link = link))
  ref$terms[[paste0("wine_", link)]] <- tests(clm(rating ~ temp + contact, data = wine, link = link))
  ref$terms[[paste0("housing_", link)]] <- tests(clm(Sat ~ Infl + Type + Cont, weights = Freq, data = house, link = link))
}
ref$terms$wine_nominal_contact <- tests(clm(rating ~ temp, nominal = ~ contact, data = wine))
ref$terms$wine_scale_temp <- tests(clm(rating ~ temp + contact, scale = ~ temp, data = wine))
for (threshold in c("symmetric", "equidistant"))
  ref$terms[[paste0("gof_", threshold)]] <- tests(clm(y ~ x + g + s, data = gof, threshold = threshold))
ref$terms$sim_weights <- tests(clm(y4 ~ x + g, data = sim, weights = u))
ref$terms$sim_offset <- tests(clm(y4 ~ x + g + offset(off), data = sim))

## score test: U' I^-1 U of the model with nominal effects, at the estimates without, where
## I = sum_i w_i sum_k dp_ik dp_ik' / p_ik is the expected information of a multinomial row
dist <- list(logit = list(plogis, dlogis), probit = list(pnorm, dnorm),
  cloglog = list(function(x) 1 - exp(-exp(x)), function(x) exp(x - exp(x))),
  loglog = list(function(x) exp(-exp(-x)), function(x) exp(-x - exp(-x))),
  cauchit = list(pcauchy, dcauchy))
score <- function(theta, beta, X, y, w, link, free, off = rep(0, length(y))) {
  J <- length(theta); n <- length(y); p <- ncol(X); F <- dist[[link]][[1]]; f <- dist[[link]][[2]]
  eta <- outer(-as.vector(X %*% beta) - off, theta, "+"); P <- cbind(0, F(eta), 1)
  q <- J + length(free) * J + (p - length(free)); fixed <- setdiff(seq_len(p), free)
  dP <- array(0, c(n, J + 2, q))
  for (j in 1:J) { d <- f(eta[, j]); dP[, j + 1, j] <- d
    for (a in seq_along(free)) dP[, j + 1, J + (a - 1) * J + j] <- -d * X[, free[a]]
    for (b in seq_along(fixed)) dP[, j + 1, J + length(free) * J + b] <- -d * X[, fixed[b]] }
  U <- rep(0, q); I <- matrix(0, q, q)
  for (k in 1:(J + 1)) { pk <- P[, k + 1] - P[, k]; g <- matrix(dP[, k + 1, ] - dP[, k, ], n)
    U <- U + colSums(g * (w * (y == k) / pk)); I <- I + t(g) %*% (g * (w / pk)) }
  s <- as.numeric(t(U) %*% solve(I, U)); df <- length(free) * (J - 1)
  c(s, df, pchisq(s, df, lower.tail = FALSE))
}
## Wolfe and Gould: binary models of all splits stacked, with common and with free slopes, each
## giving probabilities of the levels, whose multinomial log-likelihoods are compared
wolfe <- function(X, y, w, link, free, off = rep(0, length(y))) {
  J <- max(y) - 1; n <- length(y); fam <- binomial(link)
  ll <- function(free) {
    z <- as.vector(sapply(1:J, function(j) as.integer(y <= j))); D <- diag(J)[rep(1:J, each = n), ]
    XX <- X[rep(1:n, J), , drop = FALSE]; M <- D
    for (a in seq_len(ncol(X))) M <- cbind(M, if (a %in% free) D * XX[, a] else XX[, a])
    g <- NULL # from the last estimates again: the deviance settles before the estimates do
    for (again in 1:12) g <- suppressWarnings(glm.fit(M, z, weights = rep(w, J), offset = -rep(off, J), family = fam, start = g$coefficients, control = glm.control(epsilon = 1e-15, maxit = 200)))
    P <- cbind(0, matrix(fam$linkinv(g$linear.predictors), n), 1); sum(w * log(P[cbind(1:n, y + 1)] - P[cbind(1:n, y)])) }
  s <- 2 * (ll(free) - ll(integer(0))); df <- length(free) * (J - 1); c(s, df, pchisq(s, df, lower.tail = FALSE))
}
brant <- function(X, y, w, free) {
  J <- max(y) - 1; p <- ncol(X); Xi <- cbind(1, X); b <- NULL; pi <- NULL
  for (m in 1:J) { g <- suppressWarnings(glm.fit(Xi, as.integer(y > m), weights = w, family = binomial(), control = glm.control(epsilon = 1e-15, maxit = 100)))
    b <- cbind(b, coef(g)); pi <- cbind(pi, g$fitted.values) }
  V <- matrix(0, J * p, J * p)
  for (m in 1:J) for (l in m:J) { W <- function(a, c) t(Xi) %*% (Xi * (w * (pi[, c] - pi[, a] * pi[, c])))
    B <- (solve(W(m, m)) %*% W(m, l) %*% solve(W(l, l)))[-1, -1, drop = FALSE]
    V[(m - 1) * p + 1:p, (l - 1) * p + 1:p] <- B; V[(l - 1) * p + 1:p, (m - 1) * p + 1:p] <- t(B) }
  v <- as.vector(b[-1, ]); D <- NULL
  for (l in 2:J) for (a in free) { d <- rep(0, J * p); d[a] <- 1; d[(l - 1) * p + a] <- -1; D <- rbind(D, d) }
  s <- as.numeric(t(D %*% v) %*% solve(D %*% V %*% t(D), D %*% v)); c(s, nrow(D), pchisq(s, nrow(D), lower.tail = FALSE))
}
lines <- function(formula, data, w, link = "logit", off = rep(0, nrow(data)), what = c("score", "wolfe", "brant")) {
  data$w_ <- w; data$off_ <- off
  fit <- clm(update(formula, . ~ . + offset(off_)), data = data, weights = w_, link = link, control = ctl)
  mf <- model.frame(formula, data); M <- model.matrix(formula, mf); X <- M[, -1, drop = FALSE]
  group <- attr(M, "assign")[-1]; labels <- attr(terms(formula), "term.labels"); y <- as.integer(model.response(mf))
  sets <- c(list(seq_len(ncol(X))), lapply(seq_along(labels), function(a) which(group == a)))
  run <- function(f) { m <- t(sapply(sets, f)); list(term = c("overall", labels), statistic = m[, 1], df = m[, 2], p_value = m[, 3]) }
  out <- list()
  if ("score" %in% what) out$score <- run(function(s) score(fit$alpha, fit$beta, X, y, w, link, s, off))
  if ("wolfe" %in% what) out$wolfe_gould <- run(function(s) wolfe(X, y, w, link, s, off))
  if ("brant" %in% what) out$brant <- run(function(s) brant(X, y, w, s))
  out
}
ones <- function(d) rep(1, nrow(d))
ref$lines$gof <- lines(y ~ x + g + s, gof, ones(gof))
ref$lines$gof_probit <- lines(y ~ x + g + s, gof, ones(gof), "probit", what = c("score", "wolfe"))
ref$lines$gof_cloglog <- lines(y ~ x + g + s, gof, ones(gof), "cloglog", what = c("score", "wolfe"))
ref$lines$gof_loglog <- lines(y ~ x + g + s, gof, ones(gof), "loglog", what = "score")
ref$lines$housing <- lines(Sat ~ Infl + Type + Cont, house, house$Freq)
ref$lines$housing_probit <- lines(Sat ~ Infl + Type + Cont, house, house$Freq, "probit", what = c("score", "wolfe"))
ref$lines$wine3 <- lines(r3 ~ temp + contact, wine, ones(wine))
ref$lines$wine <- lines(rating ~ temp + contact, wine, ones(wine), what = "score")
ref$lines$sim_weights <- lines(y4 ~ x + g, sim, sim$u)
ref$lines$sim_offset <- lines(y4 ~ x + g, sim, ones(sim), off = sim$off, what = c("score", "wolfe"))
po <- function(f, d) { t <- poTest(polr(f, data = d, Hess = TRUE)); list(overall = c(t$chisq, t$df), columns = unname(t$chisq.p)) }
ref$car_brant <- list(gof = po(y ~ x + g + s, gof), wine3 = po(r3 ~ temp + contact, wine))
ref$lr <- list(small = as.numeric(logLik(clm(y ~ x, data = gof))), large = as.numeric(logLik(clm(y ~ x + g, nominal = ~ s, scale = ~ x, data = gof))))
a <- anova(clm(y ~ x, data = gof), clm(y ~ x + g, nominal = ~ s, scale = ~ x, data = gof))
ref$lr <- c(ref$lr, list(statistic = a$LR.stat[2], df = a$df[2], p_value = a[["Pr(>Chisq)"]][2], aic = a$AIC))
ref$meta <- list(R = R.version.string, ordinal = as.character(packageVersion("ordinal")), car = as.character(packageVersion("car")), MASS = as.character(packageVersion("MASS")))
write_json(ref, "checking_parallel_lines.json", digits = NA, auto_unbox = TRUE, pretty = TRUE, na = "null")
