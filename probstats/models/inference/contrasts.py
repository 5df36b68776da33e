"""Tests of linear combinations of parameters, also where some parameters are infinite."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.base.model import LikelihoodModelResults
from statsmodels.stats.contrast import ContrastResults

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.models.kernel.separation import SHARE


class Contrasts:
    """``t_test`` and ``wald_test`` of results that may hold infinite estimates."""

    def t_test(self: Any, r_matrix: Any, cov_p: Any = None, use_t: bool | None = None) -> Any:
        """Test linear combinations of the parameters one by one.

        Parameters
        ----------
        r_matrix : array_like, str or tuple
            Such as ``"temp[warm] = contact[yes]"`` or a matrix with a column for each parameter.
        cov_p : array_like, optional
            Covariance to use instead of that of the fit.
        use_t : bool, optional
            Whether to use the t distribution.

        Returns
        -------
        statsmodels.stats.contrast.ContrastResults
            Estimates, errors and p-values.

        Raises
        ------
        ModelError
            If a combination holds a parameter with no finite estimate.
        """
        coefs = self._contrast(r_matrix)
        twin = _finite(self)
        if self.groups is not None:
            found = self.fit_record
            twin.df_resid_inference = self._df_of(coefs[0] @ found.transform)
        return twin.t_test(coefs, cov_p=cov_p, use_t=use_t)

    def wald_test(self: Any, r_matrix: Any, **kwargs: Any) -> Any:
        """Test several linear combinations of the parameters at once.

        Parameters
        ----------
        r_matrix : array_like, str or tuple
            Such as ``"temp[warm] = 0, contact[yes] = 0"``.
        **kwargs
            Those of statsmodels' ``wald_test``: ``cov_p``, ``invcov``, ``use_f``,
            ``df_constraints`` and ``scalar``.

        Returns
        -------
        statsmodels.stats.contrast.ContrastResults
            Statistic and p-value. With Satterthwaite degrees of freedom an F statistic by the
            approximation of Pustejovsky and Tipton (2018); ``use_f=False`` gives the
            plain chi-squared statistic.

        Raises
        ------
        ModelError
            If a combination holds a parameter with no finite estimate, or there are too few
            clusters to test as many at once.
        """
        kwargs.setdefault("scalar", True)
        coefs = self._contrast(r_matrix)
        if self.fit_record.reference is None or kwargs.get("use_f") is False:
            return _finite(self).wald_test(coefs, **kwargs)
        statistic = _finite(self).wald_test(coefs, **(kwargs | {"use_f": False})).statistic
        value, df = small_sample_f(self, statistic, coefs[0])
        return ContrastResults(F=value, df_num=len(coefs[0]), df_denom=df)

    def _contrast(self: Any, r_matrix: Any) -> tuple[Array, Array]:
        """Return coefficients and constants of a constraint that has a finite estimate."""
        names = self.model.data.param_names
        coefs, constants = _read_constraint(r_matrix, names)
        separation = self.separation
        if separation.separated:
            lost = self.fit_record.transform @ separation.directions
            reach = np.abs(coefs) @ np.linalg.norm(self.fit_record.transform, axis=1)
            share = np.linalg.norm(coefs @ lost, axis=1)
            if (share > SHARE * reach).any():
                raise ModelError(
                    f"the test holds a parameter with no finite estimate; these have none: "
                    f"{', '.join(self.diverging)}"
                )
        return coefs, constants


def _read_constraint(r_matrix: Any, names: list[str]) -> tuple[Array, Array]:
    from patsy import DesignInfo, PatsyError

    if isinstance(r_matrix, tuple) and len(r_matrix) == 2 and not isinstance(r_matrix[0], str):
        coefs = _coefficients(r_matrix[0], names)
        constants = np.asarray(r_matrix[1], dtype=float).ravel()
        return coefs, np.broadcast_to(constants, len(coefs))
    if isinstance(r_matrix, np.ndarray | list) and not isinstance(r_matrix[0], str):
        coefs = _coefficients(r_matrix, names)
        return coefs, np.zeros(len(coefs))
    try:
        constraint = DesignInfo(names).linear_constraint(r_matrix)
    except (PatsyError, IndexError) as error:
        raise ModelError(
            f"the test {r_matrix!r} cannot be read ({str(error).splitlines()[0]}); the parameters "
            f"are {', '.join(names)}"
        ) from error
    return constraint.coefs, constraint.constants.ravel()


def _coefficients(matrix: Any, names: list[str]) -> Array:
    coefs = np.atleast_2d(np.asarray(matrix, dtype=float))
    if coefs.ndim != 2 or coefs.shape[1] != len(names):
        raise ModelError(
            f"the test has a matrix of shape {coefs.shape}; it needs a column for each of the "
            f"{len(names)} parameters: {', '.join(names)}"
        )
    return coefs


def _finite(results: Any) -> LikelihoodModelResults:
    """Return results whose infinite parameters are where the fit stopped."""
    found = results.fit_record
    twin = LikelihoodModelResults(
        results.model, found.params, normalized_cov_params=found.covariance, scale=1.0
    )
    twin.use_t, twin.df_resid = results.use_t, results.df_resid
    if results.groups is not None and results.fit_record.reference is None:
        twin.df_resid_inference = results.df_resid_inference
    return twin


def small_sample_f(results: Any, statistic: float, coefs: Array) -> tuple[float, float]:
    """Return a Wald statistic of p contrasts as F, with its denominator degrees of freedom.

    Parameters
    ----------
    results : CumulativeLinkResults
        A fit with Satterthwaite degrees of freedom.
    statistic : float
        The quadratic form of the contrasts.
    coefs : numpy.ndarray
        p by q coefficients.

    Returns
    -------
    tuple of float
        (eta - p + 1) / (eta p) times the statistic, and eta - p + 1.

    Raises
    ------
    ModelError
        If eta - p + 1 is not positive.
    """
    n_tests = len(coefs)
    eta = results.fit_record.reference.joint_df(coefs @ results.fit_record.transform)
    df = eta - n_tests + 1.0
    if not df > 0.0:
        raise ModelError(
            f"{results.n_groups} clusters are too few to test {n_tests} parameters at once; test "
            f"fewer, or one by one"
        )
    return statistic * df / (eta * n_tests), df


def term_tests(results: Any) -> pd.DataFrame:
    """Return Wald tests of all terms, see ``CumulativeLinkResults.wald_test_terms``."""
    terms = model_terms(results.model)
    rows = {name: _term_test(results, columns) for name, columns in terms.items()}
    names = ["statistic", "df", "df_denom", "p_value"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    frame["df"] = frame["df"].astype(int)
    if results.groups is None:
        del frame["df_denom"]
    return frame.rename_axis("term")


def _term_test(results: Any, columns: list[int]) -> tuple[float, int, float, float]:
    df = len(columns)
    clusters = np.nan if results.groups is None else results.n_groups - 1
    if np.any(results.separation.infinite.to_numpy()[columns] != 0.0):
        return np.nan, df, clusters, np.nan
    estimates = results.params[columns]
    covariance = results.cov_params()[np.ix_(columns, columns)]
    statistic = float(estimates @ np.linalg.solve(covariance, estimates))
    if results.groups is None:
        return statistic, df, np.nan, float(stats.chi2.sf(statistic, df))
    if results.fit_record.reference is None:
        statistic /= df
        return statistic, df, clusters, float(stats.f.sf(statistic, df, clusters))
    try:
        statistic, below = small_sample_f(results, statistic, np.eye(len(results.params))[columns])
    except ModelError:
        return np.nan, df, np.nan, np.nan
    return statistic, df, below, float(stats.f.sf(statistic, df, below))


def model_terms(model: Any) -> dict[str, list[int]]:
    """Return the positions of the parameters of each term of location, scale and nominal.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.

    Returns
    -------
    dict
        Positions by term; ``"scale: temp"`` and ``"nominal: contact"`` are terms of their own.
    """
    location, scale, nominal = (
        part_terms(model, name) for name in ("location", "scale", "nominal")
    )
    p, s, _ = model.rows.sizes
    t = len(model.thresholds.names)
    terms = dict(location)
    terms |= {f"scale: {name}": [p + number for number in numbers]
              for name, numbers in scale.items()}  # fmt: skip
    terms |= {
        f"nominal: {name}": [p + s + (1 + m) * t + k for m in numbers for k in range(t)]
        for name, numbers in nominal.items()
    }
    return terms


def part_terms(model: Any, part: str) -> dict[str, list[int]]:
    """Return the positions of the columns of each term of a part of the model.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    part : {"location", "scale", "nominal"}
        The part.

    Returns
    -------
    dict
        Positions by term; without a formula every column is a term.
    """
    columns = list(getattr(model.sample.covariates, part).columns)
    if model.design is None or model.design.parts[part].columns != columns:
        return {str(name): [number] for number, name in enumerate(columns)}
    return model.design.parts[part].terms
