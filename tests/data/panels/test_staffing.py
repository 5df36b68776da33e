"""Where figures may go and where they may not, on simulated figures."""

import pandas as pd
import pytest

from probstats.data.panels import staffing
from probstats.data.resolution.precedence import read_precedence

ORDER = read_precedence()
LOUD = {"source_kind": "inspectorate"}
"""What makes a claim precede all others here."""

MEASURES = pd.DataFrame(
    {
        "measure": ["vacancy_rate", "caseload", "safe_cases", "unused"],
        "column": ["vacancy_rate_percent", "caseload_people", "safe_cases_percent", "unused_fte"],
        "topic": ["staffing", "workload", "casework", "staffing"],
    }
)


def figures(*claims):
    """Return simulated figures with their sources; each says how it differs from a plain one."""
    rows = [
        {
            "subject_id": "north", "inspection_id": "north-2022", "population": "unified",
            "measure": "vacancy_rate", "value": 10.0, "value_low": 10.0, "value_high": 10.0,
            "qualifier": "exact", "basis": "stated", "as_of_to": "2022-03-31",
            "source_id": f"s{number:03}", "source_kind": "press", "vintage": "2022-03-31",
            "printed_unit": "per cent",
        }
        | claim
        for number, claim in enumerate(claims, 1)
    ]  # fmt: skip
    frame = pd.DataFrame(rows).astype({"value": float, "value_low": float, "value_high": float})
    for name in ("as_of_to", "vintage"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame


def inspections(*rows):
    """Return simulated inspections; each says how it differs from a plain one."""
    frame = pd.DataFrame(
        [
            {
                "inspection_id": f"i{number}", "subject_id": "north", "population": "unified",
                "fieldwork_start_from": None, "published_from": None,
            }
            | row
            for number, row in enumerate(rows, 1)
        ]
    )  # fmt: skip
    for name in ("fieldwork_start_from", "published_from"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame


class TestFiguresOfAnInspection:
    def attach(self, *claims):
        known = inspections(
            {"inspection_id": "north-2022"},
            {"inspection_id": "north-2024"},
            {"inspection_id": "south-2019", "subject_id": "south", "population": "CRC"},
        )
        return staffing.inspection_measures(figures(*claims), MEASURES, known, ORDER)

    def test_a_figure_goes_to_its_inspection_with_its_companions(self):
        found = self.attach({"qualifier": "at least", "value_high": None})
        assert found.index.tolist() == ["north-2022"]
        assert found.iloc[0].to_dict() == {
            "vacancy_rate_percent": 10.0,
            "vacancy_rate_percent__qualifier": "at least",
            "vacancy_rate_percent__agrees": True,
            "vacancy_rate_percent__source": "s001",
        }

    @pytest.mark.parametrize(
        "other",
        [
            {"inspection_id": None},
            {"inspection_id": "unheard-of-2022"},
            {"subject_id": "south"},
            {"subject_id": "england-and-wales"},
            {"population": "NPS"},
            {"population": "everyone on probation"},
            {"measure": "safe_cases"},
        ],
        ids=lambda other: " ".join(f"{name}={value}" for name, value in other.items()),
    )
    def test_any_other_figure_goes_nowhere(self, other):
        wrong = {"value": 99.0, "value_low": 99.0, "value_high": 99.0} | LOUD
        found = self.attach({}, other | wrong)
        assert found["vacancy_rate_percent"].to_dict() == {"north-2022": 10.0}
        assert found["vacancy_rate_percent__agrees"].tolist() == [True]
        assert set(found.columns) == {
            f"vacancy_rate_percent{end}" for end in ("", "__qualifier", "__agrees", "__source")
        }

    def test_two_inspections_of_one_subject_keep_their_own_figures(self):
        found = self.attach({"value": 1.0}, {"value": 2.0, "inspection_id": "north-2024"})
        assert found["vacancy_rate_percent"].to_dict() == {"north-2022": 1.0, "north-2024": 2.0}

    def test_measures_nobody_gives_have_no_column(self):
        assert not [name for name in self.attach({}) if name.startswith("unused")]

    def test_several_measures_stand_side_by_side(self):
        found = self.attach(
            {"value": 1.0}, {"value": 2.0, "measure": "caseload", "inspection_id": "north-2024"}
        )
        assert found.loc["north-2022", "vacancy_rate_percent"] == 1.0
        assert found.loc["north-2024", "caseload_people"] == 2.0
        assert found.notna().sum().tolist() == [1] * 8


REGIONS = pd.DataFrame(
    {
        "subject_id": ["region-a", "region-b", "a-pdu"],
        "kind": ["probation region", "probation region", "Probation Delivery Unit"],
        "region": ["A", "B", "A"],
    }
)
REGIONAL = {
    "subject_id": "region-a", "inspection_id": None, "measure": "vacancies_fte",
    "as_of_to": staffing.REGIONAL_DATE,
}  # fmt: skip


class TestFiguresOfARegion:
    def attach(self, *claims):
        return staffing.regional_vacancies(
            figures(*(REGIONAL | claim for claim in claims)), REGIONS, ORDER
        )

    def test_each_region_has_its_own_figure_with_its_companions(self):
        found = self.attach({"value": 0.0}, {"value": 7.0, "subject_id": "region-b"})
        assert found["vacancies_fte__region"].to_dict() == {"A": 0.0, "B": 7.0}
        assert found.columns.tolist() == [
            f"vacancies_fte__region{end}" for end in ("", "__qualifier", "__date", "__source")
        ]
        assert (found["vacancies_fte__region__date"] == "2023-09-30").all()

    @pytest.mark.parametrize(
        "other",
        [
            {"as_of_to": "2022-09-30"}, {"measure": "staff_fte"}, {"subject_id": "a-pdu"},
            {"population": "NPS"}, {"population": "everyone on probation"},
        ],
    )  # fmt: skip
    def test_no_other_date_measure_subject_or_population_counts(self, other):
        found = self.attach({"value": 9.0} | LOUD | other, {"value": 1.0})
        assert found["vacancies_fte__region"].to_dict() == {"A": 1.0}


def nation(measure, date, **claim):
    return {
        "subject_id": "england-and-wales", "inspection_id": None, "measure": measure,
        "as_of_to": date,
    } | claim  # fmt: skip


def series_of(claims):
    return staffing.national_series(claims, ORDER)


def simulated_series(*dates, population="unified"):
    return series_of(
        figures(
            *(nation("po_fte", date, value=100.0 + n, population=population)
              for n, date in enumerate(dates)),
            *(nation("pso_fte", date, value=300.0, population=population) for date in dates),
        )
    )  # fmt: skip


class TestTheNationOverTime:
    def test_the_share_is_po_over_both(self):
        series = simulated_series("2022-03-31")
        assert series.loc[0, ["po_fte", "pso_fte", "qualified_share"]].tolist() == [100, 300, 0.25]
        assert series.loc[0, ["population", "po_fte__source", "pso_fte__source"]].tolist() == [
            "unified", "s001", "s002",
        ]  # fmt: skip

    def test_no_share_where_one_of_the_two_is_unknown(self):
        series = series_of(figures(nation("po_fte", "2022-03-31"), nation("pso_fte", "2022-06-30")))
        assert len(series) == 2
        assert series["qualified_share"].isna().all()
        assert series["po_fte__agrees"].tolist() == [True, pd.NA]

    def test_populations_are_two_series(self):
        series = series_of(
            figures(
                nation("po_fte", "2021-06-30", value=1.0, population="NPS"),
                nation("pso_fte", "2021-06-30", value=1.0, population="unified"),
            )
        )
        assert sorted(series["population"]) == ["NPS", "unified"]
        assert series["qualified_share"].isna().all()

    def test_other_subjects_and_measures_do_not_enter(self):
        plain = nation("po_fte", "2022-03-31")
        others = [plain | {"subject_id": "wales"}, plain | {"measure": "spo_fte"}]
        assert len(staffing.national_claims(figures(plain, *others))) == 1

    @pytest.mark.parametrize("claims", [[], [nation("po_fte", "2022-03-31")]])
    def test_a_record_without_one_of_the_figures_gives_a_series_without_it(self, claims):
        series = series_of(figures({}, *claims))
        assert len(series) == len(claims)
        assert series["pso_fte"].isna().all()
        rows = inspections({"fieldwork_start_from": "2022-05-01"})
        assert len(staffing.national_at(series, rows)) == 0


class TestTheNationAtAnInspection:
    def attach(self, *rows, population="unified"):
        series = simulated_series("2022-03-31", "2022-06-30", population=population)
        return staffing.national_at(series, inspections(*rows))

    def date_for(self, **row):
        found = self.attach(row)["staffing__nation__date"]
        return found.iloc[0].strftime("%Y-%m-%d") if len(found) else None

    @pytest.mark.parametrize(
        ("start", "date"),
        [
            ("2022-03-30", None),
            ("2022-03-31", None),
            ("2022-04-01", "2022-03-31"),
            ("2022-06-30", "2022-03-31"),
            ("2022-07-01", "2022-06-30"),
            ("2023-06-30", "2022-06-30"),
            ("2023-07-01", None),
        ],
    )
    def test_strictly_before_the_first_possible_day_and_at_most_a_year(self, start, date):
        assert self.date_for(fieldwork_start_from=start) == date

    def test_the_day_of_publication_is_never_used(self):
        """It lies after the inspection, and so may the quarter-end before it."""
        known = {"fieldwork_start_from": "2022-05-01", "published_from": "2022-09-01"}
        assert self.date_for(**known) == "2022-03-31"
        assert self.date_for(published_from="2022-09-01") is None

    @pytest.mark.parametrize(
        "row",
        [
            {},
            {"fieldwork_start_from": "2022-09-01", "population": "NPS"},
            {"fieldwork_start_from": "2022-09-01", "population": "CRC"},
            {"fieldwork_start_from": "2022-09-01", "population": "CRC and NPS"},
            {"fieldwork_start_from": "2022-09-01", "subject_id": "england-and-wales"},
        ],
    )
    def test_no_date_another_population_or_the_nation_itself_get_nothing(self, row):
        assert self.date_for(**row) is None

    def test_the_figures_and_sources_of_one_quarter_stay_together(self):
        found = self.attach(
            {"fieldwork_start_from": "2022-09-01"}, {"fieldwork_start_from": "2022-05-01"}
        )
        assert found.loc["i1"].to_dict() == {
            "po_fte__nation": 101.0,
            "po_fte__nation__source": "s002",
            "pso_fte__nation": 300.0,
            "pso_fte__nation__source": "s004",
            "qualified_share__nation": 101 / 401,
            "qualified_share__nation__source": "s002 s004",
            "staffing__nation__date": pd.Timestamp(2022, 6, 30),
        }
        assert found.loc["i2", "po_fte__nation"] == 100.0
        assert sorted(found.index) == ["i1", "i2"]

    def test_a_quarter_without_a_share_is_passed_over(self):
        series = series_of(
            figures(
                nation("po_fte", "2022-03-31"), nation("pso_fte", "2022-03-31"),
                nation("po_fte", "2022-06-30"),
            )
        )  # fmt: skip
        rows = inspections({"fieldwork_start_from": "2022-09-01"})
        found = staffing.national_at(series, rows)
        assert found["staffing__nation__date"].tolist() == [pd.Timestamp(2022, 3, 31)]
