"""What each method of the package says of one clustered sample, in one form."""

import small_samples  # first: it sets the number of threads  # isort: skip
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

import probstats as ps
from probstats.errors import ModelError

RIDGE = 1.0
SATTERTHWAITE, CLUSTERS = {"df": "satterthwaite"}, {"df": "clusters"}
MARGINAL = {
    "likelihood": ({}, None),
    "CR0": ({"cov_type": "CR0"}, {}),
    "CR1": ({"cov_type": "CR1"}, {}),
    "CR1, Satterthwaite": ({"cov_type": "CR1"}, SATTERTHWAITE),
    "CR2": ({"cov_type": "CR2"}, {}),
    "CR2, G - 1": ({"cov_type": "CR2"}, CLUSTERS),
    "CR3": ({"cov_type": "CR3"}, {}),
    "jackknife": ({"cov_type": "jackknife"}, {}),
    "reduction": ({"reduction": "mean"}, None),
    "reduction, CR1": ({"reduction": "mean", "cov_type": "CR1"}, {}),
    "reduction, CR2": ({"reduction": "mean", "cov_type": "CR2"}, {}),
    "reduction, CR3": ({"reduction": "mean", "cov_type": "CR3"}, {}),
    "reduction, jackknife": ({"reduction": "mean", "cov_type": "jackknife"}, {}),
    "ridge": ({"penalty": RIDGE}, None),
}
"""Options of ``fit``, and what goes beside the groups; None where rows pass for independent."""

MIXED = {"intercept, quadrature": "agq", "intercept, Laplace": "laplace"}
SPLIT = "within and between"
FIXED = "fixed effects"
EVERY = {
    "intercept, Laplace": 3, SPLIT: 3, FIXED: 2, "jackknife": 2, "CR1, Satterthwaite": 4,
    "CR2, G - 1": 4, "reduction, CR1": 4, "reduction, CR3": 4, "reduction, jackknife": 4,
}  # fmt: skip
"""Methods that take long, or are near to another, are asked in every so many samples only."""

STEPS = {"levels": "pairs, levels", "sign": "pairs, sign"}
GOAL = stats.norm.ppf(0.975)


@dataclass(frozen=True)
class Sample:
    """One sample: levels, covariates ``cluster`` and ``row``, groups, and what is true of it."""

    number: int
    y: np.ndarray
    x: pd.DataFrame
    groups: np.ndarray
    conditional: dict
    marginal: dict
    sd: float

    def asks(self, method):
        """Return whether it is this sample's turn to be put to a method."""
        return self.number % EVERY.get(method, 1) == 0


class Answer(NamedTuple):
    """What a method says of a coefficient; missing where it says nothing."""

    method: str
    interval: str
    coefficient: str
    truth: float
    estimate: float = np.nan
    held: float = np.nan
    rejected: float = np.nan
    width: float = np.nan
    df: float = np.nan
    failed: float = 0.0


def failed(fit):
    """Return whether a search found neither a maximum nor an infinite one."""
    return not fit.converged and not fit.diverging


def nothing(method, interval, truths):
    """Return answers of a method that has none."""
    return [Answer(method, interval, name, truth) for name, truth in truths.items()]


def wald(method, fit, truths, label="Wald"):
    """Return the answers of a fit and its Wald intervals."""
    if failed(fit):
        return [a._replace(failed=1.0) for a in nothing(method, label, truths)]
    answers = small_samples.wald_answers(fit, truths)
    return [Answer(method, label, n, truths[n], *answer) for n, answer in answers.items()]


def profile(method, fit, truths):
    """Return whether profile intervals hold the truth: whether its root is within the quantiles."""
    found = []
    for name, truth in truths.items():
        number = fit.model.data.param_names.index(name)
        try:
            held = float(abs(fit._profile_of(number).root(truth)) <= GOAL)
        except ModelError:
            held = np.nan
        rejected = 1.0 - held if truth == 0.0 else np.nan
        estimate = np.nan if failed(fit) else fit._results.params[number]
        bad = float(failed(fit))
        found.append(Answer(method, "profile", name, truth, estimate, held, rejected, failed=bad))
    return found


def marginal_answers(sample):
    """Return what models without random effects say, of the marginal coefficients."""
    model, found = ps.CumulativeLinkModel(sample.y, sample.x), []
    for method, (options, beside) in MARGINAL.items():
        if not sample.asks(method):
            continue
        kwds = {} if beside is None else {"cov_kwds": {"groups": sample.groups, **beside}}
        try:
            found += wald(method, model.fit(**options, **kwds), sample.marginal)
        except ModelError:
            found += nothing(method, "Wald", sample.marginal)
    return found


def fit_mixed(x, sample, integration):
    """Return a fit with a random intercept, or None where there is none."""
    try:
        return ps.CumulativeLinkMixedModel(sample.y, x, groups=sample.groups).fit(integration)
    except ModelError:
        return None


def alike_answers(sample):
    """Return what random intercepts say of a standard deviation of zero."""
    found = []
    for method, integration in MIXED.items():
        if sample.asks(method):
            fit = fit_mixed(sample.x, sample, integration)
            found += spread_answers(method, fit, 0.0)
    return found


def spread_answers(method, fit, truth):
    """Return what a fit says of the standard deviation: the test of zero, and its intervals."""
    if fit is None:
        labels = ("test", "Wald", "profile") if truth else ("test",)
        return [a for label in labels for a in nothing(method, label, {"sd": truth})]
    name, bad = fit.model.data.param_names[-1], float(failed(fit))
    p_value = np.nan if bad else fit.test_random_effects()["p_value"].iloc[0]
    rejected = np.nan if np.isnan(p_value) else float(p_value < 0.05)
    estimate = np.nan if bad else fit._results.params[-1]
    test = Answer(method, "test", "sd", truth, estimate, rejected=rejected, failed=bad)
    if truth == 0.0:
        return [test]
    found = wald(method, fit, {name: truth}) + profile(method, fit, {name: truth})
    return [test, *(a._replace(coefficient="sd", rejected=np.nan) for a in found)]


def mixed_answers(sample, x=None, methods=MIXED):
    """Return what models with a random intercept say, of the conditional coefficients."""
    found, x, truths = [], sample.x if x is None else x, sample.conditional
    for method, integration in methods.items():
        if not sample.asks(method):
            continue
        fit = fit_mixed(x, sample, integration)
        if fit is None:
            found += nothing(method, "Wald", truths) + nothing(method, "profile", truths)
        else:
            found += wald(method, fit, truths) + profile(method, fit, truths)
        if method in MIXED and any(truths.values()):
            found += spread_answers(method, fit, sample.sd)
    return found


def split_answers(sample):
    """Return what a random intercept says with the row covariate split."""
    if not sample.asks(SPLIT):
        return []
    frame = ps.within_between(sample.x.assign(group=sample.groups), "row", "group")
    x = frame[["cluster", "row_within", "row_between"]].rename(columns={"row_within": "row"})
    return mixed_answers(sample, x, {SPLIT: "agq"})


def fixed_answers(sample):
    """Return what "blow up and cluster" says of the row covariate."""
    truth = {"row": sample.conditional["row"]}
    if not sample.asks(FIXED):
        return []
    try:
        fit = ps.FixedEffectsOrderedLogit(sample.y, sample.x[["row"]], sample.groups).fit()
    except ModelError:
        return nothing(FIXED, "Wald", truth)
    return wald(FIXED, fit, truth)


def pair_answers(sample):
    """Return whether the exact test finds a change, by both p-values; no change is none found."""
    data, truth, found = sample.x.assign(y=sample.y, who=sample.groups), sample.conditional, []
    for steps, method in STEPS.items():
        try:
            test = ps.paired_change_test(data, "y", groups="who", time="row", steps=steps)
            p_values = {"p": test.p_value, "mid-p": test.mid_p_value}
        except ModelError:
            p_values = {"p": 1.0, "mid-p": 1.0}
        for label, p_value in p_values.items():
            found.append(Answer(method, label, "row", truth["row"], rejected=float(p_value < 0.05)))
    return found
