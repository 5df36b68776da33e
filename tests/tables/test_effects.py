"""Effects in percentage points against the frames they are made from."""

import pandas as pd
import pytest

import probstats as ps
from probstats.errors import DataError
from probstats.tables import effects_table


@pytest.fixture(scope="module")
def fit():
    wine = pd.read_csv("tests/reference/wine.csv")
    wine["rating"] = pd.Categorical(wine["rating"], categories=[1, 2, 3, 4, 5], ordered=True)
    wine = wine.astype({"temp": "category", "contact": "category"})
    return ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()


def plain(text):
    return text.replace("\u00a0", " ").replace("−", "-")


def test_comparisons_of_a_fit(fit):
    table, frame = effects_table(fit), fit.avg_comparisons()
    assert table.formatted.columns.tolist() == ["Change", "1", "2", "3", "4", "5"]
    assert table.formatted["Change"].tolist() == [
        "temp: warm rather than cold", "contact: yes rather than no"
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table.data, frame)
    for row in frame.itertuples():
        shown = table.formatted.set_index("Change").loc[
            f"{row.term}: {row.contrast.replace(' - ', ' rather than ')}", str(row.group)
        ]
        value, low, high = (100 * getattr(row, n) for n in ("estimate", "conf_low", "conf_high"))
        assert plain(shown) == f"{value:.1f} ({low:.1f} to {high:.1f})"
    assert table.caption == (
        "Average changes of the probability of each level, percentage points (95% interval)"
    )


def test_the_level_is_that_of_the_intervals(fit):
    table = effects_table(fit, level=0.8)
    pd.testing.assert_frame_equal(table.data, fit.avg_comparisons(alpha=1 - 0.8))
    assert table.caption.endswith("(80% interval)")
    # A frame does not say its level, and neither does the table.
    assert effects_table(fit.avg_comparisons(alpha=0.2)).caption.endswith("(interval)")


def test_predictions_and_groups(fit):
    table = effects_table(fit.avg_predictions(by="temp"), terms={"temp": "Temperature"})
    assert table.formatted["Rows"].tolist() == ["Temperature: cold", "Temperature: warm"]
    assert table.caption.startswith("Average probability of each level, per cent")
    assert effects_table(fit.avg_predictions()).formatted["Rows"].tolist() == ["All"]
    grouped = effects_table(fit.avg_comparisons("temp", by="contact"))
    assert grouped.formatted["Change"].tolist() == [
        "temp: warm rather than cold; contact: no", "temp: warm rather than cold; contact: yes"
    ]  # fmt: skip


def test_slopes_and_steps():
    data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    slopes = effects_table(fit.avg_slopes(), terms={"x": "Hours"})
    assert slopes.formatted["Change"].tolist() == ["Hours: slope"]
    assert slopes.notes[0].startswith("A slope is")
    less = effects_table(fit.avg_comparisons({"x": -2}))
    assert less.formatted["Change"].tolist() == ["x: −2"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (pd.DataFrame({"group": [1]}), "the frame has no column 'estimate'"),
        ("fit", "a str has no effects on probabilities"),
    ],
)
def test_what_has_no_effects(source, message):
    with pytest.raises(DataError, match=message):
        effects_table(source)


def test_frames_that_make_no_sense(fit):
    frame = fit.avg_comparisons()
    with pytest.raises(DataError, match="there are no effects to show"):
        effects_table(frame.head(0))
    with pytest.raises(
        DataError, match=r"two rows for 'temp: warm rather than cold' and level '1'"
    ):
        effects_table(pd.concat([frame, frame]))
    with pytest.raises(DataError, match="level=95 is not between 0 and 1"):
        effects_table(frame, level=95)
