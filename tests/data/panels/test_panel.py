"""Every rule of the panel, each checked against the tables by plain Python of its own."""

import math
from collections import Counter
from datetime import date, timedelta

import pandas as pd
import pytest

import probstats as ps
from probstats.data.panels.built import INPUTS, make_panel
from probstats.data.panels.panel import INSPECTION_COLUMNS, RATING_COLUMNS, build_panel, widen
from probstats.data.scale import STANDARD_NAMES, SUPERVISION

RATINGS = ["Inadequate", "Requires improvement", "Good", "Outstanding"]
MAIN = {"crc", "nps", "pdu"}


def by_id(rows, name):
    return {row[name]: row for row in rows}


def day(value):
    """Return a date of the panel as the tables write it, empty where there is none."""
    return "" if value is None else value.strftime("%Y-%m-%d")


@pytest.fixture(scope="module")
def claimed(records):
    """Return the claims on each cell."""
    found = {}
    for claim in records["rating_claims"]:
        found.setdefault((claim["inspection_id"], claim["standard"]), []).append(claim)
    return found


@pytest.fixture(scope="module")
def overall(cells):
    """Return the overall rating of every inspection that has one."""
    return {
        inspection: row["rating"]
        for (inspection, standard), row in cells.items()
        if standard == "overall" and row["rating"] is not None
    }


class TestOverallRatings:
    def test_all_123_come_through_with_each_of_their_sources(self, records, cells, overall):
        expected = {}
        for claim in records["rating_claims"]:
            if claim["standard"] == "overall":
                assert claim["rating_low"] == claim["rating_high"]
                rating, sources = expected.setdefault(
                    claim["inspection_id"], (claim["rating_low"], [])
                )
                assert rating == claim["rating_low"]
                sources.append(claim["source_id"])
        assert len(expected) == 123
        assert overall == {inspection: rating for inspection, (rating, _) in expected.items()}
        for inspection, (_, sources) in expected.items():
            row = cells[inspection, "overall"]
            assert row["rating_status"] == "stated"
            assert row["rating_claims"] == len(sources)
            assert sorted(row["rating_sources"].split()) == sorted(set(sources))

    def test_116_of_them_are_of_crcs_nps_divisions_and_pdus(self, overall, inspected):
        counts = Counter(inspected[inspection]["provider_type"] for inspection in overall)
        assert counts == {"crc": 29, "nps": 9, "pdu": 78, "region": 6, "national": 1}
        assert sum(counts[provider] for provider in MAIN) == 116

    def test_counts_of_the_main_analysis(self, overall, inspected):
        counts = Counter((inspected[i]["provider_type"], r) for i, r in overall.items())
        bad, weak, good, _ = RATINGS
        assert {key: n for key, n in counts.items() if key[0] in MAIN} == {
            ("crc", bad): 1, ("crc", weak): 25, ("crc", good): 3,
            ("nps", weak): 2, ("nps", good): 7,
            ("pdu", bad): 39, ("pdu", weak): 38, ("pdu", good): 1,
        }  # fmt: skip

    def test_inspections_without_one_say_why(self, records, cells, overall):
        for row in records["inspections"]:
            status = cells[row["inspection_id"], "overall"]["rating_status"]
            words = {"yes": "stated", "not rated": "not rated", "unknown": "not seen"}
            assert status == words[row["overall_rating_seen"]]
        statuses = Counter(
            row["rating_status"] for (_, standard), row in cells.items() if standard == "overall"
        )
        assert statuses == {"stated": 123, "not rated": 20, "not seen": 2}


EAST, NORTH = "East of England", "Yorkshire and the Humber"
LATE_REGIONS = {"Kent, Surrey and Sussex", EAST, NORTH}


def within(row, start, end):
    """Return whether the report was surely published in a window."""
    first, last = day(row["published_from"]), day(row["published_to"])
    return first != "" and start <= first and last <= end


WINDOWS = {
    "first round 2018-19, all services": lambda row: row["programme"] == "core-2018-19",
    "first round 2018-19, CRCs": lambda row: row["programme"] == "core-2018-19",
    "first round 2018-19, NPS divisions": lambda row: row["programme"] == "core-2018-19",
    "inspected September 2019 to March 2020 and rated": lambda row: (
        row["programme"] == "core-2019-20"
    ),
    "PDU reports published in 2022": lambda row: within(row, "2022-01-01", "2022-12-31"),
    "first 31 PDU inspections of the annual report 2022-23": lambda row: (
        row["standards_set"] == "pdu-9" and row["region"] not in {"South West", "South Central"}
    ),
    "PDUs inspected February 2024 to February 2025": lambda row: (
        row["standards_set"] == "pdu-7" and row["region"] in LATE_REGIONS
    ),
    "regions inspected February 2024 to February 2025": lambda row: row["region"] in LATE_REGIONS,
}
# One rating of each of these windows is known by subtraction only, so no source can back it.
ABSENT = {
    "inspected September 2019 to March 2020 and rated": "Good",
    "PDUs inspected February 2024 to February 2025": "Requires improvement",
}


class TestPublishedTotals:
    def test_every_published_total_has_a_window(self, records):
        assert {total["total"] for total in records["published_totals"]} == set(WINDOWS)

    @pytest.mark.parametrize("name", WINDOWS)
    def test_the_panel_counts_what_the_inspectorate_counted(
        self, name, records, overall, inspected
    ):
        total = by_id(records["published_totals"], "total")[name]
        providers = total["provider_types"].split()
        counts = Counter(
            overall[inspection]
            for inspection, row in inspected.items()
            if inspection in overall and row["provider_type"] in providers and WINDOWS[name](row)
        )
        if name in ABSENT:
            counts[ABSENT[name]] += 1
        columns = ["inadequate", "requires_improvement", "good", "outstanding"]
        published = [int(total[column]) for column in columns]
        assert [counts[rating] for rating in RATINGS] == published
        assert sum(counts.values()) == int(total["n"])


class TestCells:
    def test_every_claimed_cell_is_there_and_none_is_rated_that_nobody_claims(self, claimed, cells):
        assert set(claimed) <= set(cells)
        rated = {key for key, row in cells.items() if row["rating_low"] is not None}
        assert rated == set(claimed)
        for key, row in cells.items():
            assert row["rating_claims"] == len(claimed.get(key, []))
            assert (row["rating_sources"] is None) == (key not in claimed)
            assert (row["rating_basis"] is None) == (key not in claimed)

    def test_every_cell_is_what_its_claims_leave_possible(self, claimed, cells):
        for key, claims in claimed.items():
            sets = [
                set(RATINGS[RATINGS.index(c["rating_low"]) : RATINGS.index(c["rating_high"]) + 1])
                for c in claims
            ]
            both, either = set.intersection(*sets), set.union(*sets)
            status = "conflict" if not both else "stated" if len(both) == 1 else "interval"
            possible = sorted(both or either, key=RATINGS.index)
            row = cells[key]
            found = (row["rating_low"], row["rating_high"], row["rating_status"])
            assert found == (possible[0], possible[-1], status), key
            assert row["rating_sources"].split() == list(
                dict.fromkeys(claim["source_id"] for claim in claims)
            )
            assert row["rating_basis"] == " ".join(
                dict.fromkeys(claim["basis"] for claim in claims)
            )

    def test_a_rating_is_missing_exactly_where_an_interval_or_nothing_is_known(self, cells):
        for row in cells.values():
            low, high = row["rating_low"], row["rating_high"]
            assert row["rating"] == (low if low == high else None)
            assert (row["rating"] is not None) == (row["rating_status"] == "stated")
            known = row["rating_status"] in {"stated", "interval", "conflict"}
            assert (low is not None) == (high is not None) == known
            assert low is None or RATINGS.index(low) <= RATINGS.index(high)

    def test_140_standards_of_43_inspections_are_known(self, claimed):
        beyond = [key for key in claimed if key[1] != "overall"]
        assert len(beyond) == 140
        assert len({inspection for inspection, _ in beyond}) == 43
        supervised = {inspection for inspection, standard in beyond if standard in SUPERVISION}
        assert len(supervised) == 24

    def test_an_interval(self, cells):
        for standard in ("assessment", "planning", "implementation_and_delivery", "reviewing"):
            row = cells["south-yorkshire-crc-2019", standard]
            assert row["rating"] is None
            found = (row["rating_low"], row["rating_high"], row["rating_status"])
            assert found == ("Inadequate", "Requires improvement", "interval"), standard

    def test_a_conflict(self, cells):
        row = cells["bedfordshire-pdu-2024", "planning"]
        assert (row["rating"], row["rating_status"]) == (None, "conflict")
        assert (row["rating_low"], row["rating_high"]) == ("Inadequate", "Requires improvement")
        conflicts = [key for key, row in cells.items() if row["rating_status"] == "conflict"]
        assert conflicts == [("bedfordshire-pdu-2024", "planning")]

    def test_the_standards_of_an_inspection_are_those_of_its_set(self, records, claimed, cells):
        sets = {}
        for row in records["standards"]:
            if row["standards_set"]:
                key = row["standards_set"], row["provider_type"]
                sets.setdefault(key, {})[row["standard"]] = row["domain"]
        for inspection in records["inspections"]:
            name = inspection["inspection_id"]
            of_set = sets.get((inspection["standards_set"], inspection["provider_type"]), {})
            beyond = {standard for other, standard in claimed if other == name}
            found = {standard: row for (other, standard), row in cells.items() if other == name}
            assert set(found) == {"overall"} | set(of_set) | beyond
            for standard, row in found.items():
                assert row["domain"] == of_set.get(standard)

    def test_rows_are_in_the_order_of_inspections_and_reports(self, panel):
        order = [*zip(panel["inspection_id"], panel["standard"], strict=True)]
        place = list(STANDARD_NAMES).index
        assert order == sorted(order, key=lambda key: (key[0], place(key[1])))
        assert panel.index.tolist() == list(range(len(panel)))

    def test_ratings_are_ordered_categoricals(self, panel):
        for name in ("rating", "rating_low", "rating_high"):
            assert panel[name].cat.ordered
            assert panel[name].cat.categories.tolist() == RATINGS


class TestInspections:
    def test_every_inspection_is_in_both_shapes(self, records, panel, wide):
        known = [row["inspection_id"] for row in records["inspections"]]
        assert len(known) == 145
        assert panel["inspection_id"].unique().tolist() == sorted(known)
        assert wide["inspection_id"].tolist() == sorted(known)

    def test_they_are_described_as_in_the_tables(self, records, inspected):
        subjects = by_id(records["subjects"], "subject_id")
        for row in records["inspections"]:
            found = inspected[row["inspection_id"]]
            subject = subjects[row["subject_id"]]
            names = [
                "subject_id", "provider_type", "population", "programme", "standards_set", "owner",
            ]  # fmt: skip
            expected = {name: row[name] for name in names}
            expected |= {"subject": subject["name"]}
            expected |= {name: subject[name] for name in ("kind", "region")}
            assert {name: found[name] or "" for name in expected} == expected

    def test_dates_are_the_intervals_of_the_tables(self, records, inspected):
        for row in records["inspections"]:
            found = inspected[row["inspection_id"]]
            for event in ("fieldwork_start", "published"):
                first, last = day(found[f"{event}_from"]), day(found[f"{event}_to"])
                assert (first, last) == (row[f"{event}_from"], row[f"{event}_to"])
                assert (first == "") == (last == "")
                assert first <= last

    def test_the_year_is_known_only_where_the_whole_interval_lies_in_it(self, records, inspected):
        for row in records["inspections"]:
            years = [
                int(row[f"{event}_from"][:4])
                for event in ("fieldwork_start", "published")
                if row[f"{event}_from"] and row[f"{event}_from"][:4] == row[f"{event}_to"][:4]
            ]
            assert inspected[row["inspection_id"]]["year"] == (years[0] if years else None)

    def test_the_programme_year_is_the_first_in_its_name(self, inspected):
        for row in inspected.values():
            start = next(part for part in row["programme"].split("-") if part[:2] == "20")
            assert row["programme_start_year"] == int(start)

    def test_what_describes_an_inspection_is_the_same_in_all_its_rows(self, panel):
        columns = panel.columns.difference(RATING_COLUMNS)
        distinct = panel[columns].drop_duplicates()
        assert len(distinct) == panel["inspection_id"].nunique()


OFFICIAL = {"inspectorate": 0, "official statistics": 0, "audit office": 1, "parliament": 1,
            "council": 2, "owner": 2, "press": 3, "blog": 4, "mirror": 4, "union": 5}  # fmt: skip
QUALIFIERS = {"exact": 0, "at least": 1, "at most": 1, "about": 2}


@pytest.fixture(scope="module")
def choose(records):
    """Return the rule by which one of several figures is chosen, in plain Python."""
    kinds = {row["source_id"]: row["kind"] for row in records["sources"]}
    vintage = {}
    for claim in records["measure_claims"]:
        source = claim["source_id"]
        vintage[source] = max(vintage.get(source, ""), claim["as_of_to"])

    def rank(claim):
        return (
            OFFICIAL[kinds[claim["source_id"]]], claim["basis"] == "derived",
            QUALIFIERS[claim["qualifier"]], vintage[claim["source_id"]] or "9999",
            claim["source_id"],
        )  # fmt: skip

    def ends(claim):
        room = 0.05 * float(claim["value"]) if claim["qualifier"] == "about" else float("inf")
        low, high = claim["value_low"], claim["value_high"]
        return (
            float(low) if low else float(claim["value"]) - room,
            float(high) if high else float(claim["value"]) + room,
        )

    def span(claim):
        value = float(claim["value"])
        room = max(0.05 * value, 0.5) if claim["qualifier"] == "about" else math.inf
        return float(claim["value_low"] or value - room), float(claim["value_high"] or value + room)

    def pick(claims):
        best = min(claims, key=rank)
        low, high = ends(best)
        agrees = all(ends(one)[0] <= high and low <= ends(one)[1] for one in claims)
        return best, agrees

    return pick


@pytest.fixture(scope="module")
def columns(records):
    """Return the panel column of each measure of staffing and workload."""
    return {
        row["measure"]: row["column"]
        for row in records["measures"]
        if row["topic"] in {"staffing", "workload"}
    }


class TestOwnFigures:
    def test_each_is_the_chosen_claim_of_its_own_inspection(
        self, records, columns, choose, inspected
    ):
        """Cell by cell, so no figure can have landed on another inspection."""
        given = {}
        for claim in records["measure_claims"]:
            if claim["inspection_id"] and claim["measure"] in columns:
                key = claim["inspection_id"], columns[claim["measure"]]
                given.setdefault(key, []).append(claim)
        used = sorted({column for _, column in given})
        assert len(given) > 60
        for inspection, row in inspected.items():
            for column in used:
                found = [row[column]] + [
                    row[f"{column}__{end}"] for end in ("qualifier", "agrees", "source")
                ]
                claims = given.get((inspection, column))
                if claims is None:
                    assert found == [None] * 4
                    continue
                best, agrees = choose(claims)
                assert found == [
                    float(best["value"]), best["qualifier"], agrees, best["source_id"],
                ]  # fmt: skip
                assert best["population"] == row["population"]
                assert best["subject_id"] == row["subject_id"]

    def test_no_other_column_holds_a_figure(self, columns, panel):
        given = set(panel.columns) - set(INSPECTION_COLUMNS) - set(RATING_COLUMNS)
        stems = {name.split("__")[0] for name in given}
        assert stems <= set(columns.values()) | {"qualified_share", "staffing"}

    def test_counts_in_the_readme(self, inspected, overall):
        known = Counter(
            name
            for row in inspected.values()
            for name in ("vacancy_rate_po_percent", "caseload_total_people",
                         "cases_per_practitioner", "manageable_workload_percent", "po_fte")
            if row[name] is not None
        )  # fmt: skip
        assert known == {
            "vacancy_rate_po_percent": 15, "caseload_total_people": 35,
            "cases_per_practitioner": 4, "manageable_workload_percent": 8, "po_fte": 2,
        }  # fmt: skip
        rated = [i for i in overall if inspected[i]["vacancy_rate_po_percent"] is not None]
        assert len(rated) == 14

    def test_casework_never_enters(self, records, panel):
        for measure in records["measures"]:
            if measure["topic"] == "casework":
                assert not [name for name in panel if name.startswith(measure["column"])]

    def test_counts_of_another_level_never_stand_on_a_part(self, records, panel):
        """A count column without a level in its name holds what was given for the inspection."""
        for measure in records["measures"]:
            values = {
                (claim["inspection_id"], float(claim["value"]))
                for claim in records["measure_claims"]
                if claim["measure"] == measure["measure"] and claim["inspection_id"]
            }
            if measure["kind"] == "count" and measure["column"] in panel:
                shown = panel.dropna(subset=[measure["column"]])
                pairs = zip(shown["inspection_id"], shown[measure["column"]], strict=True)
                assert set(pairs) <= values

    def test_companions_are_filled_exactly_where_the_value_is(self, panel):
        companions = {
            "own": ("qualifier", "agrees", "source"),
            "region": ("qualifier", "date", "source"),
            "nation": ("source",),
        }
        checked = 0
        for name in panel:
            stem, _, last = name.rpartition("__")
            if last in {"qualifier", "agrees", "source", "date"} or name in INSPECTION_COLUMNS:
                continue
            if name in RATING_COLUMNS:
                continue
            level = last if stem else "own"
            for end in companions[level]:
                filled = panel[f"{name}__{end}"].notna()
                pd.testing.assert_series_equal(filled, panel[name].notna(), check_names=False)
            checked += 1
        assert checked == 15

    def test_every_source_exists(self, records, panel):
        known = {row["source_id"] for row in records["sources"]}
        columns = [name for name in panel if name.endswith("__source")] + ["rating_sources"]
        assert len(columns) == 16
        for name in columns:
            for cell in panel[name].dropna().unique():
                assert set(cell.split()) <= known
                assert cell.split()


class TestFiguresOfTheRegion:
    def test_pdus_have_the_claim_of_september_2023_of_their_region(self, records, inspected):
        regions = by_id(records["subjects"], "subject_id")
        claims = {
            regions[claim["subject_id"]]["region"]: claim
            for claim in records["measure_claims"]
            if claim["measure"] == "vacancies_fte"
            and claim["as_of_to"] == "2023-09-30"
            and regions[claim["subject_id"]]["kind"] == "probation region"
        }
        assert len(claims) == 12
        for row in inspected.values():
            found = [row[f"vacancies_fte__region{end}"] for end in ("", "__qualifier", "__source")]
            if row["provider_type"] == "pdu":
                claim = claims[row["region"]]
                assert found == [float(claim["value"]), claim["qualifier"], claim["source_id"]]
                assert day(row["vacancies_fte__region__date"]) == "2023-09-30"
                assert claim["population"] == row["population"] == "unified"
            else:
                assert [*found, row["vacancies_fte__region__date"]] == [None] * 4


NATIONAL = ("po_fte__nation", "pso_fte__nation", "qualified_share__nation")


@pytest.fixture(scope="module")
def quarters(records, choose):
    """Return PO and PSO of each population and quarter-end at which both are known."""
    claims = {}
    for claim in records["measure_claims"]:
        if claim["subject_id"] == "england-and-wales":
            key = claim["population"], claim["as_of_to"]
            claims.setdefault(key, {}).setdefault(claim["measure"], []).append(claim)
    return {
        key: tuple(choose(of[name])[0] for name in ("po_fte", "pso_fte"))
        for key, of in claims.items()
        if {"po_fte", "pso_fte"} <= set(of)
    }


class TestFiguresOfTheNation:
    def test_each_is_that_of_the_last_quarter_before_the_inspection(self, quarters, inspected):
        attached = 0
        for row in inspected.values():
            start = row["fieldwork_start_from"]
            expected = None
            if start is not None and row["subject_id"] != "england-and-wales":
                first = start.date()
                dates = [
                    end
                    for population, end in quarters
                    if population == row["population"]
                    and first - timedelta(days=365) <= date.fromisoformat(end) < first
                ]
                expected = max(dates, default=None)
            if expected is None:
                assert [row[name] for name in (*NATIONAL, "staffing__nation__date")] == [None] * 4
                continue
            attached += 1
            po, pso = quarters[row["population"], expected]
            assert day(row["staffing__nation__date"]) == expected
            assert row["po_fte__nation"] == float(po["value"])
            assert row["pso_fte__nation"] == float(pso["value"])
            share = float(po["value"]) / (float(po["value"]) + float(pso["value"]))
            assert row["qualified_share__nation"] == pytest.approx(share, rel=1e-15)
            assert row["po_fte__nation__source"] == po["source_id"]
            assert row["pso_fte__nation__source"] == pso["source_id"]
            both = f"{po['source_id']} {pso['source_id']}"
            assert row["qualified_share__nation__source"] == both
        assert attached > 30

    def test_no_figure_of_one_population_is_put_on_another(self, quarters, inspected):
        """The two series share no quarter-end, so the date alone tells whose figure it is."""
        ends = {
            population: {end for p, end in quarters if p == population}
            for population in ("NPS", "unified")
        }
        assert not ends["NPS"] & ends["unified"]
        for row in inspected.values():
            if row["staffing__nation__date"] is not None:
                assert day(row["staffing__nation__date"]) in ends[row["population"]]

    @pytest.mark.parametrize("population", ["CRC", "CRC and NPS"])
    def test_crcs_get_none(self, inspected, population):
        rows = [row for row in inspected.values() if row["population"] == population]
        assert len(rows) > 10
        assert all(row[name] is None for row in rows for name in NATIONAL)

    def test_both_populations_do_get_some(self, inspected):
        rows = [row for row in inspected.values() if row["po_fte__nation"] is not None]
        assert {row["population"] for row in rows} == {"NPS", "unified"}

    def test_strictly_before_and_at_most_365_days_older(self, inspected):
        for row in inspected.values():
            if row["staffing__nation__date"] is not None:
                start = row["fieldwork_start_from"]
                assert 0 < (start - row["staffing__nation__date"]).days <= 365


class TestWide:
    def test_it_agrees_with_long_in_every_cell(self, wide, cells, inspected):
        rows = wide.astype(object).where(wide.notna(), None).to_dict("records")
        for row in rows:
            for name, value in inspected[row["inspection_id"]].items():
                assert row[name] == value, name
            for standard in STANDARD_NAMES:
                cell = cells.get((row["inspection_id"], standard), {})
                for name in ("rating", "rating_low", "rating_high", "rating_status"):
                    if f"{name}_{standard}" in wide:
                        assert row[f"{name}_{standard}"] == cell.get(name)
                    else:
                        assert not cell

    def test_its_columns(self, panel, wide):
        own = [name for name in panel if name not in RATING_COLUMNS]
        standards = [s for s in STANDARD_NAMES if s in set(panel["standard"])]
        parts = ("rating", "rating_low", "rating_high", "rating_status")
        assert wide.columns.tolist() == own + [f"{p}_{s}" for s in standards for p in parts]
        assert wide.columns.is_unique

    def test_types_survive(self, panel, wide):
        for name in panel.columns.difference(RATING_COLUMNS):
            assert wide[name].dtype == panel[name].dtype
        assert wide["rating_overall"].dtype == panel["rating"].dtype

    def test_a_part_of_the_panel_can_be_widened(self, panel):
        some = panel[panel["provider_type"] == "nps"]
        assert len(widen(some)) == some["inspection_id"].nunique()


def without_rows(table):
    """Return the panel as it would be if nothing were known of one kind."""
    tables = {name: ps.data.load(name) for name in INPUTS}
    tables[table] = tables[table].iloc[:0]
    return build_panel(tables)


class TestChangingTheTables:
    """A change to one table reaches the cells it is about and no other."""

    def test_a_second_opinion_makes_a_conflict_of_one_cell(self, copied, panel):
        cell = {"inspection_id": "barking-dagenham-and-havering-pdu-2022", "standard": "overall"}
        row = copied.row_of("rating_claims", source_id="s265", **cell)
        copied.cell("rating_claims", row, "rating_high", "Outstanding")
        copied.cell("rating_claims", row, "rating_low", "Outstanding")
        changed = make_panel(copied.path)
        columns = ["rating", "rating_low", "rating_high", "rating_status"]
        same = (changed[columns] == panel[columns]) | panel[columns].isna()
        differ = changed[~same.all(axis=1)]
        assert differ[list(cell)].to_dict("records") == [cell]
        assert differ[columns[1:]].iloc[0].tolist() == [
            "Requires improvement", "Outstanding", "conflict",
        ]  # fmt: skip
        others = panel.columns.difference(columns)
        pd.testing.assert_frame_equal(changed[others], panel[others])

    def test_an_unrated_cell_stays_unrated_when_all_claims_are_gone(self):
        changed = without_rows("rating_claims")
        assert changed["rating"].isna().all()
        assert set(changed["rating_status"]) == {"not rated", "not seen"}

    def test_without_any_figure_there_is_no_figure(self):
        changed = without_rows("measure_claims")
        given = changed.columns.difference([*INSPECTION_COLUMNS, *RATING_COLUMNS])
        assert changed[given].isna().all(axis=None)
        assert changed["rating"].notna().sum() > 123

    def test_a_date_that_may_lie_in_two_years_gives_no_year(self, copied):
        name = "suffolk-pdu-2024"
        row = copied.row_of("inspections", inspection_id=name)
        copied.cell("inspections", row, "fieldwork_start_from", "2023-12-15")
        year = make_panel(copied.path).set_index("inspection_id").loc[name, "year"]
        assert set(year) == {2024}  # of publication, which is known
        copied.cell("inspections", row, "published_from", "2023-12-31")
        year = make_panel(copied.path).set_index("inspection_id").loc[name, "year"]
        assert year.isna().all()
