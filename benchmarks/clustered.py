"""Every method for clustered ratings in small samples: bias, coverage, rejection under the null.

Ratings are drawn from a proportional-odds model with a normal effect of cluster (standard
deviation 0.8 on the log-odds scale), a covariate that every fourth cluster has, and one of the
rows: normal, or the second of two ratings. 14 to 130 rows in 8 to 40 clusters that are equal or
very unequal, subjects rated twice, and clusters whose effect goes together with the covariate of
their rows ("confounded"). Patterns of levels take turns.

Each sample is drawn with both effects, without any ("no effect"), and with effects but clusters
that do not differ ("alike"), where the test of the standard deviation should reject at its level.

Each method is judged against what it estimates. Random intercepts and fixed effects estimate the
coefficient within a cluster, which the ratings are drawn from. Models without random effects
estimate the coefficient over all clusters, which is nearer to zero: it is where the likelihood has
its maximum for endless many clusters, found by integration over covariates and effects
(``marginal_truth``; a test compares it with a simulated sample of 400,000 rows).

A profile interval holds the truth if and only if the root of the likelihood ratio there is within
the normal quantiles, which is one more search instead of an interval.

Writes benchmarks/small/clustered.csv, after each design; a run that was stopped goes on where it
was. For each design, method, interval and coefficient:
- truth: what is estimated;
- samples; lost: share without a finite estimate (all, for tests that estimate nothing); failed:
  share whose search did not converge, which is part of lost;
- bias, bias_error, rmse: of the others, with the Monte Carlo error of the bias; median_bias: of
  these and the infinite ones;
- coverage, error: share of the intervals that hold the truth, with its Monte Carlo error, and
  silent: share of samples without an answer, left out of it;
- rejected: share of p-values below 0.05 for an effect of zero: size under the null, else power;
- width, df: median width of the interval, and mean degrees of freedom of its t reference.

Run: python benchmarks/clustered.py [replicates]
"""

import small_samples  # first: it sets the number of threads  # isort: skip
import sys
import time
import warnings
from functools import cache
from typing import NamedTuple

import clustered_methods as methods
import numpy as np
import pandas as pd
from scipy.special import expit, logit

import probstats as ps
from probstats.errors import ProbstatsWarning
from probstats.files import write_csv

PATH = small_samples.FOLDER / "clustered.csv"
REPLICATES = 300
CLUSTER_SD = 0.8
SHAPES = (
    (14, 8), (30, 8), (30, 12), (60, 8), (60, 12), (60, 20),
    (130, 8), (130, 12), (130, 20), (130, 40),
)  # fmt: skip
UNEQUAL = ((60, 12), (130, 20))
CONFOUNDED = ((60, 12), (130, 20))
PAIRED = (30, 60, 130)
NULL = {"cluster": 0.0, "row": 0.0}


class Design(NamedTuple):
    """One design; ``sizes`` is "equal", "unequal", "pairs" or "confounded"."""

    levels: str
    n: int
    clusters: int
    sizes: str

    @property
    def effects(self):
        """True effects within a cluster; those of a rating that is second are on 0 and 1."""
        return {"cluster": 1.0, "row": 1.0 if self.sizes == "pairs" else 0.5}


def all_designs():
    """Return the designs; each shape has an even and a sparse pattern, and all six take turns."""
    shapes = [(n, clusters, "equal") for n, clusters in SHAPES]
    shapes += [(n, clusters, "unequal") for n, clusters in UNEQUAL]
    shapes += [(n, n // 2, "pairs") for n in PAIRED]
    shapes += [(n, clusters, "confounded") for n, clusters in CONFOUNDED]
    found = []
    for number, shape in enumerate(shapes):
        for part, patterns in enumerate((small_samples.EVEN, small_samples.SPARSE)):
            found.append(Design(list(patterns)[(number + part + 1) % 3], *shape))
    return found


def make_groups(design):
    """Return the cluster of each row; the largest unequal one has a quarter to a third of all."""
    n, clusters = design.n, design.clusters
    if design.sizes != "unequal":
        return np.arange(n) * clusters // n
    weights = 1.0 / np.arange(1, clusters + 1)
    extra = np.floor((n - clusters) * weights / weights.sum()).astype(int)
    extra[0] += n - clusters - extra.sum()
    return np.repeat(np.arange(clusters), 1 + extra)


def has_covariate(groups):
    """Return the covariate of clusters: every fourth has it."""
    return (groups % 4 == 1).astype(float)


def middle(design, effects):
    """Return the effect of the covariates at their mean."""
    row = 0.5 if design.sizes == "pairs" else 0.0
    return effects["cluster"] * has_covariate(make_groups(design)).mean() + effects["row"] * row


def draw(design, effects, sd, rng, number=0):
    """Return a sample; where all ratings are the same, another."""
    groups = make_groups(design)
    of_clusters = rng.normal(size=design.clusters)[groups]
    row = np.arange(design.n) % 2.0 if design.sizes == "pairs" else rng.normal(size=design.n)
    row = row + of_clusters if design.sizes == "confounded" else row
    x = pd.DataFrame({"cluster": has_covariate(groups), "row": row})
    latent = x @ pd.Series(effects) - middle(design, effects) + sd * of_clusters
    y = small_samples.levels_of(latent, small_samples.PATTERNS[design.levels], rng)
    if len(np.unique(y)) < 2:
        return draw(design, effects, sd, rng, number)
    marginal = NULL if effects is NULL else marginal_truth(design)
    return methods.Sample(number, y, x, groups, effects, marginal, sd)


@cache
def marginal_truth(design):
    """Return the coefficients a model without random effects tends to, as clusters grow many.

    Its expected log-likelihood is that of rows for each covariate and level, weighted by how
    likely these are; the normal distributions are integrated by Gauss-Hermite quadrature.
    """
    share, effects = has_covariate(make_groups(design)).mean(), design.effects
    row, weight = (np.array([0.0, 1.0]), np.array([0.5, 0.5]))
    if design.sizes != "pairs":
        row, weight = hermite(31)
    nodes, chances = hermite(61)
    at = pd.DataFrame({"cluster": np.repeat([0.0, 1.0], len(row)), "row": np.tile(row, 2)})
    latent = (at @ pd.Series(effects) - middle(design, effects)).to_numpy()
    cuts = logit(np.cumsum(small_samples.PATTERNS[design.levels])[:-1])
    below = expit(cuts[None, :, None] - latent[:, None, None] - CLUSTER_SD * nodes) @ chances
    levels = np.diff(below, prepend=0.0, append=1.0, axis=1)
    counts = 1e4 * np.concatenate([(1.0 - share) * weight, share * weight])[:, None] * levels
    rows = at.loc[at.index.repeat(levels.shape[1])].reset_index(drop=True)
    y = np.tile(np.arange(levels.shape[1]), len(at))
    fit = ps.CumulativeLinkModel(y, rows, weights=counts.ravel()).fit()
    return {name: float(fit.params[name]) for name in effects}


def hermite(count):
    """Return nodes and weights of the standard normal distribution."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def answers_of(design, rng, number=0):
    """Return all answers to one sample of each kind."""
    found = []
    kinds = {"effects": design.effects, "no effect": NULL}
    if design.sizes == "confounded":
        kinds.pop("no effect")
    for kind, effects in kinds.items():
        sample = draw(design, effects, CLUSTER_SD, rng, number)
        found += [(kind, *answer) for answer in _answers(design, sample)]
    if design.sizes != "confounded":
        alike = draw(design, design.effects, 0.0, rng, number)
        found += [("alike", *answer) for answer in methods.alike_answers(alike)]
    return found


def _answers(design, sample):
    found = methods.mixed_answers(sample) + methods.fixed_answers(sample)
    if design.sizes == "pairs":
        found += methods.pair_answers(sample)
    else:
        found += methods.split_answers(sample)
    if design.sizes != "confounded":
        found += methods.marginal_answers(sample)
    return found


def simulate(design, replicates):
    """Return the answers to all samples of a design."""
    rng = np.random.default_rng([small_samples.SEED, all_designs().index(design)])
    found = [row for number in range(replicates) for row in answers_of(design, rng, number)]
    return pd.DataFrame(found, columns=["data", *methods.Answer._fields])


def summarise(found):
    """Return a row for each kind of sample, method, interval and coefficient."""
    rows, keys = [], ["data", "method", "interval", "coefficient"]
    for key, part in found.groupby(keys, sort=False):
        coverage, error = small_samples.share_of(part["held"])
        silent = part[["held", "rejected"]].isna().all(axis=1).mean()
        rows.append({
            **dict(zip(keys, key, strict=True)), "truth": part["truth"].iloc[0],
            "samples": len(part), **small_samples.errors_of(part["estimate"] - part["truth"]),
            "failed": part["failed"].mean(), "coverage": coverage, "error": error,
            "silent": silent, "rejected": part["rejected"].mean(),
            "width": part["width"].median(), "df": part["df"].mean(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def stored(replicates):
    """Return what an earlier run of as many samples has left, by design."""
    if not PATH.is_file():
        return {}
    table = pd.read_csv(PATH)
    table = table[table["replicates"] == replicates].drop(columns="replicates")
    return {Design(*key): part for key, part in table.groupby(list(Design._fields), sort=False)}


def main(replicates=REPLICATES):
    """Run the designs that are not there yet."""
    done = stored(replicates)
    for design in all_designs():
        if design in done:
            continue
        started = time.process_time()
        table = summarise(simulate(design, replicates)).round(4)
        for place, (name, value) in enumerate(design._asdict().items()):
            table.insert(place, name, value)
        done[design] = table
        together = pd.concat([done[one] for one in all_designs() if one in done])
        together.insert(4, "replicates", replicates)
        write_csv(PATH, together)
        print(*design, f"{time.process_time() - started:.0f} seconds", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore", ProbstatsWarning)
    main(*map(int, sys.argv[1:]))
