r"""Cluster-robust covariance with small-sample corrections, and its degrees of freedom.

Write the level of row i as the vector y_i of indicators with mean p_i and covariance V_i, and
D_i = dp_i / dphi'. To first order y_i - p_i(estimate) is what a weighted linear regression with
design D_i, weights V_i^-1 and errors of covariance V_i leaves over. In cluster g, whitened by a
root of V_i, its covariance is B_g = 1 - M_g I^-1 M_g' with the whitened design M_g and the expected
information I, if the model holds and rows are independent. CR2 multiplies what is left over by
B_g^{-1/2}, the symmetric root, after which the sandwich is free of bias (Bell and McCaffrey 2002;
the criterion is that of Pustejovsky and Tipton 2018, who take the root before whitening, which
with more than two levels would depend on how they are coded). Because M_g' B_g^{-1/2} is
L (1 - C_g)^{-1/2} L^-1 M_g' with

.. math:: C_g = L^{-1} I_g L^{-T}, \qquad L L' = I = \sum_g I_g,

where I_g is the expected information of the cluster, all that is needed are scores and expected
information of each cluster, q numbers and q by q; which level is left out of y_i, how
covariates are coded and which root whitens changes nothing. The covariance is

.. math:: b \sum_g t_g t_g' b', \qquad t_g = L (1 - C_g)^{-e} L^{-1} s_g,

with e = 0 for CR0 and CR1 (times G / (G - 1)), 1/2 for CR2 and 1 for CR3, and the bread b the
inverse of the observed information (of the expected one after bias reduction).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from probstats.errors import ClusterWarning, ModelError
from probstats.models.inference.cluster_groups import Clusters
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.expected import AllLevels
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum
from probstats.models.trouble import warn

EXPONENTS = {"CR0": 0.0, "CR1": 0.0, "CR2": 0.5, "CR3": 1.0}

ALONE = 1e-8
"""Share of the information on some direction that clusters besides one must hold."""


class Bread(NamedTuple):
    """What a sandwich is made with.

    Attributes
    ----------
    inverse : numpy.ndarray
        The bread, q by q in phi; zero in the directions that have no maximum.
    kept : numpy.ndarray
        q by k directions that have one.
    transform : numpy.ndarray
        From phi to the user's parameters.
    names : list of str
        Their names.
    """

    inverse: Array
    kept: Array
    transform: Array
    names: list[str]


NEGATIVE = 1e-10
"""Share of the largest variance below which a negative one is rounding."""


@dataclass(frozen=True)
class Satterthwaite:
    """Degrees of freedom of contrasts of clustered estimates.

    Attributes
    ----------
    arms : numpy.ndarray
        G by k by q; (1 - C_g)^-e L' b, which takes a contrast to cluster g.
    shares : numpy.ndarray
        G by k by k; C_g.

    Notes
    -----
    A variance estimate is a quadratic form z' P'P z of white z if the model holds and rows are
    independent. With W = P P', G by G, it has the mean tr W and the variance 2 tr W^2, those of a
    multiple of chi-squared with (tr W)^2 / tr W^2 degrees of freedom (Satterthwaite 1946; Bell and
    McCaffrey 2002).
    """

    arms: Array
    shares: Array

    def df(self, contrasts: Array) -> Array:
        """Return the degrees of freedom of contrasts in phi, one for each vector on the last axis.

        Missing where the contrast has no error.
        """
        flat = contrasts.reshape(-1, contrasts.shape[-1])
        arms = np.einsum("gkq,mq->mgk", self.arms, flat)
        pulled = np.einsum("gkl,mgl->mgk", self.shares, arms)
        own = (arms * pulled).sum(axis=2)
        size = (pulled**2).sum(axis=2)
        inner = np.einsum("mgk,mgl->mkl", pulled, pulled)
        trace = (own - size).sum(axis=1)
        square = (own**2 - 2.0 * own * size).sum(axis=1) + (inner**2).sum(axis=(1, 2))
        with np.errstate(invalid="ignore", divide="ignore"):
            found = trace**2 / square
        return np.where(trace > 0.0, found, np.nan).reshape(contrasts.shape[:-1])

    def joint_df(self, contrasts: Array) -> float:
        """Return the degrees of freedom eta of a Wald statistic of p contrasts in phi.

        Parameters
        ----------
        contrasts : numpy.ndarray
            p by q.

        Returns
        -------
        float
            (eta - p + 1) / (eta p) times the statistic is referred to F(p, eta - p + 1)
            (Pustejovsky and Tipton 2018, the test they call HTZ).
        """
        n_tests = len(contrasts)
        arms = np.einsum("gkq,pq->pgk", self.arms, contrasts)
        pulled = np.einsum("gkl,pgl->pgk", self.shares, arms)
        cross = -np.einsum("sgk,thk->stgh", pulled, pulled)
        own = np.einsum("sgk,tgk->stg", arms, pulled)
        places = np.arange(len(self.arms))
        cross[:, :, places, places] += own
        mean = np.einsum("stgg->st", cross)
        values, vectors = np.linalg.eigh(mean)
        if values[0] <= 1e-12 * values[-1]:
            return np.nan
        root = (vectors / np.sqrt(values)) @ vectors.T
        cross = np.einsum("as,stgh,bt->abgh", root, cross, root)
        own_pairs = np.einsum("ssgh,ttgh->", cross, cross)
        mixed = np.einsum("stgh,tsgh->", cross, cross)
        return float(n_tests * (n_tests + 1) / (own_pairs + mixed))


def cluster_covariance(
    problem: Problem, maximum: Maximum, clusters: Clusters, bread: Bread
) -> tuple[Array, Satterthwaite | None]:
    """Return the covariance of phi, and the degrees of freedom where they are asked for.

    Parameters
    ----------
    problem : Problem
        The data.
    maximum : Maximum
        The estimates.
    clusters : Clusters
        One-way clusters.
    bread : Bread
        The outer matrices.

    Returns
    -------
    covariance : numpy.ndarray
        q by q.
    reference : Satterthwaite or None
        None where the t reference has the number of clusters less one.

    Raises
    ------
    ModelError
        If one cluster alone holds all information on some parameter, so that CR2 and CR3 have no
        value.
    """
    codes, labels = clusters.codes()
    n_groups = len(labels)
    scores = _summed(problem.scores(maximum), clusters.counts, codes, n_groups)
    factor = n_groups / (n_groups - 1.0) if clusters.kind == "CR1" else 1.0
    if clusters.kind in {"CR0", "CR1"} and clusters.reference == "clusters":
        moved = scores @ bread.inverse
        return factor * moved.T @ moved, None
    informations = bread.kept.T @ _informations(problem, maximum, codes, n_groups) @ bread.kept
    root = np.linalg.cholesky(informations.sum(axis=0))
    back = linalg.solve_triangular(root, np.eye(len(root)), lower=True)
    shares = back @ informations @ back.T
    exponent = EXPONENTS[clusters.kind]
    values, vectors = np.linalg.eigh(shares)
    if exponent:
        _require_shared(values, vectors, back, labels, bread)
    left = np.clip(1.0 - values, ALONE, 1.0) ** -exponent
    adjusted = (vectors * left[:, None, :]) @ vectors.swapaxes(1, 2)
    arms = adjusted @ (root.T @ bread.kept.T @ bread.inverse)
    white = scores @ bread.kept @ back.T
    moved = np.einsum("gkq,gk->gq", arms, white)
    reference = Satterthwaite(arms, shares) if clusters.reference == "satterthwaite" else None
    return factor * moved.T @ moved, reference


def two_way_covariance(
    problem: Problem, maximum: Maximum, clusters: Clusters, bread: Bread
) -> Array:
    """Return the covariance of two-way clusters: of each way, less that of rows that share both.

    Each has its own factor G / (G - 1) for CR1 (Cameron, Gelbach and Miller 2011).
    Where the difference is not positive semi-definite, its negative eigenvalues are set to zero,
    as they propose.

    Parameters
    ----------
    problem, maximum, clusters, bread
        See ``cluster_covariance``.

    Returns
    -------
    numpy.ndarray
        q by q.

    Warns
    -----
    ClusterWarning
        If it is negative in some direction.
    """
    one_way, other_way = (way.nunique() for way in clusters.ways)
    one, other, both = (
        cluster_covariance(problem, maximum, part, bread)[0]
        for part in (clusters.of_way(0), clusters.of_way(1), clusters.both)
    )
    values, vectors = np.linalg.eigh(one + other - both)
    if values[0] < -NEGATIVE * values[-1]:
        warn(
            f"the two-way covariance is negative in some direction, as happens with few clusters "
            f"({one_way} and {other_way}) or where one way says little; it is set to zero there, "
            f"and errors may be too small: compare those of each way",
            ClusterWarning,
        )
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def _summed(scores: Array, counts: Array, codes: NDArray[np.intp], n_groups: int) -> Array:
    sums = np.zeros((n_groups, scores.shape[1]))
    speaks = codes >= 0
    np.add.at(sums, codes[speaks], counts[speaks, None] * scores[speaks])
    return sums


def _informations(
    problem: Problem, maximum: Maximum, codes: NDArray[np.intp], n_groups: int
) -> Array:
    """Return the expected information of each cluster, G by q by q."""
    rows = problem.rows
    moments = AllLevels(rows, problem.link)(maximum.params)
    if moments is None:
        raise ModelError(
            "small-sample corrections need the expected information, and there is none where "
            "thresholds cross; use cov_type='CR1'"
        )
    codes = codes if rows.order is None else codes[rows.order]
    root = moments.information_rows() * np.sqrt(moments.weights)[:, None]
    parts = [root[:, codes == code].reshape(-1, root.shape[2]) for code in range(n_groups)]
    return np.array([part.T @ part for part in parts])


def _require_shared(
    values: Array, vectors: Array, back: Array, labels: NDArray[np.object_], bread: Bread
) -> None:
    """Raise a sentence about a cluster that alone holds all information on some parameters."""
    for group, label in enumerate(labels):
        alone = values[group] > 1.0 - ALONE
        if alone.any():
            lost = bread.transform @ bread.kept @ back.T @ vectors[group][:, alone]
            size = np.linalg.norm(bread.transform @ bread.kept @ back.T, axis=1)
            share = np.linalg.norm(lost, axis=1) / size
            named = [name for name, part in zip(bread.names, share, strict=True) if part > 0.1]
            raise ModelError(
                f"cluster {label!r} alone says anything of {', '.join(named)}: what differs "
                f"between clusters cannot be learnt from one; leave its column out, merge "
                f"clusters, or use cov_type='CR1' and do not read the errors of these"
            )
