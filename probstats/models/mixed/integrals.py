r"""Likelihood of groups with random effects, by Laplace's method or adaptive Gauss-Hermite.

The likelihood of group g is the integral over d standard normal effects u of exp(h(u)) times a
constant, with h(u) = sum_i w_i log p_i(u) - u'u / 2. With the mode m, the information P = -h''(m),
CC' = P^-1, and Gauss-Hermite nodes x_k with weights v_k, the integral is

    |C| pi^(-d/2) sum_k v_k exp(h(m + sqrt(2) C x_k) + x_k'x_k)

(Pinheiro and Bates 1995, equation 2.8; Liu and Pierce 1994). With a single node that is Laplace's
method. Its derivatives are exact: nodes move with the parameters, by way of m and C.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from probstats.models.kernel.links import Array, Link
from probstats.models.mixed.grouped import GroupedRows, Moves, Pull
from probstats.models.mixed.modes import find_modes, information_of, shifted
from probstats.models.mixed.slopes import Thirds, firsts, thirds


class Nodes(NamedTuple):
    """Nodes of the product rule for d effects.

    Attributes
    ----------
    places : numpy.ndarray
        x, K by d.
    log_weights : numpy.ndarray
        K values of log v_k + x_k'x_k - (d/2) log pi.
    """

    places: Array
    log_weights: Array


def make_nodes(count: int, n_effects: int) -> Nodes:
    """Return the Gauss-Hermite rule with so many nodes in each of d directions.

    Parameters
    ----------
    count : int
        Nodes in each direction; 1 is Laplace's method.
    n_effects : int
        d.

    Returns
    -------
    Nodes
        count to the power of d nodes.
    """
    places, weights = np.polynomial.hermite.hermgauss(count)
    log_weights = np.log(np.maximum(weights, 1e-320)) + places**2
    grid = np.array(list(itertools.product(places, repeat=n_effects)))
    logs = np.array([sum(part) for part in itertools.product(log_weights, repeat=n_effects)])
    return Nodes(grid, logs - 0.5 * n_effects * np.log(np.pi))


class Peaks(NamedTuple):
    """Modes of the groups and the curvature there.

    Attributes
    ----------
    modes : numpy.ndarray
        m, d by G.
    roots : numpy.ndarray
        C, G by d by d, which places the nodes.
    inverse : numpy.ndarray
        Inverse information at the modes, G by d by d.
    slopes : Thirds
        Derivatives of the rows at the modes.
    placing : Thirds
        The same, as they make CC'.
    """

    modes: Array
    roots: Array
    inverse: Array
    slopes: Thirds
    placing: Thirds


def find_peaks(
    grouped: GroupedRows, link: Link, at: Moves, start: Array, *, laplace: bool = True
) -> Peaks | None:
    """Return modes and curvatures; None where there is no density, or no maximum.

    Parameters
    ----------
    grouped, link, at, start
        See ``modes.find_modes``.
    laplace : bool
        Whether CC' must be the inverse information. With several nodes any C will do: where the
        latent density is not log-concave, as that of the cauchit, rows that bend the wrong way are
        left out of it, so that nodes do not scatter where the information happens to be nil.

    Returns
    -------
    Peaks or None
        Modes and curvatures.
    """
    if not (at.bounds[0] > at.bounds[1]).all():
        return None
    modes = find_modes(grouped, link, at, start)
    slopes = thirds(link, shifted(grouped, at, modes))
    placing = slopes if laplace or link.log_concave else _bent_inwards(slopes)
    information = information_of(grouped, at.pulls, slopes.second.sum(axis=0))
    placed = information_of(grouped, at.pulls, placing.second.sum(axis=0))
    if not (np.isfinite(information).all() and np.isfinite(placed).all()):
        return None
    try:
        lower = np.linalg.cholesky(placed)
        inverse = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return None
    roots = np.asarray(np.linalg.inv(lower).transpose(0, 2, 1), dtype=float)
    return Peaks(modes, roots, np.asarray(inverse, dtype=float), slopes, placing)


def _bent_inwards(slopes: Thirds) -> Thirds:
    """Return derivatives of which rows that bend outwards are left out."""
    inwards = slopes.second.sum(axis=0) < 0.0
    return slopes._replace(
        second=np.where(inwards, slopes.second, 0.0), third=np.where(inwards, slopes.third, 0.0)
    )


class Integral(NamedTuple):
    """Log-likelihoods of groups, with derivatives in what the parameters move.

    Attributes
    ----------
    loglike : numpy.ndarray
        G values.
    pull : Pull
        Derivatives, row by row.
    """

    loglike: Array
    pull: Pull


def integrate(grouped: GroupedRows, link: Link, at: Moves, peaks: Peaks, nodes: Nodes) -> Integral:
    """Return the log-likelihood of each group and its derivatives.

    Parameters
    ----------
    grouped, link, at
        See ``modes.find_modes``.
    peaks : Peaks
        Modes and curvatures at the same parameters.
    nodes : Nodes
        The rule.

    Returns
    -------
    Integral
        Values by group, derivatives by row.
    """
    log_root = np.log(np.diagonal(peaks.roots, axis1=1, axis2=2)).sum(axis=1)
    if len(nodes.places) == 1:
        slopes, modes = peaks.slopes, peaks.modes
        value = grouped.sums(grouped.weights * slopes.log_p) - 0.5 * (modes**2).sum(axis=0)
        first = grouped.weights * slopes.first
        pull = Pull(first, (first[0] + first[1]) * modes[:, grouped.codes])
        lean = np.zeros_like(modes), np.zeros_like(peaks.roots)
        return Integral(value + log_root, _with_moves(grouped, at, peaks, pull, lean))
    value, pull, lean = _at_nodes(grouped, link, at, peaks, nodes)
    return Integral(value + log_root, _with_moves(grouped, at, peaks, pull, lean))


def _at_nodes(
    grouped: GroupedRows, link: Link, at: Moves, peaks: Peaks, nodes: Nodes
) -> tuple[Array, Pull, tuple[Array, Array]]:
    """Return the log of the sum over nodes, and its derivatives while they stand still.

    The last two are those in the nodes' common place, d by G, and in C, G by d by d.
    """
    codes = grouped.codes
    away = np.sqrt(2.0) * np.einsum("gij,kj->ikg", peaks.roots, nodes.places)
    effects = peaks.modes[:, None, :] + away  # d by K by G
    at_rows = effects[:, :, codes]
    moved = np.einsum("dn,dkn->kn", at.pulls, at_rows)
    log_p, first, last = firsts(link, at.bounds, moved)
    if grouped.rows.weights is not None:
        log_p *= grouped.weights
    joint = grouped.sums(log_p) - 0.5 * (effects**2).sum(axis=0)
    joint += nodes.log_weights[:, None]
    top = joint.max(axis=0)
    shares = np.exp(joint - top)
    total = shares.sum(axis=0)
    shares /= total
    spread = shares[:, codes]
    if grouped.rows.weights is not None:
        spread *= grouped.weights
    both = (first + last) * spread
    on_bounds = np.array([np.einsum("kn,kn->n", part, spread) for part in (first, last)])
    toward = np.einsum("kn,dkn->dn", both, at_rows)
    # shares times the slope of h in u at each node, d by K by G
    slope = np.array([grouped.sums(both * pull) for pull in at.pulls]) - shares * effects
    turn = np.sqrt(2.0) * np.einsum("ikg,kj->gij", slope, nodes.places)
    return (
        top + np.log(total),
        Pull(on_bounds, toward),
        (slope.sum(axis=1), turn),
    )


def _with_moves(
    grouped: GroupedRows, at: Moves, peaks: Peaks, pull: Pull, lean: tuple[Array, Array]
) -> Pull:
    """Add what comes of the mode and of C moving with the parameters.

    With dP the change of the information, C changes by -C f(C'dP C)', where f takes the lower
    triangle and half the diagonal, and log |C| by -tr(P^-1 dP) / 2; the mode by P^-1 times the
    change of h'. Both are carried back to bounds and pulls.
    """
    place, turn = lean
    roots, codes = peaks.roots, grouped.codes
    n_effects = roots.shape[1]
    spread = roots @ roots.transpose(0, 2, 1)
    half = np.tril(turn.transpose(0, 2, 1) @ roots)
    half[:, range(n_effects), range(n_effects)] *= 0.5
    tilt = roots @ half @ roots.transpose(0, 2, 1)
    on_information = -0.5 * (tilt + tilt.transpose(0, 2, 1)) - 0.5 * spread  # W, symmetric
    tilted = np.einsum("nij,jn->in", on_information[codes], at.pulls)  # W c
    size = (tilted * at.pulls).sum(axis=0)
    weights, slopes = grouped.weights, peaks.slopes
    third = weights * size * peaks.placing.third
    on_mode = place - grouped.sums((third[0] + third[1]) * at.pulls)
    follow = np.einsum("gij,jg->ig", peaks.inverse, on_mode)[:, codes]  # P^-1 times it
    along = (follow * at.pulls).sum(axis=0)
    bounds = weights * along * slopes.second - third
    first = weights * (slopes.first[0] + slopes.first[1])
    second = weights * (peaks.placing.second[0] + peaks.placing.second[1])
    pulls = (bounds[0] + bounds[1]) * peaks.modes[:, codes] - 2.0 * second * tilted + first * follow
    return Pull(pull.bounds + bounds, pull.pulls + pulls)
