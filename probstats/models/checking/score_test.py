"""Score tests of parallel lines, with the expected information of the larger model."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from probstats.models.checking.lines import Lines
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.prediction.probabilities import gradient, predict


def score_and_information(
    params: Array, rows: Rows, counts: Array, link: Link
) -> tuple[Array, Array]:
    r"""Return the score and the expected information of a model.

    A row that counts w times is a multinomial draw of w with probabilities p_k. Its score and its
    Fisher information are

    .. math:: U = \sum_k \frac{n_k}{p_k} \frac{\partial p_k}{\partial\phi}, \qquad
       I = w \sum_k \frac{1}{p_k} \frac{\partial p_k}{\partial\phi}
       \frac{\partial p_k}{\partial\phi'}

    (McCullagh 1980, section 5).

    Parameters
    ----------
    params : numpy.ndarray
        The q parameters.
    rows : Rows
        n rows with every edge between levels.
    counts : numpy.ndarray
        n by K; how often each row has each level.
    link : Link
        The link.

    Returns
    -------
    score : numpy.ndarray
        q values.
    information : numpy.ndarray
        q by q.
    """
    score, information = np.zeros(len(params)), np.zeros((len(params), len(params)))
    start = 0
    for block in rows.blocks():
        some = counts[start : start + len(block)]
        start += len(block)
        chances = predict(params, block, link, "prob")
        slopes = gradient(params, block, link, "prob")
        inverse = np.where(chances > 0.0, 1.0 / np.where(chances > 0.0, chances, 1.0), 0.0)
        score += np.einsum("nk,nkq->q", some * inverse, slopes)
        weight = np.sqrt(some.sum(axis=1, keepdims=True) * inverse)
        flat = (weight[:, :, None] * slopes).reshape(-1, len(params))
        information += flat.T @ flat
    return score, information


def score_statistics(lines: Lines, counts: Array, params: Array) -> Array:
    """Return the score statistic U' I^-1 U of each test.

    Parameters
    ----------
    lines : Lines
        What is tested.
    counts : numpy.ndarray
        n by K; how often each row has each level.
    params : numpy.ndarray
        Estimates with parallel lines.

    Returns
    -------
    numpy.ndarray
        One value for each test; missing where the information cannot be inverted.

    Notes
    -----
    One score of the model in which every tested term is nominal serves all tests: the model in
    which one term is nominal has the parameters M psi of it, the score M'U and the information
    M'IM.
    """
    start = lines.embeddings[0] @ params
    score, information = score_and_information(start, lines.every_edge, counts, lines.link)
    return np.array(
        [quadratic(span.T @ score, span.T @ information @ span) for span in lines.spans]
    )


def quadratic(vector: Array, matrix: Array) -> float:
    """Return v' M^-1 v; not a number where M is not positive definite."""
    try:
        factor = linalg.cho_factor(matrix)
    except (linalg.LinAlgError, ValueError):
        return np.nan
    return float(vector @ linalg.cho_solve(factor, vector))
