"""What is known, of which inspections, from whom; and what was lost on the way to a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats import display
from probstats.errors import DataError
from probstats.figures.canvas import figure_of, panels, size
from probstats.figures.cells import draw_cells
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.labels import (
    arrange,
    beside_rows,
    key,
    name_columns,
    name_rows,
    row_letters,
    wrapped,
)
from probstats.figures.style import current_theme


@drawn
def evidence_map(
    known: pd.DataFrame,
    inspections: pd.DataFrame,
    *,
    items: dict[str, str] | None = None,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw what is known for which inspection, coloured by the kind of source it is known from.

    Parameters
    ----------
    known : pandas.DataFrame
        What ``data.provenance`` returns: ``inspection_id``, ``item`` and ``source_group``, an
        ordered categorical.
    inspections : pandas.DataFrame
        All inspections, known of or not: ``inspection_id`` and ``section``, in the order to draw.
    items : dict of str, optional
        Names of the items to draw, in order; by default all that are known of some inspection.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Items by inspections. Inspections are not named; within a section those of which most is
        known come first.

    Raises
    ------
    DataError
        If there are no inspections, or ``source_group`` is no categorical.

    Examples
    --------
    >>> import probstats as ps
    >>> wide = ps.load_panel("wide")
    >>> all_of_them = wide[["inspection_id"]].assign(section=wide["provider_type"])
    >>> drawing = ps.figures.evidence_map(
    ...     ps.data.provenance(), all_of_them, items={"Overall": "Overall rating"}
    ... )
    >>> drawing.alt_text[:44]
    'Map of 145 inspections and 1 item: which are'
    """
    if not len(inspections):
        raise DataError("there are no inspections to draw")
    if not isinstance(known["source_group"].dtype, pd.CategoricalDtype):
        raise DataError("column 'source_group' must be a categorical; data.provenance makes it")
    items = items or {item: str(item).replace("_", " ") for item in known["item"].unique()}
    items = items or {"": "nothing known"}
    codes = _codes(known, inspections, items)
    sections = inspections.set_index("inspection_id")["section"]
    codes = codes[_order(codes, sections)]
    groups = list(known["source_group"].cat.categories)
    looks = dict(zip(groups, current_theme().fills(len(groups)), strict=True))
    names = [wrapped(name, row_letters(size(1, width)[0])) for name in items.values()]
    lines = sum(0.5 + 1.15 * (1 + name.count("\n")) for name in names)
    axes = panels(ax, lines=10.0 + lines, width=width)[0, 0]
    draw_cells(axes, codes, dict(enumerate(looks.values())))
    axes.set_yticks(np.arange(len(codes)) + 0.5, names)
    axes.set_xticks([])
    for line in range(1, len(codes)):
        axes.axhline(line, color=current_theme().pale, linewidth=0.4, zorder=0)
    name_columns(axes, sections.loc[codes.columns])
    key(axes, looks, columns=1, below=True, blank="not known")
    data = _tidy(codes, sections, items, groups)
    return Drawing(figure_of(axes), data, _map_in_words(data, codes, items))


def _codes(known: pd.DataFrame, inspections: pd.DataFrame, items: dict[str, str]) -> pd.DataFrame:
    coded = known.assign(code=known["source_group"].cat.codes)
    grid = coded.pivot(index="item", columns="inspection_id", values="code")
    ids = inspections["inspection_id"]
    return grid.reindex(index=list(items), columns=ids).fillna(-1).astype(int)


def _order(codes: pd.DataFrame, sections: pd.Series) -> list[str]:
    first = pd.Categorical(sections.loc[codes.columns], sections.unique(), ordered=True).codes
    count = (codes >= 0).sum().to_numpy()
    return list(codes.columns[np.lexsort([-count, first])])


def _tidy(
    codes: pd.DataFrame, sections: pd.Series, items: dict[str, str], groups: list[str]
) -> pd.DataFrame:
    place = {inspection: number for number, inspection in enumerate(codes.columns, start=1)}
    long = codes.melt(ignore_index=False, value_name="code").reset_index(names="item")
    return pd.DataFrame(
        {
            "section": long["inspection_id"].map(sections),
            "place": long["inspection_id"].map(place),
            "item": long["item"].map(items),
            "source_group": [groups[code] if code >= 0 else None for code in long["code"]],
        }
    )


def _map_in_words(data: pd.DataFrame, codes: pd.DataFrame, items: dict[str, str]) -> str:
    counts = [
        f"{name} {(codes.loc[item] >= 0).sum()} of {codes.shape[1]}" for item, name in items.items()
    ]
    sources = [f"{group}: {n}" for group, n in data["source_group"].value_counts().items()]
    number = f"{len(items)} items" if len(items) > 1 else "1 item"
    return (
        f"Map of {codes.shape[1]} inspections and {number}: which are known, and from what kind "
        f"of source. {'; '.join(counts)}. Cells by source: {'; '.join(sources) or 'none'}."
    )


@drawn
def sample_flow(
    flow: pd.DataFrame,
    *,
    reasons: dict[str, str] | None = None,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw how many inspections are left at each step to an analysis.

    Parameters
    ----------
    flow : pandas.DataFrame
        ``set``, ``inspections`` and ``within``, the set each is part of: what
        ``tables.sample_flow`` returns.
    reasons : dict of str, optional
        Why inspections are lost, by set.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        One bar for each set, from the largest; what it lost from the set around it stands behind
        it in a paler tone.

    Raises
    ------
    DataError
        If there are no sets.

    Examples
    --------
    >>> import probstats as ps
    >>> flow = ps.tables.sample_flow(ps.load_panel("wide"))
    >>> ps.figures.sample_flow(flow.head(2)).data["lost"].tolist()
    [0, 22]
    """
    if not len(flow):
        raise DataError("there are no sets to draw")
    total = flow.set_index("set")["inspections"]
    whole = flow["within"].map(total).fillna(flow["inspections"]).astype(int)
    data = flow.assign(lost=whole - flow["inspections"], reason=flow["set"].map(reasons or {}))
    rows = arrange([f"{name[:1].upper()}{name[1:]}" for name in flow["set"]],
                   width=row_letters(size(1, width)[0]), spacing=1.6)  # fmt: skip
    axes = panels(ax, lines=rows.lines + 4.0, width=width)[0, 0]
    theme = current_theme()
    axes.barh(rows.places, whole, height=1.0, color=theme.pale, edgecolor=theme.muted,
              linewidth=0.4)  # fmt: skip
    axes.barh(rows.places, data["inspections"], height=1.0, color=theme.accent)
    name_rows(axes, rows)
    beside_rows(axes, rows.places, [_step_in_words(row) for row in data.itertuples()])
    axes.set(xlim=(0, max(int(whole.max()), 1)), xlabel="Inspections")
    axes.grid(axis="x")
    return Drawing(figure_of(axes), data, _flow_in_words(data))


def _step_in_words(row: object) -> str:
    kept, lost, reason = (getattr(row, name) for name in ("inspections", "lost", "reason"))
    words = display.number(kept, 0)
    if lost:
        words += f" ({display.number(lost, 0)} lost"
        words += f": {reason})" if isinstance(reason, str) else ")"
    return wrapped(words, 34)


def _flow_in_words(data: pd.DataFrame) -> str:
    steps = []
    for row in data.itertuples():
        fewer = f", {row.lost} fewer than {row.within}" if row.lost else ""
        steps.append(f"{row.set}: {row.inspections}{fewer}")
    return f"Inspections at each step to an analysis. {'; '.join(steps)}."
