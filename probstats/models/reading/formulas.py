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
        raise ModelError(
            f"formula {side.strip()!r} asks for random effects; pass groups= to "
            f"CumulativeLinkMixedModel instead"
        )
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


def variables_of(parsed: Any, columns: Iterable[Any]) -> list[str]:
    """Return the columns of the data a formula uses, in its order, within transforms too."""
    known = {str(name) for name in columns}
    found = {str(name) for name in parsed.required_variables}
    for term in parsed:
        for factor in term.factors:
            found |= known & set(re.findall(r"[^\W\d]\w*", str(factor.expr)))
    return in_order(found, str(parsed))


def with_floats(data: pd.DataFrame, names: Iterable[str], formula: str) -> pd.DataFrame:
    """Return data whose whole numbers are floats, so that squares of small types do not overflow.

    Columns a formula takes as categories, by ``C()``, keep their type and so the names of levels.
    """
    whole = [
        name
        for name in names
        if pd.api.types.is_integer_dtype(data[name]) and not takes_as_categories(formula, name)
    ]
    return data.astype(dict.fromkeys(whole, float)) if whole else data


def takes_as_categories(formula: str, name: str) -> bool:
    """Return whether a formula makes categories of a column of numbers."""
    return re.search(rf"\bC\({re.escape(name)}\b", formula) is not None


def require_row_by_row(matrix: pd.DataFrame, spec: Any, rows: pd.DataFrame) -> None:
    """Raise a sentence if some of the rows alone get another design than among all rows.

    A function of a whole column, such as ``np.mean(x)``, would be another in new data.
    """
    if not re.search(r"\w\s*\.\s*\w+\s*\(", str(spec.formula)) or len(rows) < 2:
        return
    some = rows.iloc[: (len(rows) + 1) // 2]
    again = without_constant(evaluate(spec, some)).to_numpy()
    if not np.allclose(
        again, matrix.to_numpy()[: len(some)], rtol=1e-9, atol=1e-12, equal_nan=True
    ):
        raise ModelError(
            f"formula {str(spec.formula)!r} uses a function of a whole column, which would be "
            f"another in new data; make the column before, or use center() or scale()"
        )


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
