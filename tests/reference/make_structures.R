# Reference values for threshold structures, scale and nominal effects, offsets, weights, predictions, profile
# intervals and robust errors, made with R. Reads wine.csv (from make_reference.R); writes simulated.csv, which it
# reads back before any fit, and structures.json. Run: cd tests/reference && Rscript make_structures.R
suppressMessages({library(ordinal); library(MASS); library(sandwich); library(rms); library(jsonlite)})
options(digits = 15, contrasts = c("contr.treatment", "contr.poly"))
ctl <- clm.control(gradTol = 1e-12, maxIter = 200, convergence = "silent")
links <- c("logit", "probit", "cloglog", "loglog", "cauchit")
structures <- c("flexible", "symmetric", "symmetric2", "equidistant")

## ---- data
RNGkind("Mersenne-Twister", "Inversion", "Rejection"); set.seed(20240915)
n <- 240
s <- data.frame(x = round(rnorm(n), 4), z = round(rnorm(n, 50, 5), 3), g = sample(c("a", "b", "c"), n, TRUE),
                u = round(runif(n, 0.25, 3), 3), off = round(rnorm(n, 0, 0.5), 3))
mean_of <- function(k) k * s$x + c(a = 0, b = 0.4, c = -0.5)[s$g] + 0.04 * (s$z - 50)
s <- cbind(y4 = findInterval(mean_of(0.7) + s$off + exp(0.15 * s$x) * rlogis(n), c(-1.2, 0.1, 1.3)) + 1,
           y6 = findInterval(mean_of(0.5) + rlogis(n), c(-2, -1, 0, 1.1, 2)) + 1, s)
write.csv(s, "simulated.csv", row.names = FALSE, quote = FALSE)
s <- read.csv("simulated.csv", stringsAsFactors = TRUE)
s$y4 <- factor(s$y4, levels = 1:4, ordered = TRUE); s$y6 <- factor(s$y6, levels = 1:6, ordered = TRUE)
s$block <- factor((seq_len(n) - 1) %/% 10)   # 24 clusters of 10 rows in the order of the file
stopifnot(nrow(s) == n, nlevels(s$g) == 3, min(table(s$y4)) > 10, min(table(s$y6)) > 10)
wine <- read.csv("wine.csv", stringsAsFactors = TRUE)
wine$rating <- factor(wine$rating, levels = 1:5, ordered = TRUE)
wine$judge <- factor(wine$judge); wine$warm <- as.numeric(wine$temp == "warm"); wine$yes <- as.numeric(wine$contact == "yes")

## ---- shape of an entry: `co` of make_reference.R; I() keeps vectors of length 1 as arrays
vec <- function(x) if (is.null(x)) NULL else I(as.vector(unname(x)))
co <- function(fit) { k <- coef(summary(fit)); th <- as.data.frame(fit$Theta)
  r <- list(names = I(rownames(k)), estimate = vec(k[, 1]), se = vec(k[, 2]), z = vec(k[, 3]), p = vec(k[, 4]), vcov = unname(vcov(fit)),
    logLik = as.numeric(logLik(fit)), df = attr(logLik(fit), "df"), AIC = AIC(fit), BIC = BIC(fit), nobs = nobs(fit),
    max_grad = max(abs(fit$gradient)), cond_H = fit$cond.H, n_iter = unname(fit$niter[1]),
    alpha = vec(fit$alpha), beta = vec(fit$beta), zeta = vec(fit$zeta), link = fit$link, threshold = fit$threshold)
  if (!is.null(fit$alpha.mat)) { r$alpha_mat <- unname(fit$alpha.mat); r$alpha_mat_rows <- I(rownames(fit$alpha.mat)) }
  if (length(th)) { num <- vapply(th, is.numeric, TRUE); r$Theta <- unname(as.matrix(th[, num, drop = FALSE]))
    if (any(!num)) r$Theta_rows <- I(as.character(th[[which(!num)[1]]])) }
  r[!vapply(r, is.null, TRUE)] }

ref <- list(); cauchit <- list(); refused <- list(); told <- list()
# Fit `call` and store it under `key`, unless it fails, does not converge or has no covariance.
put <- function(key, call, limit = 1e-8) {
  said <- character(0)
  f <- withCallingHandlers(try(eval(call, globalenv()), silent = TRUE),
                           warning = function(w) { said <<- c(said, conditionMessage(w)); invokeRestart("muffleWarning") })
  why <- if (inherits(f, "try-error")) trimws(as.character(f))
    else if (!(max(abs(f$gradient)) < limit)) sprintf("largest score %.1e (%s)", max(abs(f$gradient)), f$message)
    else if (!all(is.finite(vcov(f)))) paste0("no covariance: ", paste(f$convergence$messages, collapse = "; "), paste(said, collapse = "; "))
    else if (isFALSE(f$Theta.ok)) "thresholds not increasing"
    else if (max(sqrt(diag(vcov(f)))) > 50 && !grepl("bigz", key)) "separated: a standard error above 50"
    else NULL
  if (!is.null(why)) { refused[[key]] <<- why; return(invisible(NULL)) }
  if (length(said)) told[[key]] <<- said
  r <- c(co(f), list(call = paste(deparse(call, width.cutoff = 500L), collapse = "")))
  if (identical(f$link, "cauchit")) cauchit[[key]] <<- r else ref[[key]] <<- r
  invisible(f) }

## ---- 1 threshold structures
for (th in structures) {
  put(paste0("wine_nominal_contact_threshold_", th), bquote(clm(rating ~ temp, nominal = ~ contact, data = wine, threshold = .(th), control = ctl)))
  put(paste0("sim_y4_threshold_", th), bquote(clm(y4 ~ x + g, data = s, threshold = .(th), control = ctl)))
  put(paste0("sim_y6_threshold_", th), bquote(clm(y6 ~ x + g, data = s, threshold = .(th), control = ctl)))
}

## ---- 2 simulated, links by kinds of effect
for (lk in links) {
  key <- function(what) paste("sim_y4", lk, what, sep = "_")
  put(key("location"), bquote(clm(y4 ~ x + g, data = s, link = .(lk), control = ctl)))
  put(key("scale_x"), bquote(clm(y4 ~ x + g, scale = ~ x, data = s, link = .(lk), control = ctl)))
  put(key("scale_g"), bquote(clm(y4 ~ x + g, scale = ~ g, data = s, link = .(lk), control = ctl)))
  put(key("nominal_g"), bquote(clm(y4 ~ x, nominal = ~ g, data = s, link = .(lk), control = ctl)))
  put(key("nominal_x"), bquote(clm(y4 ~ g, nominal = ~ x, data = s, link = .(lk), control = ctl)))
  put(key("nominal_g_scale_x"), bquote(clm(y4 ~ x, nominal = ~ g, scale = ~ x, data = s, link = .(lk), control = ctl)))
  put(key("offset"), bquote(clm(y4 ~ x + g + offset(off), data = s, link = .(lk), control = ctl)))
  put(key("offset_scale_x"), bquote(clm(y4 ~ x + g + offset(off), scale = ~ x, data = s, link = .(lk), control = ctl)))
  put(key("weights_u"), bquote(clm(y4 ~ x + g, weights = u, data = s, link = .(lk), control = ctl)))
  fz <- put(key("z"), bquote(clm(y4 ~ x + g + z, data = s, link = .(lk), control = ctl)))
  put(key("bigz"), bquote(clm(y4 ~ x + g + I(z * 1e4 + 1e6), data = s, link = .(lk), control = ctl)))
  # the same model by exact algebra from the fit with z: theta + 100 b, b / 1e4
  if (!is.null(fz)) { A <- diag(length(coef(fz))); k <- match("z", names(coef(fz))); A[1:3, k] <- 100; A[k, k] <- 1e-4
    V <- A %*% vcov(fz) %*% t(A)
    r <- list(names = I(sub("^z$", "I(z * 10000 + 1e+06)", names(coef(fz)))), estimate = vec(A %*% coef(fz)), se = vec(sqrt(diag(V))), vcov = unname(V),
              logLik = as.numeric(logLik(fz)), df = attr(logLik(fz), "df"), AIC = AIC(fz), BIC = BIC(fz), nobs = nobs(fz), max_grad_of_fit_with_z = max(abs(fz$gradient)), link = lk)
    if (lk == "cauchit") cauchit[[key("bigz_from_z")]] <- r else ref[[key("bigz_from_z")]] <- r }
}

## ---- 3 predictions
grid <- expand.grid(temp = levels(wine$temp), contact = levels(wine$contact))
pred <- function(f) {
  p <- predict(f, grid, type = "prob", se.fit = TRUE, interval = TRUE); q <- predict(f, grid, type = "cum.prob", se.fit = TRUE, interval = TRUE)
  e <- predict(f, grid, type = "linear.predictor", se.fit = TRUE, interval = TRUE); k <- ncol(p$fit)
  bare <- function(x) unname(as.matrix(x))
  no <- function(x, j) { x <- bare(x); x[, j] <- NA; x }   # the thresholds clm puts at +-1e5 stand for infinity
  list(temp = as.character(grid$temp), contact = as.character(grid$contact), levels = f$y.levels,
    prob = list(fit = bare(p$fit), se = bare(p$se.fit), lwr = bare(p$lwr), upr = bare(p$upr)),
    cum_prob = list(fit = bare(q$cprob1), se = bare(q$se.cprob1), lwr = bare(q$lwr1), upr = bare(q$upr1),
                    fit2 = bare(q$cprob2), se2 = bare(q$se.cprob2), lwr2 = bare(q$lwr2), upr2 = bare(q$upr2)),
    linear_predictor = list(fit = no(e$eta1, k), se = no(e$se.eta1, k), lwr = no(e$lwr1, k), upr = no(e$upr1, k),
                    fit2 = no(e$eta2, 1), se2 = no(e$se.eta2, 1), lwr2 = no(e$lwr2, 1), upr2 = no(e$upr2, 1)),
    class = as.character(predict(f, grid, type = "class")$fit)) }
ref$wine_predict_nominal_contact <- pred(put("wine_nominal_contact", quote(clm(rating ~ temp, nominal = ~ contact, data = wine, control = ctl))))
ref$wine_predict_scale_temp <- pred(put("wine_scale_temp", quote(clm(rating ~ temp + contact, scale = ~ temp, data = wine, control = ctl))))
ref$wine_predict_probit <- pred(put("wine_probit", quote(clm(rating ~ temp + contact, data = wine, link = "probit", control = ctl))))

## ---- 4 profile intervals: clm's on a fine grid, and the same limits as roots of the profile likelihood
ci <- function(f, held) {   # held: name in the profile -> function(b) giving the call with that parameter held at b
  a <- confint(profile(f, alpha = 0.001, nsteps = 300, max.steps = 3000, control = ctl), level = 0.95)
  root <- t(sapply(rownames(a), function(nm) sapply(1:2, function(j) {
    gap <- function(b) 2 * (as.numeric(logLik(f)) - as.numeric(logLik(eval(held[[nm]](b), globalenv())))) - qchisq(0.95, 1)
    uniroot(gap, a[nm, j] + c(-0.02, 0.02), tol = 1e-13, maxiter = 200)$root })))
  list(names = I(rownames(a)), profile95 = unname(a), profile95_root = unname(root), nsteps = 300, wald95 = unname(confint(f, type = "Wald")[sub("^sca\\.", "", rownames(a)), , drop = FALSE])) }
for (lk in links) {
  f <- eval(bquote(clm(rating ~ temp + contact, data = wine, link = .(lk), control = ctl)))
  r <- ci(f, list(tempwarm = function(b) bquote(clm(rating ~ contact + offset(.(b) * warm), data = wine, link = .(lk), control = ctl)),
                  contactyes = function(b) bquote(clm(rating ~ temp + offset(.(b) * yes), data = wine, link = .(lk), control = ctl))))
  if (lk == "cauchit") cauchit$wine_profile_cauchit <- r else ref[[paste0("wine_profile_", lk)]] <- r
}
f <- clm(rating ~ temp + contact, scale = ~ temp, data = wine, control = ctl)
r <- ci(f, list(tempwarm = function(b) bquote(clm(rating ~ contact + offset(.(b) * warm), scale = ~ temp, data = wine, control = ctl)),
  contactyes = function(b) bquote(clm(rating ~ temp + offset(.(b) * yes), scale = ~ temp, data = wine, control = ctl)),
  sca.tempwarm = function(b) bquote(clm(rating ~ temp + contact, scale = ~ offset(.(b) * warm), data = wine, control = ctl))))
r$wald95 <- NULL   # both parameters are called tempwarm
ref$wine_profile_scale_temp <- r

## ---- 5 rms
lr <- lrm(rating ~ temp + contact, data = wine, x = TRUE, y = TRUE, tol = 1e-12, eps = 1e-12, maxit = 100)
om <- orm(rating ~ temp + contact, data = wine, x = TRUE, y = TRUE, tol = 1e-12, eps = 1e-12, maxit = 100)
ref$wine_lrm <- list(names = names(coef(lr)), coef = vec(coef(lr)), se = vec(sqrt(diag(vcov(lr)))), vcov = unname(vcov(lr)), max_grad = max(abs(lr$u)), deviance = vec(lr$deviance), stats = as.list(lr$stats))
ref$wine_orm <- list(names = names(coef(om)), coef = vec(coef(om)), deviance = vec(om$deviance), vcov_intercepts_all = unname(vcov(om, intercepts = "all")), stats = as.list(om$stats))

## ---- 6 robust covariances
rob <- function(f, cl) { v <- list(HC0 = sandwich(f), CL_cadjust = vcovCL(f, cluster = cl, cadjust = TRUE, type = "HC0"), CL_nocadjust = vcovCL(f, cluster = cl, cadjust = FALSE, type = "HC0"))
  c(list(names = I(colnames(v$HC0)), max_grad = if (is.null(f$gradient)) NA else max(abs(f$gradient)), clusters = nlevels(factor(cl)), largest_column_sum_of_scores = max(abs(colSums(estfun(f))))),
    lapply(v, unname), setNames(lapply(v, function(m) vec(sqrt(pmax(diag(m), 0)))), paste0("se_", names(v)))) }
for (lk in c("logit", "probit", "cloglog")) {   # estfun.clm goes through stats::make.link, which has no loglog
  f <- eval(bquote(clm(y4 ~ x + g, data = s, link = .(lk), control = ctl))); ref[[paste0("sim_y4_", lk, "_robust_g")]] <- rob(f, s$g); ref[[paste0("sim_y4_", lk, "_robust_block")]] <- rob(f, s$block)
}
f <- clm(y4 ~ x + g, data = s, weights = u, control = ctl); ref$sim_y4_logit_weights_u_robust_block <- rob(f, s$block)
f <- clm(rating ~ temp + contact, data = wine, control = ctl); ref$wine_logit_robust_judge <- rob(f, wine$judge)
p <- polr(y4 ~ x + g, data = s, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000)); ref$sim_y4_polr_robust_g <- rob(p, s$g)
for (what in c("loglog", "scale", "nominal", "symmetric")) { e <- try(switch(what, loglog = sandwich(clm(y4 ~ x + g, data = s, link = "loglog", control = ctl)),
    scale = sandwich(clm(y4 ~ x + g, scale = ~ x, data = s, control = ctl)), nominal = sandwich(clm(y4 ~ x, nominal = ~ g, data = s, control = ctl)),
    symmetric = sandwich(clm(y4 ~ x + g, threshold = "symmetric", data = s, control = ctl))), silent = TRUE)
  if (inherits(e, "try-error")) refused[[paste0("sandwich_", what)]] <- trimws(as.character(e)) }

## ---- 7 likelihood ratio tests
base <- clm(rating ~ temp + contact, data = wine, control = ctl); nom <- clm(rating ~ temp, nominal = ~ contact, data = wine, control = ctl); sca <- clm(rating ~ temp + contact, scale = ~ temp, data = wine, control = ctl)
an <- function(a, b) { t <- anova(a, b); list(LR = t$LR.stat[2], df = t$df[2], p = t[["Pr(>Chisq)"]][2], logLik = t$logLik, AIC = t$AIC, no_par = t$no.par) }
d <- function(f) { t <- as.data.frame(drop1(f, test = "Chisq")); list(terms = I(rownames(t)), df = vec(t$Df), AIC = vec(t$AIC), LR = vec(t$LRT), p = vec(t[["Pr(>Chi)"]])) }
ref$wine_tests <- list(LR_nominal_contact = an(base, nom), LR_scale_temp = an(base, sca), drop1 = d(base), drop1_nominal_contact = d(nom), drop1_scale_temp = d(sca))
sb <- clm(y4 ~ x + g, data = s, control = ctl); ref$sim_y4_tests <- list(LR_nominal_g = an(sb, clm(y4 ~ x, nominal = ~ g, data = s, control = ctl)), LR_scale_g = an(sb, clm(y4 ~ x + g, scale = ~ g, data = s, control = ctl)), drop1 = d(sb))

## ---- 8 integer weights and the replicated frame
wine$w123 <- rep(c(1, 2, 3), length.out = nrow(wine)); wine3 <- wine[rep(seq_len(nrow(wine)), wine$w123), ]
put("wine_weights_123", quote(clm(rating ~ temp + contact, data = wine, weights = w123, control = ctl)))
put("wine_replicated_123", quote(clm(rating ~ temp + contact, data = wine3, control = ctl)))

ref$cauchit_approximate <- cauchit
ref$refused <- refused
ref$warnings <- told
v <- function(p) as.character(packageVersion(p))
ref$meta <- list(R = R.version.string, ordinal = v("ordinal"), MASS = v("MASS"), rms = v("rms"), sandwich = v("sandwich"), jsonlite = v("jsonlite"), sign = "P(Y <= j) = F((theta_j - x'beta - offset) / exp(s'zeta)); lrm and orm: P(Y >= j), intercepts -theta")
write_json(ref, "structures.json", digits = NA, auto_unbox = TRUE, pretty = TRUE, na = "null", null = "null")

all <- c(ref, cauchit); for (k in names(all)) if (!is.null(all[[k]]$max_grad)) cat(sprintf("%-48s max_grad %.1e  cond_H %9.2e  largest se %.3g\n", k, all[[k]]$max_grad, if (is.null(all[[k]]$cond_H)) NA else all[[k]]$cond_H, max(unlist(all[[k]][grep("^se", names(all[[k]]))]))))
cat("\nrefused:\n"); for (k in names(refused)) cat(" ", k, ":", refused[[k]], "\n")
cat("\nwarnings:\n"); for (k in names(told)) cat(" ", k, ":", told[[k]], "\n")
