"""Parameters of models in words, with what each category is compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from probstats.tables.estimates import first_fit

CATEGORY = re.compile(r"(?:C\()?(?P<variable>[^\[\]()]+)\)?\[(?P<level>.*)\]")


def parameter_names(fit: Any, terms: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the parameters of a fit in words.

    Parameters
    ----------
    fit : results
        A fit, or fits pooled over imputations.
    terms : mapping of str to str, optional
        Parameters in words of the reader's own; those of scale and nominal effects are named
        after the covariate alone.

    Returns
    -------
    dict of str to str
        Words by parameter. A category is named with its reference, "temp: warm rather than cold",
        where it has one; in interactions, whose columns may have none, it stands alone.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": list("abababab")})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ C(x)", data.astype({"x": "category"})).fit()
    >>> parameter_names(fit)
    {'C(x)[b]': 'x: b rather than a', '1|2': 'Threshold 1|2', '2|3': 'Threshold 2|3'}
    """
    model = first_fit(fit).model
    plain = getattr(model, "plain", model)
    names = [str(name) for name in fit.params.index]
    levels = _levels(model)
    kinds = getattr(plain, "parameter_kinds", ["coefficient"] * len(names))
    kinds = [*kinds, *["random effect"] * (len(names) - len(kinds))]
    return {
        name: _in_words(name, kind, levels, names, dict(terms or {}))
        for name, kind in zip(names, kinds, strict=True)
    }


def _levels(model: Any) -> dict[str, list[str]]:
    """Return the categories of each covariate, the reference first."""
    if getattr(model, "design", None) is None:
        return {}
    found: dict[str, list[str]] = {}
    for part in model.design.parts.values():
        for name, levels in {**part.numbered, **part.levels}.items():
            found[name] = [str(level) for level in levels]
    return found


def _in_words(
    name: str, kind: str, levels: dict[str, list[str]], names: list[str], terms: dict[str, str]
) -> str:
    if name in terms:
        return terms[name]
    if kind == "threshold":
        return f"Threshold {name}"
    if kind == "random effect":
        return name
    before, about = "", name
    if kind == "log scale":
        before, about = "Log scale: ", name.removeprefix("scale:")
    elif kind == "nominal effect":
        threshold, about = name.split(":", 1)
        before = f"Threshold {threshold}: "
    parts = _split(about)
    if about in terms:
        return before + terms[about]
    if len(parts) > 1:
        return before + " × ".join(_alone(part, levels) for part in parts)
    return before + _compared(about, name.removesuffix(about), levels, names)


def _split(name: str) -> list[str]:
    """Return the parts of an interaction; a colon within brackets belongs to a category."""
    return re.split(r":(?![^\[(]*[\])])", name)


def _category(part: str, levels: dict[str, list[str]]) -> tuple[str, str] | None:
    found = CATEGORY.fullmatch(part)
    if found and found["level"] in levels.get(found["variable"], []):
        return found["variable"], found["level"]
    return None


def _alone(part: str, levels: dict[str, list[str]]) -> str:
    found = _category(part, levels)
    return f"{found[0]}: {found[1]}" if found else part


def _compared(part: str, prefix: str, levels: dict[str, list[str]], names: list[str]) -> str:
    """Return a category with its reference, which has no parameter of its own."""
    found = _category(part, levels)
    if not found:
        return part
    variable, level = found
    absent = [other for other in levels[variable]
              if f"{prefix}{part.replace(f'[{level}]', f'[{other}]')}" not in names]  # fmt: skip
    reference = f" rather than {absent[0]}" if len(absent) == 1 else ""
    return f"{variable}: {level}{reference}"
