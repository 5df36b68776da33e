"""The merge on simulated inspections and figures, against an independent slow loop."""

import random
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.data.merging import matching
from probstats.data.resolution import coding
from probstats.errors import DataError

NATION = "england-and-wales"
LEVELS = ("inspection", "subject", "region", "nation")
UNITS = {
    "barking-dagenham-and-havering-pdu": "London",
    "barnsley-and-rotherham-pdu": "Yorkshire and the Humber",
    "sheffield-pdu": "Yorkshire and the Humber",
}
REGIONS = {"region-london": "London", "region-yorkshire-and-the-humber": "Yorkshire and the Humber"}
COUNTS = ("caseload_total", "po_fte")
COLUMNS = {
    "vacancy_rate_po_percent": "vacancy_rate_po_percent", "caseload_per_po": "cases_per_po",
    "caseload_total": "caseload_total_people", "po_fte": "po_fte",
}  # fmt: skip
SOURCES = {"s102": 1, "s212": 1, "s154": 4, "s192": 4}
"""Some sources of the record, and the rank of their kind."""


def day(number):
    return None if number is None else (date(2021, 7, 1) + timedelta(number)).isoformat()


def simulate_inspections(rng, n):
    subjects = {**UNITS, **REGIONS, NATION: None}
    names = list(subjects)
    return [
        {
            "inspection_id": f"simulated-{number}",
            "subject_id": (subject := rng.choice(names)),
            "population": rng.choice(["unified", "unified", "NPS"]),
            "region": subjects[subject],
            "fieldwork_start_from": day(rng.choice([None, rng.randrange(0, 900)])),
            "published_from": day(rng.choice([None, rng.randrange(0, 900)])),
        }
        for number in range(n)
    ]


def simulate_measures(rng, n, inspections):
    given = [one["inspection_id"] for one in inspections] + ["somewhere-else"]
    rows = []
    for number in range(n):
        subject = rng.choice([*UNITS, *REGIONS, NATION, NATION])
        inspection = None
        if rng.random() < 0.3:
            inspection = rng.choice(given)
            subject = next(
                (one["subject_id"] for one in inspections if one["inspection_id"] == inspection),
                subject,
            ) if rng.random() < 0.8 else subject  # fmt: skip
        rows.append(
            {
                "subject_id": subject, "inspection_id": inspection,
                "population": rng.choice(["unified", "NPS"]), "measure": rng.choice(list(COLUMNS)),
                "value": float(number), "basis": rng.choice(["stated", "derived"]),
                "as_of_to": day(rng.choice([None, *[rng.randrange(0, 900) for _ in range(5)]])),
                "source_id": rng.choice(list(SOURCES)),
            }
        )  # fmt: skip
    return rows


def plain_order(claims, every):
    """Return claims in the shipped order of precedence, by plain sorting; all are exact."""
    vintage = {
        source: max((c["as_of_to"] for c in every if c["source_id"] == source and c["as_of_to"]),
                    default="9999")
        for source in SOURCES
    }  # fmt: skip
    return sorted(
        claims,
        key=lambda c: (
            SOURCES[c["source_id"]], c["basis"] == "derived", vintage[c["source_id"]],
            c["source_id"],
        ),
    )  # fmt: skip


def lag_of(claim, start):
    return (date.fromisoformat(start) - date.fromisoformat(claim["as_of_to"])).days


def is_lender(claim, inspection, level):
    """Whether a claim is on the body that lends an inspection its figures at a level."""
    if claim["inspection_id"] is not None:
        return False
    subject = inspection["subject_id"]
    if level == "subject":
        return claim["subject_id"] == subject
    if level == "region":
        return subject in UNITS and REGIONS.get(claim["subject_id"]) == inspection["region"]
    return subject != NATION and claim["subject_id"] == NATION


def plain_given(inspection, claims, every):
    here = [c for c in claims if c["inspection_id"] == inspection["inspection_id"]]
    own = [c for c in here if c["subject_id"] == inspection["subject_id"]]
    fitting = [c for c in own if c["population"] == inspection["population"]]
    if fitting:
        return plain_order(fitting, every)[0], None, matching.MATCHED
    if own:
        return None, None, matching.OTHER_POPULATION
    return None, None, matching.OTHER_SUBJECT if here else matching.NO_FIGURE


def plain_dated(inspection, claims, every, level, tolerance, direction):
    start = inspection["fieldwork_start_from"] or inspection["published_from"]
    if start is None:
        return None, None, matching.NO_DATE
    lent = [c for c in claims if is_lender(c, inspection, level)]
    own = [c for c in lent if c["as_of_to"] and c["population"] == inspection["population"]]
    allowed = [
        c for c in own
        if abs(lag_of(c, start)) <= tolerance and (direction == "any" or lag_of(c, start) > 0)
    ]  # fmt: skip
    if allowed:
        nearest = min(allowed, key=lambda c: (abs(lag_of(c, start)), -lag_of(c, start)))
        same = [c for c in allowed if c["as_of_to"] == nearest["as_of_to"]]
        return plain_order(same, every)[0], lag_of(nearest, start), matching.MATCHED
    if any(direction == "any" or lag_of(c, start) > 0 for c in own):
        return None, None, matching.TOO_FAR
    if own:
        return None, None, matching.LATER
    if any(c["as_of_to"] for c in lent):
        return None, None, matching.OTHER_POPULATION
    return None, None, matching.UNDATED if lent else matching.NO_FIGURE


def plain_match(inspection, measure, level, every, tolerance, direction):
    """Return the claim an inspection is given, its lag, and what came of it."""
    claims = [c for c in every if c["measure"] == measure]
    if level == "inspection":
        return plain_given(inspection, claims, every)
    of_level = {"region": REGIONS, "nation": [NATION]}.get(level)
    dated = [c for c in claims if c["inspection_id"] is None]
    if of_level:
        dated = [c for c in dated if c["subject_id"] in of_level]
    if not dated:
        return None, None, matching.NO_FIGURE
    if of_level and measure in COUNTS:
        return None, None, matching.COUNT
    return plain_dated(inspection, claims, every, level, tolerance, direction)


def compare(merged, inspections, measures, tolerance, direction):
    """Compare a merge with the slow loop, cell by cell and line by line; return the outcomes."""
    frame = merged.frame.set_index("inspection_id")
    seen = {}
    for measure, column in COLUMNS.items():
        for level in LEVELS:
            name, outcomes = f"{column}__{level}", []
            for one in inspections:
                claim, lag, outcome = plain_match(
                    one, measure, level, measures, tolerance, direction
                )
                outcomes.append(outcome)
                if claim is None:
                    assert name not in frame or pd.isna(frame.loc[one["inspection_id"], name])
                    continue
                row = frame.loc[one["inspection_id"]]
                assert (row[name], row[f"{name}__source"]) == (claim["value"], claim["source_id"])
                found = row[f"{name}__date"]
                assert (None if pd.isna(found) else f"{found:%Y-%m-%d}") == claim["as_of_to"]
                if level != "inspection":
                    assert row[f"{name}__lag_days"] == lag
            lines = merged.report.query("measure == @measure and level == @level")
            found = dict(zip(lines["outcome"], lines["inspections"], strict=True))
            assert found == pd.Series(outcomes).value_counts().to_dict(), name
            seen |= found
    return set(seen)


class TestAgainstASlowLoop:
    @pytest.mark.parametrize("direction", ["earlier", "any"])
    @pytest.mark.parametrize("seed", range(4))
    def test_many_simulated_inspections_and_figures(self, monkeypatch, direction, seed):
        rng = random.Random(seed)
        inspections = simulate_inspections(rng, 60)
        measures = simulate_measures(rng, [40, 150, 400, 400][seed], inspections)
        tolerance = [0, 60, 200, 900][seed]
        if seed == 3:
            monkeypatch.setattr(coding, "LONG", 0)
        merged = ps.data.merge(
            pd.DataFrame(inspections), pd.DataFrame(measures), tolerance=f"{tolerance}D",
            direction=direction,
        )  # fmt: skip
        outcomes = compare(merged, inspections, measures, tolerance, direction)
        assert {matching.COUNT, matching.NO_DATE} <= outcomes
        assert len(outcomes) >= 6 if direction == "earlier" else len(outcomes) >= 5

    def test_the_record(self, wide, records):
        """The panel and the shipped figures, by the same loop; sources ranked from the table."""
        merged = ps.data.merge(wide, tolerance="365D")
        counts = merged.report.groupby(["measure", "level"])["inspections"].sum()
        assert (counts == len(wide)).all()
        measures = {row["measure"] for row in records["measure_claims"]}
        assert set(counts.index) == {(name, level) for name in measures for level in LEVELS}


def plain_inspection(**change):
    return {
        "inspection_id": "simulated", "subject_id": "sheffield-pdu", "population": "unified",
        "region": "Yorkshire and the Humber", "fieldwork_start_from": "2023-06-01",
        "published_from": "2023-09-01",
    } | change  # fmt: skip


def plain_claim(**change):
    return {
        "subject_id": "sheffield-pdu", "inspection_id": None, "population": "unified",
        "measure": "vacancy_rate_po_percent", "value": 20.0, "as_of_to": "2023-05-01",
        "source_id": "s102",
    } | change  # fmt: skip


def attach(inspections, claims, **options):
    ratings = pd.DataFrame([plain_inspection(**one) for one in inspections])
    measures = pd.DataFrame([plain_claim(**one) for one in claims])
    return ps.data.merge(ratings, measures, **({"tolerance": "365D"} | options))


def value_at(level, inspection, claims, measure="vacancy_rate_po_percent", **options):
    """Return what one inspection was given at a level, or in words why nothing."""
    merged = attach([inspection], claims, **options)
    name = f"{COLUMNS[measure]}__{level}"
    if name in merged.frame:
        return merged.frame[name].iloc[0]
    lines = merged.report.query("measure == @measure and level == @level")
    assert len(lines) == 1
    return lines["outcome"].iloc[0]


class TestTime:
    @pytest.mark.parametrize(
        ("as_of", "earlier", "either"),
        [
            ("2023-05-31", 20.0, 20.0),
            ("2023-06-01", matching.LATER, 20.0),
            ("2023-06-02", matching.LATER, 20.0),
            ("2022-06-01", 20.0, 20.0),
            ("2022-05-31", matching.TOO_FAR, matching.TOO_FAR),
            ("2024-05-31", matching.LATER, 20.0),
            ("2024-06-01", matching.LATER, matching.TOO_FAR),
            (None, matching.UNDATED, matching.UNDATED),
        ],
    )
    def test_which_dates_will_do(self, as_of, earlier, either):
        claims = [{"as_of_to": as_of}]
        assert value_at("subject", {}, claims) == earlier
        assert value_at("subject", {}, claims, direction="any") == either

    def test_of_two_as_near_the_earlier(self):
        claims = [
            {"as_of_to": "2023-06-11", "value": 1.0},
            {"as_of_to": "2023-05-22", "value": 2.0},
        ]
        merged = attach([{}], claims, direction="any")
        row = merged.frame.iloc[0]
        assert row["vacancy_rate_po_percent__subject"] == 2.0
        assert row["vacancy_rate_po_percent__subject__lag_days"] == 10
        assert row["vacancy_rate_po_percent__subject__timing"] == "static"

    def test_a_later_figure_has_a_negative_lag(self):
        row = attach([{}], [{"as_of_to": "2023-06-11"}], direction="any").frame.iloc[0]
        assert row["vacancy_rate_po_percent__subject__lag_days"] == -10

    def test_publication_counts_where_fieldwork_has_no_date(self):
        claims = [{"as_of_to": "2023-08-01"}]
        assert value_at("subject", {}, claims) == matching.LATER
        assert value_at("subject", {"fieldwork_start_from": None}, claims) == 20.0

    def test_no_date_at_all(self):
        inspection = {"fieldwork_start_from": None, "published_from": None}
        assert value_at("subject", inspection, [{}]) == matching.NO_DATE
        assert value_at("inspection", inspection, [{"inspection_id": "simulated"}]) == 20.0

    def test_nat_everywhere(self):
        ratings = pd.DataFrame([plain_inspection()]).assign(
            fieldwork_start_from=pd.NaT, published_from=pd.NaT
        )
        measures = pd.DataFrame([plain_claim()]).assign(as_of_to=pd.NaT)
        merged = ps.data.merge(ratings, measures, tolerance="1D", levels="subject")
        assert merged.report["outcome"].tolist() == [matching.NO_DATE]

    def test_a_figure_of_the_far_future_is_only_far(self):
        """9999-12-31 is what some exports write for no date."""
        assert value_at("subject", {}, [{"as_of_to": "9999-12-31"}]) == matching.LATER
        found = value_at("subject", {}, [{"as_of_to": "9999-12-31"}], direction="any")
        assert found == matching.TOO_FAR

    @pytest.mark.parametrize("absurd", ["1799-12-31", "0001-01-01", "12023-01-01"])
    def test_a_date_that_is_absurd(self, absurd):
        ratings = pd.DataFrame([plain_inspection()])
        measures = pd.DataFrame([plain_claim()])
        moment = np.array([absurd], dtype="datetime64[s]")
        with pytest.raises(DataError, match="1800"):
            ps.data.merge(ratings, measures.assign(as_of_to=moment), tolerance="1D")
        with pytest.raises(DataError, match="1800"):
            ps.data.merge(ratings.assign(fieldwork_start_from=moment), measures, tolerance="1D")


class TestLevels:
    def test_a_figure_given_for_an_inspection_goes_to_no_other(self):
        other = {"inspection_id": "another", "fieldwork_start_from": "2024-01-01"}
        merged = attach([{}, other], [{"inspection_id": "simulated"}], direction="any")
        assert merged.frame["vacancy_rate_po_percent__inspection"].tolist()[:1] == [20.0]
        assert merged.frame["vacancy_rate_po_percent__inspection"].isna().tolist() == [False, True]
        assert not [name for name in merged.frame if "__subject" in name or "__region" in name]

    def test_a_figure_on_another_subject_is_not_the_inspections_own(self):
        claims = [{"inspection_id": "simulated", "subject_id": NATION, "measure": "po_fte"}]
        assert value_at("inspection", {}, claims, "po_fte") == matching.OTHER_SUBJECT

    @pytest.mark.parametrize("measure", COUNTS)
    @pytest.mark.parametrize(("level", "subject"), [("region", "region-yorkshire-and-the-humber"),
                                                    ("nation", NATION)])  # fmt: skip
    def test_counts_are_refused_at_wider_levels(self, measure, level, subject):
        claims = [{"measure": measure, "subject_id": subject}]
        assert value_at(level, {}, claims, measure) == matching.COUNT

    @pytest.mark.parametrize("measure", ["vacancy_rate_po_percent", "caseload_per_po"])
    @pytest.mark.parametrize(("level", "subject"), [("region", "region-yorkshire-and-the-humber"),
                                                    ("nation", NATION)])  # fmt: skip
    def test_rates_and_figures_per_person_are_lent(self, measure, level, subject):
        assert value_at(level, {}, [{"measure": measure, "subject_id": subject}], measure) == 20.0

    def test_nobody_borrows_from_another_region(self):
        assert value_at("region", {}, [{"subject_id": "region-london"}]) == matching.NO_FIGURE

    def test_an_inspection_of_a_region_has_it_as_its_subject_only(self):
        region = {"subject_id": "region-yorkshire-and-the-humber"}
        assert value_at("subject", region, [region]) == 20.0
        assert value_at("region", region, [region]) == matching.NO_FIGURE
        assert value_at("nation", region, [region, {"subject_id": NATION}]) == 20.0

    def test_an_inspection_of_the_nation_has_it_as_its_subject_only(self):
        nation = {"subject_id": NATION, "region": None}
        assert value_at("subject", nation, [nation]) == 20.0
        assert value_at("nation", nation, [nation]) == matching.NO_FIGURE

    @pytest.mark.parametrize("level", LEVELS)
    def test_populations_must_agree(self, level):
        lender = {"region": "region-yorkshire-and-the-humber", "nation": NATION}.get(
            level, "sheffield-pdu"
        )
        claim = {"subject_id": lender, "population": "NPS"}
        if level == "inspection":
            claim["inspection_id"] = "simulated"
        assert value_at(level, {}, [claim]) == matching.OTHER_POPULATION
        assert value_at(level, {"population": "NPS"}, [claim]) == 20.0
        assert value_at(level, {"population": None}, [claim | {"population": None}]) != 20.0

    def test_only_the_levels_asked_for(self):
        claims = [{}, {"subject_id": NATION}, {"inspection_id": "simulated"}]
        for level in LEVELS:
            merged = attach([{}], claims, levels=level)
            assert {name.split("__")[1] for name in merged.frame if "__" in name} <= {level}
            assert set(merged.report["level"]) == {level}

    def test_companions(self):
        claims = [
            {"qualifier": "at least", "value": 20.0},
            {"value": 25.0, "source_id": "s192", "qualifier": "exact"},
        ]
        row = attach([{}], claims, levels="subject").frame.iloc[0]
        name = "vacancy_rate_po_percent__subject"
        assert row[[name, f"{name}__low", f"{name}__source"]].tolist() == [20.0, 20.0, "s102"]
        assert pd.isna(row[f"{name}__high"])
        assert row[f"{name}__qualifier"] == "at least"
        assert bool(row[f"{name}__agrees"])
        assert row[f"{name}__date"] == pd.Timestamp(2023, 5, 1)
        assert (row[f"{name}__lag_days"], row[f"{name}__timing"]) == (31, "earlier")


class TestRows:
    def test_order_labels_and_rows_are_kept(self, panel):
        shuffled = panel.sample(frac=1.0, random_state=1).set_index(
            pd.Index([3, 3, 5] * len(panel), name="label")[: len(panel)]
        )
        before = shuffled.copy(deep=True)
        merged = ps.data.merge(shuffled, tolerance="365D")
        pd.testing.assert_frame_equal(shuffled, before)
        pd.testing.assert_frame_equal(merged.frame[panel.columns], shuffled)
        assert merged.rows["rows in"] == merged.rows["rows out"] == len(panel)
        assert merged.rows["inspections"] == panel["inspection_id"].nunique()

    def test_every_row_of_an_inspection_has_the_same_figures(self, panel, wide):
        long = ps.data.merge(panel, tolerance="365D")
        short = ps.data.merge(wide, tolerance="365D")
        new = [name for name in short.frame if name not in wide]
        assert new == [name for name in long.frame if name not in panel]
        once = long.frame.drop_duplicates("inspection_id").set_index("inspection_id")[new]
        pd.testing.assert_frame_equal(
            once.sort_index(), short.frame.set_index("inspection_id")[new].sort_index()
        )
        assert (long.frame.groupby("inspection_id")[new].nunique() <= 1).all(axis=None)
        pd.testing.assert_frame_equal(long.report, short.report)

    @pytest.mark.parametrize("options", [{}, {"only": ["po_fte", "caseload_per_po"]},
                                         {"levels": ["nation", "region"]}])  # fmt: skip
    def test_every_measure_and_level_of_the_report_adds_up(self, wide, options):
        report = ps.data.merge(wide, tolerance="30D", **options).report
        assert not report.duplicated(["measure", "level", "outcome"]).any()
        assert report["level"].tolist() == sorted(report["level"], key=LEVELS.index)
        totals = report.groupby(["measure", "level"])["inspections"].sum()
        assert (totals == len(wide)).all()
        levels = options.get("levels", LEVELS)
        assert set(report["level"]) == set(levels)
        if "only" in options:
            assert set(totals.index) == {(name, at) for name in options["only"] for at in levels}

    def test_claims_are_counted_once_whatever_the_levels(self):
        claims = [
            {"subject_id": NATION}, {"subject_id": NATION, "value": 30.0, "source_id": "s192"}, {},
        ]  # fmt: skip
        rows = attach([{}], claims).rows
        assert rows["claims in"] == 3
        assert rows["figures of these levels"] == 2
        assert rows["claims beside others on the same figure"] == 1

    def test_matched_inspections_are_those_with_a_value(self, wide):
        merged = ps.data.merge(wide, tolerance="365D")
        columns = ps.data.load("measures").set_index("measure")["column"]
        for line in merged.report.query("outcome == 'matched'").itertuples():
            name = f"{columns[line.measure]}__{line.level}"
            assert merged.frame[name].notna().sum() == line.inspections

    def test_no_ratings(self, wide):
        merged = ps.data.merge(wide.iloc[:0], tolerance="365D")
        assert len(merged.frame) == len(merged.report) == 0
        assert merged.rows[["rows in", "rows out", "inspections"]].tolist() == [0, 0, 0]

    def test_no_figures(self, wide):
        none = ps.data.load("measure_claims").iloc[:0]
        merged = ps.data.merge(wide, none, tolerance="365D")
        pd.testing.assert_frame_equal(merged.frame, wide)
        assert len(merged.report) == 0
        assert merged.rows["claims in"] == 0

    def test_the_figures_given_are_left_alone_and_their_labels_do_not_matter(self, wide):
        claims = ps.data.load("measure_claims")
        labelled = claims.set_index(pd.Index([1] * len(claims)))
        before = labelled.copy(deep=True)
        one = ps.data.merge(wide, labelled, tolerance="365D")
        pd.testing.assert_frame_equal(labelled, before)
        other = ps.data.merge(wide, tolerance="365D")
        pd.testing.assert_frame_equal(one.frame, other.frame)
        pd.testing.assert_series_equal(one.rows, other.rows)

    def test_another_order_of_precedence(self):
        table = ps.data.load("precedence")
        table.loc[table["value"] == "press", "rank"] = 0
        claims = [{"value": 1.0}, {"value": 2.0, "source_id": "s192"}]
        assert value_at("subject", {}, claims) == 1.0
        assert value_at("subject", {}, claims, precedence=table) == 2.0

    def test_repr_counts(self, wide):
        merged = ps.data.merge(wide, tolerance="365D")
        matched = (merged.report["outcome"] == "matched").sum()
        assert repr(merged).startswith(f"<Merged: 145 rows, 145 inspections, {matched} measures")


def sentence(call):
    with pytest.raises(DataError) as error:
        call()
    assert "\n" not in str(error.value)
    return str(error.value)


class TestBadInput:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"tolerance": "-1D"}, "negative"),
            ({"tolerance": "soon"}, "'soon'"),
            ({"tolerance": None}, "missing"),
            ({"tolerance": float("nan")}, "missing"),
            ({"tolerance": pd.NaT}, "missing"),
            ({"tolerance": 365}, "less than a day"),
            ({"tolerance": "365"}, "less than a day"),
            ({"tolerance": "12h"}, "less than a day"),
            ({"tolerance": [1, 2]}, "no span of time"),
            ({"levels": "county"}, "'county'"),
            ({"levels": []}, "none"),
            ({"levels": ["nation", "unit"]}, "'unit'"),
            ({"direction": "later"}, "'later'"),
            ({"only": "happiness"}, "'happiness'"),
            ({"only": ["po_fte", "x"]}, "'x'"),
        ],
    )
    def test_options(self, wide, options, words):
        found = sentence(lambda: ps.data.merge(wide, **({"tolerance": "365D"} | options)))
        assert words in found

    def test_the_tolerance_must_be_given(self, wide):
        with pytest.raises(TypeError, match="tolerance"):
            ps.data.merge(wide)

    @pytest.mark.parametrize("tolerance", ["0D", "365D", pd.Timedelta(days=365)])
    def test_spans_of_time(self, wide, tolerance):
        assert len(ps.data.merge(wide, tolerance=tolerance).frame) == len(wide)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"measure": "morale"}, ["row 0, column measure", "'morale'"]),
            ({"subject_id": "atlantis-pdu"}, ["row 0, column subject_id", "'atlantis-pdu'"]),
            ({"source_id": "s99999"}, ["row 0, column source_id", "'s99999'"]),
            ({"source_id": None}, ["row 0, column source_id", "nothing"]),
            ({"value": None}, ["row 0, column value", "nothing"]),
            ({"value": "many"}, ["row 0, column value", "'many'"]),
            ({"value": float("inf")}, ["row 0, column value"]),
            ({"as_of_to": "30/06/2023"}, ["row 0, column as_of_to", "YYYY-MM-DD"]),
            ({"as_of_to": "2023-02-30"}, ["row 0, column as_of_to", "'2023-02-30'"]),
            ({"as_of_from": "spring"}, ["row 0, column as_of_from", "'spring'"]),
            ({"qualifier": "perhaps"}, ["'perhaps'"]),
            ({"basis": "guessed"}, ["'guessed'"]),
        ],
    )
    def test_figures(self, change, words):
        found = sentence(lambda: attach([{}], [change, {}]))
        for word in words:
            assert word in found

    @pytest.mark.parametrize(
        "column", ["subject_id", "population", "measure", "value", "as_of_to", "source_id"]
    )
    def test_a_column_of_the_figures_is_missing(self, wide, column):
        measures = pd.DataFrame([plain_claim()]).drop(columns=column)
        found = sentence(lambda: ps.data.merge(wide, measures, tolerance="1D"))
        assert f"measures lack column '{column}'" in found

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"fieldwork_start_from": "01/06/2023"}, ["fieldwork_start_from", "YYYY-MM-DD"]),
            ({"published_from": "autumn"}, ["published_from", "'autumn'"]),
            ({"inspection_id": None}, ["row 1", "no inspection_id"]),
        ],
    )
    def test_ratings(self, change, words):
        found = sentence(lambda: attach([{}, {"inspection_id": "b"} | change], [{}]))
        for word in words:
            assert word in found

    def test_no_inspection_id(self, wide):
        ratings = wide.drop(columns="inspection_id")
        assert "'inspection_id'" in sentence(lambda: ps.data.merge(ratings, tolerance="1D"))

    def test_an_inspection_described_in_two_ways(self):
        found = sentence(lambda: attach([{}, {"population": "NPS"}], [{}]))
        assert "'simulated' in two ways" in found

    @pytest.mark.parametrize("column", ["subject_id", "population", "region",
                                        "fieldwork_start_from", "published_from"])  # fmt: skip
    def test_inspections_that_are_not_in_the_record_need_all_columns(self, column):
        ratings = pd.DataFrame([plain_inspection()]).drop(columns=column)
        measures = pd.DataFrame([plain_claim()])
        found = sentence(lambda: ps.data.merge(ratings, measures, tolerance="1D"))
        assert f"'{column}'" in found
        assert "'simulated'" in found

    def test_inspections_of_the_record_need_their_names_only(self, wide):
        names = wide[["inspection_id"]]
        one, other = (ps.data.merge(frame, tolerance="365D") for frame in (names, wide))
        pd.testing.assert_frame_equal(one.report, other.report)

    def test_a_column_that_is_there_already(self, wide):
        merged = ps.data.merge(wide, tolerance="365D")
        found = sentence(lambda: ps.data.merge(merged.frame, tolerance="365D"))
        assert "already have column" in found
        companion = wide.assign(vacancy_rate_po_percent__inspection__low=1.0)
        found = sentence(lambda: ps.data.merge(companion, tolerance="365D"))
        assert "'vacancy_rate_po_percent__inspection__low'" in found
