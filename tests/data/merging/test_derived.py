"""Derived measures by hand, their bounds by random sampling, and what is refused."""

import random

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.data.merging import derived
from probstats.data.merging.formulas import FORMULAS as ALL
from probstats.errors import DataError

BY_HAND = {
    "qualified_share": ({"po_fte": 30.0, "pso_fte": 50.0}, 0.375),
    "po_gap_percent": ({"po_required_fte": 40.0, "po_fte": 30.0}, 25.0),
    "vacant_percent": ({"vacancies_fte": 20.0, "staff_fte": 60.0}, 25.0),
    "people_per_po": ({"caseload_total_people": 900.0, "po_fte": 30.0}, 30.0),
    "people_per_practitioner": (
        {"caseload_total_people": 900.0, "po_fte": 20.0, "pso_fte": 10.0}, 30.0,
    ),
    "people_per_fte": ({"caseload_total_people": 900.0, "staff_fte": 60.0}, 15.0),
    "trainee_share": ({"trainee_fte": 8.0, "po_fte": 30.0, "pso_fte": 50.0}, 0.1),
}  # fmt: skip
FORMULAS = {formula.name: formula for formula in ALL}


def merged(parts, level="subject", dates="2023-03-31", **more):
    """Return a simulated frame with exact parts; ``dates`` is one, or one for each."""
    each = dates if isinstance(dates, list) else [dates] * len(parts)
    columns = {"inspection_id": ["simulated"]}
    for (part, value), moment in zip(parts.items(), each, strict=True):
        name = f"{part}__{level}"
        columns |= {name: [value], f"{name}__low": [value], f"{name}__high": [value]}
        columns[f"{name}__date"] = pd.to_datetime([moment]).astype("datetime64[s]")
    return pd.DataFrame(columns | more)


def outcomes(found, name, level="subject"):
    lines = found.report.query("measure == @name and level == @level")
    return dict(zip(lines["outcome"], lines["inspections"], strict=True))


class TestFormulas:
    def test_all_are_tried_here(self):
        assert set(FORMULAS) == set(BY_HAND)
        table = ps.data.formulas()
        assert table["name"].tolist() == list(FORMULAS)
        assert table.notna().all(axis=None)

    @pytest.mark.parametrize("level", ["inspection", "subject", "region", "nation"])
    @pytest.mark.parametrize("name", BY_HAND)
    def test_by_hand(self, name, level):
        parts, value = BY_HAND[name]
        found = ps.data.derive(merged(parts, level), name)
        row = found.frame.iloc[0]
        at = f"{name}__{level}"
        for column in (at, f"{at}__low", f"{at}__high"):
            assert row[column] == pytest.approx(value)
        assert row[f"{at}__date"] == pd.Timestamp(2023, 3, 31)
        assert pd.isna(row[f"{at}__flag"])
        assert outcomes(found, name, level) == {derived.DERIVED: 1}

    @pytest.mark.parametrize("name", BY_HAND)
    def test_the_parts_are_measures_of_the_record_and_the_unit_is_right(self, name):
        columns = ps.data.load("measures").set_index("column")
        formula = FORMULAS[name]
        assert set(formula.parts) <= set(columns.index)
        assert set(columns.loc[list(formula.parts), "kind"]) == {"count"}
        value = BY_HAND[name][1]
        assert formula.unit == (
            "people per FTE" if name.startswith("people") else "percent" if value > 1 else "share"
        )

    @pytest.mark.parametrize("name", BY_HAND)
    def test_bounds_hold_wherever_the_parts_lie_within_theirs_and_are_reached(self, name):
        rng = random.Random(name)
        for _ in range(20):
            spans = {
                part: sorted((rng.uniform(1, 100), rng.uniform(1, 100)))
                for part in BY_HAND[name][0]
            }
            frame = merged({part: sum(span) / 2 for part, span in spans.items()})
            for part, (low, high) in spans.items():
                frame[f"{part}__subject__low"], frame[f"{part}__subject__high"] = low, high
            row = ps.data.derive(frame, name).frame.iloc[0]
            low, high = row[f"{name}__subject__low"], row[f"{name}__subject__high"]
            assert low <= row[f"{name}__subject"] <= high
            values = [
                float(FORMULAS[name].value(*(rng.uniform(*span) for span in spans.values())))
                for _ in range(400)
            ]
            corners = [
                float(FORMULAS[name].value(*(rng.choice(span) for span in spans.values())))
                for _ in range(200)
            ]
            assert low <= min(values) <= max(values) <= high
            assert (min(corners), max(corners)) == pytest.approx((low, high))


class TestOneSidedBounds:
    @pytest.mark.parametrize(
        ("name", "open_ends", "low", "high"),
        [
            ("people_per_po", {"caseload_total_people__subject__high"}, 30.0, np.nan),
            ("people_per_po", {"caseload_total_people__subject__low"}, 0.0, 30.0),
            ("people_per_po", {"po_fte__subject__high"}, 0.0, 30.0),
            ("people_per_po", {"po_fte__subject__low"}, 30.0, np.nan),
            ("qualified_share", {"po_fte__subject__high"}, 0.375, 1.0),
            ("qualified_share", {"po_fte__subject__low"}, 0.0, 0.375),
            ("qualified_share", {"pso_fte__subject__high"}, 0.0, 0.375),
            ("qualified_share", {"pso_fte__subject__low"}, 0.375, 1.0),
            ("qualified_share", {"pso_fte__subject__low", "po_fte__subject__low"}, 0.0, 1.0),
            ("po_gap_percent", {"po_fte__subject__high"}, np.nan, 25.0),
            ("po_gap_percent", {"po_required_fte__subject__high"}, 25.0, 100.0),
            ("trainee_share", {"trainee_fte__subject__high"}, 0.1, np.nan),
        ],
    )
    def test_the_side_that_follows_is_kept(self, name, open_ends, low, high):
        frame = merged(BY_HAND[name][0])
        frame[list(open_ends)] = np.nan
        row = ps.data.derive(frame, name).frame.iloc[0]
        found = row[f"{name}__subject__low"], row[f"{name}__subject__high"]
        assert found == pytest.approx((low, high), nan_ok=True)

    @pytest.mark.parametrize("name", BY_HAND)
    def test_a_part_without_bounds_leaves_none(self, name):
        for part in BY_HAND[name][0]:
            frame = merged(BY_HAND[name][0])
            frame[[f"{part}__subject__low", f"{part}__subject__high"]] = np.nan
            row = ps.data.derive(frame, name).frame.iloc[0]
            assert row[f"{name}__subject"] == pytest.approx(BY_HAND[name][1])
            assert pd.isna(row[f"{name}__subject__low"])
            assert pd.isna(row[f"{name}__subject__high"])

    def test_a_denominator_that_may_be_zero_has_no_largest_value(self):
        frame = merged({"caseload_total_people": 900.0, "po_fte": 30.0})
        frame["po_fte__subject__low"] = 0.0
        row = ps.data.derive(frame, "people_per_po").frame.iloc[0]
        assert row["people_per_po__subject__low"] == 30.0
        assert pd.isna(row["people_per_po__subject__high"])


class TestZeros:
    @pytest.mark.parametrize(
        ("name", "parts"),
        [
            ("qualified_share", {"po_fte": 0.0, "pso_fte": 0.0}),
            ("people_per_po", {"caseload_total_people": 900.0, "po_fte": 0.0}),
            ("people_per_po", {"caseload_total_people": 0.0, "po_fte": 0.0}),
            ("po_gap_percent", {"po_required_fte": 0.0, "po_fte": 5.0}),
        ],
    )
    def test_nothing_is_divided_by_zero(self, name, parts):
        found = ps.data.derive(merged(parts), name)
        row = found.frame.iloc[0]
        assert row[[f"{name}__subject{end}" for end in ("", "__low", "__high")]].isna().all()
        assert pd.isna(row[f"{name}__subject__flag"])
        assert outcomes(found, name) == {derived.NO_VALUE: 1}

    def test_zero_above_the_line_is_a_value(self):
        found = ps.data.derive(merged({"po_fte": 0.0, "pso_fte": 50.0}), "qualified_share")
        assert found.frame["qualified_share__subject"].tolist() == [0.0]


class TestDates:
    PARTS = {"po_fte": 30.0, "pso_fte": 50.0}  # noqa: RUF012

    def test_a_ratio_across_dates_is_refused(self):
        frame = merged(self.PARTS, dates=["2023-03-31", "2023-06-30"])
        found = ps.data.derive(frame, "qualified_share")
        row = found.frame.filter(like="qualified_share").iloc[0]
        assert row.isna().all()
        assert outcomes(found, "qualified_share") == {derived.ACROSS_DATES: 1}

    def test_or_given_and_flagged_with_the_later_date(self):
        frame = merged(self.PARTS, dates=["2023-03-31", "2023-06-30"])
        row = ps.data.derive(frame, across_dates="flag").frame.iloc[0]
        assert row["qualified_share__subject"] == 0.375
        assert row["qualified_share__subject__flag"] == derived.ACROSS_DATES
        assert row["qualified_share__subject__date"] == pd.Timestamp(2023, 6, 30)

    @pytest.mark.parametrize("across", ["refuse", "flag"])
    def test_a_part_without_a_date_is_flagged(self, across):
        frame = merged(self.PARTS, dates=["2023-03-31", None])
        row = ps.data.derive(frame, across_dates=across).frame.iloc[0]
        assert row["qualified_share__subject"] == 0.375
        assert row["qualified_share__subject__flag"] == derived.UNDATED
        assert row["qualified_share__subject__date"] == pd.Timestamp(2023, 3, 31)

    def test_a_frame_without_dates_is_flagged_too(self):
        frame = merged(self.PARTS).drop(columns=["po_fte__subject__date"])
        assert ps.data.derive(frame).frame["qualified_share__subject__flag"].tolist() == [
            derived.UNDATED
        ]
        none = frame.drop(columns=["pso_fte__subject__date"])
        row = ps.data.derive(none).frame.iloc[0]
        assert row["qualified_share__subject__flag"] == derived.UNDATED
        assert pd.isna(row["qualified_share__subject__date"])

    def test_parts_of_two_levels_make_no_ratio(self):
        one, other = merged({"po_fte": 30.0}), merged({"pso_fte": 50.0}, level="inspection")
        frame = one.join(other.drop(columns="inspection_id"))
        found = ps.data.derive(frame, "qualified_share")
        assert not [name for name in found.frame if name.startswith("qualified")]
        assert outcomes(found, "qualified_share") == {derived.NO_PARTS: 1}


class TestRows:
    def test_a_missing_part_leaves_the_ratio_missing(self):
        frame = merged({"po_fte": np.nan, "pso_fte": 50.0})
        found = ps.data.derive(frame, "qualified_share")
        assert found.frame["qualified_share__subject"].isna().all()
        assert outcomes(found, "qualified_share") == {derived.INCOMPLETE: 1}

    @pytest.mark.parametrize("end", ["", "__low", "__high", "__date", "__flag"])
    def test_a_column_that_is_there_already_is_left_alone(self, end):
        frame = merged({"po_fte": 30.0, "pso_fte": 50.0}, **{f"qualified_share__subject{end}": [7]})
        found = ps.data.derive(frame, "qualified_share")
        pd.testing.assert_frame_equal(found.frame, frame)
        assert outcomes(found, "qualified_share") == {derived.TAKEN: 1}

    def test_deriving_twice_adds_nothing(self):
        once = ps.data.derive(merged({"po_fte": 30.0, "pso_fte": 50.0}))
        twice = ps.data.derive(once)
        pd.testing.assert_frame_equal(once.frame, twice.frame)

    def test_rows_labels_and_report_of_a_merge_are_kept(self, wide):
        ratings = wide.set_index(pd.Index([1, 1, 2] * len(wide))[: len(wide)])
        both = ps.data.merge(ratings, tolerance="365D")
        found = ps.data.derive(both)
        pd.testing.assert_frame_equal(found.frame[both.frame.columns], both.frame)
        assert found.frame.columns.is_unique
        pd.testing.assert_frame_equal(found.report.iloc[: len(both.report)], both.report)
        pd.testing.assert_series_equal(found.rows, both.rows)
        more = found.report.iloc[len(both.report) :]
        totals = more.groupby(["measure", "level"])["inspections"].sum()
        assert (totals == len(wide)).all()
        assert len(totals) > 2
        named = ps.data.derive(both, list(FORMULAS))
        pd.testing.assert_frame_equal(named.frame, found.frame)
        assert (
            len(named.report.groupby(["measure", "level"]))
            == len(FORMULAS) * 4 + both.report[["measure", "level"]].drop_duplicates().shape[0]
        )

    def test_rows_of_one_inspection_are_counted_once(self, panel):
        both = ps.data.merge(panel, tolerance="365D")
        n_inspections = panel["inspection_id"].nunique()
        for given in (both, both.frame):
            found = ps.data.derive(given, "people_per_po")
            lines = found.report.query("measure == 'people_per_po'")
            assert set(lines.groupby("level")["inspections"].sum()) == {n_inspections}
            assert found.rows["inspections"] == n_inspections

    def test_the_frame_given_is_left_alone(self):
        frame = merged({"po_fte": 30.0, "pso_fte": 50.0})
        before = frame.copy(deep=True)
        ps.data.derive(frame)
        pd.testing.assert_frame_equal(frame, before)

    @pytest.mark.parametrize("names", [None, [], "qualified_share"])
    def test_no_rows_and_no_names(self, names):
        empty = merged({"po_fte": 30.0, "pso_fte": 50.0}).iloc[:0]
        found = ps.data.derive(empty, names)
        assert len(found.frame) == 0
        assert ("qualified_share__subject" in found.frame) == (names != [])

    def test_a_plain_frame_gets_an_account_too(self):
        found = ps.data.derive(merged({"po_fte": 30.0, "pso_fte": 50.0}), ["qualified_share"])
        assert found.rows.to_dict() == {"rows in": 1, "rows out": 1, "inspections": 1}
        assert found.report["inspections"].sum() == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"names": "happiness"}, "'happiness' is no derived measure; choose of qualified_share"),
        ({"names": ["people_per_po", "x"]}, "'x'"),
        ({"across_dates": "ignore"}, "'ignore' is not known; choose refuse or flag"),
    ],
)
def test_what_is_not_known(options, words):
    with pytest.raises(DataError) as error:
        ps.data.derive(merged({"po_fte": 1.0}), **options)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
