"""Reading formulas: sides, parts, and design matrices.

Formulas are read by formulaic: it is maintained, sets up a small model in two thirds of patsy's
time, keeps what it needs to transform new data, and pickles.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import DataMismatchWarning, FormulaicError

from probstats.errors import ModelError

FUNCTIONS = {"np": np}
"""What a formula may call besides formulaic's own transforms; never the caller's variables."""


def sides(formula: str) -> tuple[list[str], str]:
    """Return the columns of the outcome, one or two, and the right side of a formula."""
    if not isinstance(formula, str):
        raise ModelError(f"a formula is text such as 'outcome ~ covariates', not {formula!r}")
    left, tilde, right = formula.partition("~")
    if not tilde or not left.strip():
        raise ModelError(f"formula {formula!r} needs one outcome: write 'outcome ~ covariates'")
    found = re.fullmatch(r"\s*interval\((.+),(.+)\)\s*", left)
    names = [name.strip().strip("`") for name in (found.groups() if found else (left,))]
    for name in names:
        if re.search(r"[+()|]", name) and "`" not in left:
            raise ModelError(
                f"outcome {name!r} must be a column of the data, not an expression; for an outcome "
                f"known within bounds write 'interval(lowest, highest) ~ covariates'"
            )
    return names, right


def parse_part(formula: str | None) -> Any:
    """Return the parsed one-sided formula of scale or nominal effects, None where it is None."""
    if formula is None:
        return None
    if not isinstance(formula, str) or not formula.strip().startswith("~"):
        raise ModelError(f"nominal and scale are one-sided formulas such as '~ x', not {formula!r}")
    return parse(formula.strip()[1:])


def parse(side: str) -> Any:
    """Return the parsed right side of a formula, always with a constant.

    Parameters
    ----------
    side : str
        Such as ``"year + provider_type"``.

    Returns
    -------
    formulaic.SimpleFormula
        The terms.

    Raises
    ------
    ModelError
        If it cannot be read, has several parts, or holds an offset.
    """
    if re.search(r"\(\s*1\s*\|", side):
        raise ModelError(f"formula {side.strip()!r} asks for random effects, which are not here")
    if re.search(r"(^|[\s~+])\.($|[\s+])", side):
        raise ModelError(f"formula {side.strip()!r}: name the covariates; '.' stands for none here")
    if re.search(r"\boffset\(", side):
        raise ModelError("a formula takes no offset(); pass offset='column' instead")
    try:
        # The trailing 1 undoes "- 1" and "0 +", so that categories always keep a reference level.
        parsed = formulaic.Formula(f"{side} + 1")
    except FormulaicError as error:
        reason = str(error).splitlines()[0][:200]
        raise ModelError(f"formula {side.strip()!r} cannot be read: {reason}") from None
    if not isinstance(parsed, formulaic.SimpleFormula):
        raise ModelError(
            f"formula {side.strip()!r} has several parts; '|' and '~' are not part of this model"
        )
    return parsed


def in_order(names: Iterable[Any], text: str) -> list[str]:
    """Return names in the order in which a formula mentions them."""
    return sorted(map(str, names), key=lambda name: (text.find(name), name))


def evaluate(formula: Any, rows: pd.DataFrame) -> Any:
    """Return the model matrix of complete rows: no row is lost here, no category made up."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DataMismatchWarning)
            return formula.get_model_matrix(rows, context=FUNCTIONS, na_action="ignore")
    except (FormulaicError, DataMismatchWarning) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"the formula cannot be evaluated: {reason}") from error


def without_constant(matrix: pd.DataFrame) -> pd.DataFrame:
    """Drop the constant and name levels as ``column[level]``."""
    names = [str(name).replace("[T.", "[") for name in matrix.columns[1:]]  # the constant is first
    values = np.empty((len(matrix), len(names)), order="F")
    for number in range(len(names)):
        values[:, number] = matrix.iloc[:, number + 1]
    return pd.DataFrame(values, index=matrix.index, columns=names, copy=False)
