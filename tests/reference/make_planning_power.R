# Power and sample size of two ordered groups by Whitehead (1993), as Hmisc computes them.
# Run: cd tests/reference && Rscript make_planning_power.R
suppressMessages({library(Hmisc); library(jsonlite)})
options(digits = 15)

shares <- list(c(.1, .45, .35, .1), c(.25, .25, .25, .25), c(.02, .08, .3, .6), c(.7, .3), rep(.2, 5))
cases <- list()
for (p in shares) for (or in c(.5, 2)) for (alpha in c(.05, .01)) {
  for (n in c(14, 150)) for (ratio in c(1, 2)) {
    made <- unclass(popower(p, odds.ratio = or, n1 = n / (1 + ratio), n2 = n * ratio / (1 + ratio), alpha = alpha))
    cases[[length(cases) + 1]] <- list(what = "power", shares = p, odds_ratio = or, alpha = alpha, n = n,
      ratio = ratio, power = made$power, efficiency = made$eff, std_error = made$approx.se)
  }
  for (power in c(.8, .9)) for (fraction in c(.5, .25)) {
    made <- unclass(posamsize(p, odds.ratio = or, fraction = fraction, alpha = alpha, power = power))
    cases[[length(cases) + 1]] <- list(what = "n", shares = p, odds_ratio = or, alpha = alpha, power = power,
      ratio = (1 - fraction) / fraction, n = made$n, efficiency = made$eff)
  }
}
# shares of the second group, whose odds of a higher level are those of the first times the odds ratio
average <- lapply(list(c(.1, .45, .35, .1), c(.5, .5)), function(p)
  list(first = p, odds_ratio = 3, second = unname(pomodm(p = p, odds.ratio = 3))))

write_json(list(meta = list(R = R.version.string, Hmisc = as.character(packageVersion("Hmisc"))),
  cases = cases, average = average), "planning_power.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
