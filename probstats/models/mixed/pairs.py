"""An exact test of change in subjects rated twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.models.reading.outcome import read_outcome


@dataclass(frozen=True, repr=False)
class PairedChange:
    """Result of ``paired_change_test``.

    Attributes
    ----------
    statistic : float
        Levels gained less levels lost, over all pairs.
    p_value, mid_p_value : float
        Exact two-sided p-value, and the same with half the probability of what was observed.
    n_up, n_down, n_same : int
        Pairs that rose, fell, and stayed.
    method : str
        How it was tested.
    n_single : int
        Subjects with one row, who are left out.
    order : str
        What was taken to come first and second, where there are two times only.
    """

    statistic: float
    p_value: float
    mid_p_value: float
    n_up: int
    n_down: int
    n_same: int
    method: str
    n_single: int = 0
    order: str = ""

    def __repr__(self) -> str:
        order = f" {self.order}" if self.order else ""
        alone = f"; {self.n_single} left out with one row" if self.n_single else ""
        return (
            f"<PairedChange{order}: {self.n_up} up, {self.n_down} down, {self.n_same} the same; "
            f"net {self.statistic:+g}, p = {self.p_value:.4g} (mid-p {self.mid_p_value:.4g}), "
            f"{self.method}{alone}>"
        )

    def summary_frame(self) -> pd.DataFrame:
        """Return the attributes as a frame of one row."""
        return pd.DataFrame([asdict(self)])


def paired_change_test(
    data: pd.DataFrame, outcome: str, groups: str, time: str, steps: str = "levels"
) -> PairedChange:
    """Test exactly whether subjects rated twice have changed.

    Parameters
    ----------
    data : pandas.DataFrame
        Two rows for each subject; subjects with one are left out and counted. Pick the two rows
        first where there are more.
    outcome : str
        Column of the outcome, ordered.
    groups : str
        Column of the subjects.
    time : str
        Column that says which of the two rows comes first: numbers, dates, or a category in the
        order of its categories. Text is refused, since "after" sorts before "before".
    steps : {"levels", "sign"}
        Whether a change counts as many levels as it spans, or once.

    Returns
    -------
    PairedChange
        Numbers and p-values.

    Raises
    ------
    ModelError
        If a group has more than two rows, or both at one time; if times are text; or no group
        changes.

    Notes
    -----
    If nothing has changed then, given the two levels of a subject, each order is as likely as the
    other, whatever the subject is like: the net change is a sum of levels spanned with signs that
    are tosses of a coin, and its distribution is exact. With ``"levels"`` this is the score test of
    the ordered logit with fixed effects at no change, since each cut a pair spans counts once; with
    ``"sign"`` it is the sign test (Dixon and Mood 1946), and with two levels both are McNemar's.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"who": list("abcde") * 2, "when": [1] * 5 + [2] * 5,
    ...                      "rating": [1, 2, 2, 1, 3, 3, 3, 3, 2, 3]})
    >>> ps.paired_change_test(data, "rating", groups="who", time="when")
    <PairedChange 1 to 2: 4 up, 0 down, 1 the same; net +5, p = 0.125 (mid-p 0.0625), exact, levels>
    """
    if steps not in ("levels", "sign"):
        raise ModelError(f"steps={steps!r} is not known; choose 'levels' or 'sign'")
    change, n_single, order = _changes(data, outcome, groups, time)
    moved = change if steps == "levels" else np.sign(change)
    spans = np.abs(moved[moved != 0]).astype(int)
    if not len(spans):
        raise ModelError("no subject has changed its level, so that there is nothing to test")
    sums, chances = _sign_flips(spans)
    net = int(moved.sum())
    beyond = float(chances[np.abs(sums) >= abs(net)].sum())
    at = float(chances[np.abs(sums) == abs(net)].sum())
    return PairedChange(
        float(net), min(beyond, 1.0), min(beyond - 0.5 * at, 1.0), int((change > 0).sum()),
        int((change < 0).sum()), int((change == 0).sum()), f"exact, {steps}",
        n_single, order,
    )  # fmt: skip


def _changes(data: pd.DataFrame, outcome: str, groups: str, time: str) -> tuple[Array, int, str]:
    """Return second codes less first ones, how many subjects have one row, and the order."""
    for name in (outcome, groups, time):
        if name not in data:
            raise ModelError(f"the data have no column {name!r}")
        if data[name].isna().any():
            raise ModelError(f"column {name!r} is missing in {int(data[name].isna().sum())} rows")
    frame = pd.DataFrame({"group": data[groups].to_numpy(), "time": _times(data[time]),
                          "code": read_outcome(data[outcome]).low})  # fmt: skip
    frame = frame.sort_values(["group", "time"], kind="stable")
    counts = frame.groupby("group", observed=True)["code"].transform("size")
    many = frame.loc[counts > 2, "group"].tolist()
    if many:
        raise ModelError(f"group {many[0]!r} has more than two rows; use FixedEffectsOrderedLogit")
    pairs = frame[counts == 2]
    twice = pairs.loc[pairs.duplicated(["group", "time"]), "group"].tolist()
    if twice:
        raise ModelError(f"group {twice[0]!r} has two rows of one time, so that none is the first")
    codes = pairs["code"].to_numpy(dtype=int).reshape(-1, 2)
    firsts = pairs.drop_duplicates("time").sort_values("time").index
    order = " to ".join(map(str, data[time].iloc[firsts])) if len(firsts) == 2 else ""
    return (codes[:, 1] - codes[:, 0]).astype(float), int((counts == 1).sum()), order


def _times(times: pd.Series) -> Any:
    """Return values that sort as the times do."""
    if isinstance(times.dtype, pd.CategoricalDtype):
        return times.cat.codes.to_numpy()
    if pd.api.types.is_string_dtype(times) or times.map(lambda one: isinstance(one, str)).any():
        raise ModelError(
            f"column {times.name!r} is text, which says nothing of what comes first; make it dates "
            f"or numbers, or a pandas.Categorical whose categories are in order"
        )
    return times.to_numpy()


def _sign_flips(spans: Array) -> tuple[Array, Array]:
    """Return the values a sum of spans with random signs can have, and their probabilities."""
    reach = int(spans.sum())
    chances = np.zeros(2 * reach + 1)
    chances[reach] = 1.0
    for span in spans:
        up, down = np.zeros_like(chances), np.zeros_like(chances)
        up[span:], down[:-span] = chances[:-span], chances[span:]
        chances = 0.5 * (up + down)
    return np.arange(-reach, reach + 1).astype(float), chances
