"""The bootstrap of cumulative link models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from probstats.errors import ModelError
from probstats.jobs.pieces import Seed
from probstats.models.mixed.results import CumulativeLinkMixedResults
from probstats.resampling.boot_alone import Alone
from probstats.resampling.boot_draws import cluster_draws, row_draws, simulated_draws
from probstats.resampling.boot_loops import EstimatorRefits
from probstats.resampling.boot_mixed import mixed_refits
from probstats.resampling.boot_options import check_options, clusters_of, require_estimates
from probstats.resampling.boot_refits import Refits
from probstats.resampling.boot_results import Bootstrap
from probstats.resampling.boot_run import make_bootstrap
from probstats.resampling.boot_wild import score_wild


def bootstrap(
    fit: Any,
    n_resamples: int = 1000,
    method: str = "case",
    groups: Any = None,
    rng: Seed = None,
    n_jobs: int | None = 1,
    *,
    separated: str = "drop",
    chunk_size: int = 250,
    checkpoint: str | Path | None = None,
) -> Bootstrap:
    r"""Fit again to resamples.

    Rows keep their covariates and change their weights, so that the refits of a maximum-likelihood
    fit are one batched Newton iteration, each with its own steps and its own end.

    Parameters
    ----------
    fit : CumulativeLinkResults or CumulativeLinkMixedResults
        The fit. Refits are made as it was: by maximum likelihood, with bias reduction, or with its
        penalty.
    n_resamples : int
        Resamples; B.
    method : {"case", "cluster", "score-wild", "parametric"}
        What is resampled, see the notes.
    groups : str, pandas.Series or array_like, optional
        Clusters, for ``"cluster"`` and ``"score-wild"``: a column of the formula's data, a series
        with its index, or one value for each row used. The clusters of the fit by default.
    rng : numpy.random.Generator, int or None
        Source of randomness, or its seed.
    n_jobs : int or None
        Processors, see ``probstats.jobs.pieces.run``: with 1 a surrounding
        ``joblib.parallel_config`` decides, which may be that of a Dask cluster. The numbers do
        not depend on it.
    separated : {"drop", "reduce"}
        What becomes of resamples whose rows separate the levels, so that there is no
        maximum-likelihood estimate: they are left out, or get bias-reduced estimates. Both are
        counted.
    chunk_size : int
        Resamples in a piece of work. Each piece has its own random numbers, so that another size
        gives other replicates.
    checkpoint : str or pathlib.Path, optional
        Folder in which finished pieces are kept; the same call goes on where it was interrupted.

    Returns
    -------
    Bootstrap
        ``replicates``, ``bse``, ``bias``, ``conf_int()``, ``failures`` by reason, ``summary()``.

    Raises
    ------
    ModelError
        If an option cannot be used, the fit has no finite estimates, or no resample has.
    JobError
        If workers die, or ``checkpoint`` is the folder of another call.

    Warns
    -----
    ResampleWarning
        If more than a tenth of the resamples have no estimates.
    FewGroupsWarning
        If fewer than ten clusters are drawn from.
    ClusterWarning
        If errors of the fit are clustered, and the method takes rows as independent.

    Notes
    -----
    ``"case"``
        Rows are drawn with replacement (Efron 1979). A row with a weight of 2 is two rows; rows
        with fractions for weights are drawn as they are, each with its weight.
    ``"cluster"``
        Whole clusters are drawn, with the weights of their rows. With random effects each copy of
        a group is a group of its own.
    ``"score-wild"``
        No refits: with V the inverse information at the estimate and s_g the score of cluster (or
        row) g there, a replicate is the estimate + V sum_g w_g s_g (Kline and Santos 2012). The
        w_g are 1 or -1; with fewer than 12 clusters, where signs have few combinations, they are
        plus or minus the roots of 1/2, 1 and 3/2 (Webb 2023). The error of a replicate is the
        sandwich of w_g s_g less their mean.
    ``"parametric"``
        Outcomes are simulated by the fit; with random effects, new effects are drawn as well.

    A resample has no estimates where a level was lost, the rows separate the levels (as the fit
    itself decides it: by linear programming, where information runs out), covariates cannot be told
    apart, thresholds cross, or Newton's method stops early. Such resamples are left out of
    ``replicates`` and counted in ``failures``.

    Standard errors of replicates, for studentised intervals, come from the information; with
    ``"cluster"`` they are sandwiches over the clusters drawn, and with ``"case"`` and
    ``"parametric"`` over rows if the fit has ``cov_type="HC0"`` or ``"HC1"``.

    Refits start at the estimates; with the cauchit link or scale effects, where the likelihood may
    have several maxima, they start as ``CumulativeLinkModel.fit`` does, without effects.

    References
    ----------
    Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge
    University Press.
    Kline, P. and Santos, A. (2012). A score based approach to wild bootstrap inference. Journal of
    Econometric Methods 1, 23-41.
    Webb, M. D. (2023). Reworking wild bootstrap-based inference for clustered errors. Canadian
    Journal of Economics 56, 839-858.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> wine = pd.read_csv("tests/reference/wine.csv").astype({"temp": "category"})
    >>> fit = ps.CumulativeLinkModel.from_formula("rating ~ temp", wine).fit()
    >>> found = ps.bootstrap(fit, 499, rng=1)
    >>> found
    <Bootstrap: rows drawn with replacement, 494 replicates, 5 without estimates>
    >>> found.conf_int("bca").loc["temp[warm]"].round(2).tolist()
    [1.44, 3.38]
    """
    check_options(
        method, separated, n_resamples, chunk_size,
        kept=checkpoint is not None, seeded=rng is not None,
    )  # fmt: skip
    require_estimates(fit)
    source = _source(fit, method, groups, separated)
    return make_bootstrap(
        fit, source, method, n_resamples, chunk_size,
        rng=rng, n_jobs=n_jobs, checkpoint=checkpoint,
    )  # fmt: skip


def _source(fit: Any, method: str, groups: Any, separated: str) -> Any:
    """Return what makes replicates."""
    if isinstance(getattr(fit, "_results", fit), CumulativeLinkMixedResults):
        if separated != "drop":
            raise ModelError("a fit with random effects has no bias reduction; separated='drop'")
        return mixed_refits(fit, method, groups)
    clusters = clusters_of(fit, method, groups)
    if method == "score-wild":
        return _wild(fit, clusters)
    model, by_likelihood = fit.model, fit.estimator.by_likelihood
    _require_reducible(fit, separated)
    observed = row_draws(model) if clusters is None else cluster_draws(model, clusters)
    draws = simulated_draws(fit) if method == "parametric" else observed
    options: dict[str, Any] = {
        "draws": draws,
        "problem": replace(model.problem(), rows=draws.rows, start=fit.maximum.params),
        "crossing": model.outcome.is_interval or bool(model.rows.nominal.shape[1]),
        "reduce": separated == "reduce",
        "robust": method == "cluster" or fit.cov_type in {"HC0", "HC1"},
        "observed": observed if draws is not observed else None,
        "alone": None if model.problem().concave else Alone(model),
    }
    if by_likelihood:
        return Refits(**options)
    return EstimatorRefits(**options, estimator=fit.estimator)


def _require_reducible(fit: Any, separated: str) -> None:
    if separated == "drop":
        return
    if not fit.estimator.by_likelihood:
        raise ModelError(
            f"separated='reduce' is for maximum-likelihood fits, and these are "
            f"{fit.estimator.name}, which separation does not stop; leave it out"
        )
    if fit.model.outcome.is_interval:
        raise ModelError(
            "bias reduction averages over the levels a row might have had, and how an outcome "
            "known as an interval would then have been reported is not known; use separated='drop'"
        )


def _wild(fit: Any, clusters: Any) -> Any:
    if not fit.estimator.by_likelihood:
        raise ModelError(
            f"method='score-wild' perturbs scores that are zero in sum, and those of "
            f"{fit.estimator.name} are not; use method='case' or 'cluster'"
        )
    model = fit.model
    draws = row_draws(model) if clusters is None else cluster_draws(model, clusters)
    problem = replace(model.problem(), rows=draws.rows, start=fit.maximum.params)
    return score_wild(draws, problem, clustered=clusters is not None)
