"""Every disagreement of the record, by kind; what simulated changes add to it."""

import pandas as pd
import pytest

import probstats as ps
from probstats import cli
from probstats.data.accounts.conflicts import COLUMNS, printed, span

NATION = "england-and-wales"
SHIPPED = [
    ("contradiction", "bedfordshire-pdu-2024", "planning", None),
    ("contradiction", "east-and-west-lincolnshire-pdu-2025", "score", None),
    ("contradiction", "west-kent-pdu-2022", "standards together", None),
    ("definition", NATION, "staff_fte", "2021-03-31"),
    ("revision", NATION, "po_fte", "2023-06-30"),
    ("revision", NATION, "po_fte", "2025-03-31"),
    ("revision", NATION, "pso_fte", "2023-06-30"),
    ("revision", NATION, "staff_fte", "2022-03-31"),
    ("revision", NATION, "staff_fte", "2023-12-31"),
    ("rounding", NATION, "po_fte", "2020-06-30"),
    ("rounding", NATION, "po_fte", "2021-03-31"),
]


def listed(found):
    about = found["inspection_id"].fillna(found["subject_id"])
    dates = [None if pd.isna(one) else f"{one:%Y-%m-%d}" for one in found["as_of_to"]]
    return list(zip(found["kind"], about, found["item"], dates, strict=True))


@pytest.fixture(scope="module")
def found():
    return ps.data.conflicts()


class TestTheRecord:
    def test_the_eleven(self, found):
        assert listed(found) == SHIPPED
        assert found.columns.tolist() == COLUMNS

    def test_the_two_sides_and_their_sources(self, found):
        row = found.set_index(["item", "as_of_to"]).loc[("po_fte", pd.Timestamp(2023, 6, 30))]
        assert row[["chosen", "chosen_source", "other", "other_source"]].tolist() == [
            "4,418 FTE", "s212", "4,627 FTE", "s213",
        ]  # fmt: skip
        planning = found.iloc[0]
        assert (planning["chosen"], planning["other"]) == ("Inadequate", "Requires improvement")
        assert found["reason"].str.len().gt(10).all()

    def test_sources_are_those_of_the_list(self, found, records):
        known = {row["source_id"] for row in records["sources"]}
        for name in ("chosen_source", "other_source"):
            assert set(" ".join(found[name]).split()) <= known

    def test_each_claim_that_disagrees_is_there_once(self, found):
        claims = ps.data.claims("measures")
        kinds = claims["verdict"].astype("str").value_counts()
        for kind in ("rounding", "revision", "definition"):
            assert (found["kind"] == kind).sum() == kinds[kind]
        assert "contradiction" not in kinds

    def test_inspections_have_their_subject(self, found, records):
        subjects = {row["inspection_id"]: row["subject_id"] for row in records["inspections"]}
        for row in found.dropna(subset=["inspection_id"]).itertuples():
            assert row.subject_id == subjects[row.inspection_id]


class TestSimulatedChanges:
    def test_a_figure_given_for_an_inspection_is_not_revised(self, copied):
        """A simulated second figure of one inspection: its report is not published twice."""
        claim = (
            b"sheffield-pdu,sheffield-pdu-2023,unified,vacancy_rate_po_percent,%b,%b.0,%b.0,exact,"
            b"percent,percent,stated,2023-01-31,2023-01-31,%b,\n"
        )
        rows = claim % (*[b"20"] * 3, b"s048") + claim % (*[b"30"] * 3, b"s160")
        copied.edit("measure_claims.csv", lambda text: text + rows)
        kinds = listed(ps.data.conflicts(copied.path))
        new = ("contradiction", "sheffield-pdu-2023", "vacancy_rate_po_percent", "2023-01-31")
        assert set(kinds) - set(SHIPPED) == {new}

    def test_without_the_note_a_definition_is_a_revision(self, copied):
        row = copied.row_of("difference_notes", measure="staff_fte", as_of_to="2021-03-31")
        copied.cell("difference_notes", row, "as_of_to", "2022-03-31")
        kinds = {item[1:]: item[0] for item in listed(ps.data.conflicts(copied.path))}
        assert kinds[NATION, "staff_fte", "2021-03-31"] == "revision"

    def test_ratings_that_contradict(self, copied):
        copied.edit(
            "rating_claims.csv",
            lambda text: text + b"sheffield-pdu-2023,overall,Good,Good,stated,s160,\n",
        )
        found = ps.data.conflicts(copied.path)
        new = found[found["inspection_id"] == "sheffield-pdu-2023"]
        sides = ["kind", "item", "chosen", "chosen_source", "other", "other_source"]
        expected = [["contradiction", "overall", "Inadequate", "s065", "Good", "s160"]]
        assert new[sides].values.tolist() == expected

    def test_an_exact_figure_inside_anothers_interval_is_no_conflict(self, copied, found):
        row = copied.row_of(
            "measure_claims", subject_id=NATION, measure="po_fte", as_of_to="2023-06-30",
            source_id="s213",
        )  # fmt: skip
        copied.cell("measure_claims", row, "qualifier", "at least")
        copied.cell("measure_claims", row, "value", "4400")
        copied.cell("measure_claims", row, "value_low", "4400.0")
        copied.cell("measure_claims", row, "value_high", "")
        assert len(ps.data.conflicts(copied.path)) == len(found) - 1

    @pytest.mark.parametrize(
        ("field", "value", "conflict"),
        [
            ("published", "2023-03-31", True), ("published", "2023-03", False),
            ("published", "2023", False), ("fieldwork_start", "2023-02", True),
            ("fieldwork_start", "2023-01-16", False),
        ],
    )  # fmt: skip
    def test_dates_of_an_inspection(self, copied, field, value, conflict):
        claim = f"sheffield-pdu-2023,{field},{value},s160\n"
        copied.edit("inspection_claims.csv", lambda text: text + claim.encode())
        found = ps.data.conflicts(copied.path)
        new = found[found["inspection_id"] == "sheffield-pdu-2023"]
        assert new["item"].tolist() == [field] * conflict
        assert new["kind"].tolist() == ["contradiction"] * conflict

    def test_a_record_without_any(self, copied):
        """Each of the eleven settled in a copy."""
        edits = [
            ("rating_claims", {"inspection_id": "bedfordshire-pdu-2024", "standard": "planning",
                               "rating_low": "Requires improvement"},
             {"rating_low": "Inadequate"}),
            ("score_claims", {"score_max": "25"}, {"score_max": "21"}),
            ("score_claims", {"inspection_id": "west-kent-pdu-2022"}, {"score": "0"}),
        ]  # fmt: skip
        for row in ps.data.conflicts().dropna(subset=["as_of_to"]).itertuples():
            value = row.chosen.split()[0].replace(",", "")
            cell = {
                "measure": row.item, "as_of_to": f"{row.as_of_to:%Y-%m-%d}",
                "source_id": row.other_source, "subject_id": NATION,
            }  # fmt: skip
            wanted = {"value": value, "value_low": f"{value}.0", "value_high": f"{value}.0"}
            edits.append(("measure_claims", cell, wanted))
        for table, cell, wanted in edits:
            row = copied.row_of(table, **cell)
            for column, value in wanted.items():
                copied.cell(table, row, column, value)
        found = ps.data.conflicts(copied.path)
        assert len(found) == 0
        assert found.columns.tolist() == COLUMNS


class TestWords:
    @pytest.mark.parametrize(
        ("claim", "words"),
        [
            (("exact", 4418.0, "FTE"), "4,418 FTE"),
            (("at least", 6000.0, "people"), "at least 6,000 people"),
            (("about", 37.5, "per cent"), "about 37.5 per cent"),
            (("at most", 0.0, ""), "at most 0"),
        ],
    )
    def test_figures_as_one_would_print_them(self, claim, words):
        names = ["qualifier", "value", "printed_unit"]
        assert printed(pd.DataFrame([claim], columns=names)).tolist() == [words]

    def test_ratings_in_words(self):
        low, high = pd.Series(["Good", "Inadequate"]), pd.Series(["Good", "Good"])
        assert span(low, high).tolist() == ["Good", "Inadequate to Good"]


class TestCommand:
    def run(self, capsys, *arguments):
        status = cli.main(["data", "conflicts", *map(str, arguments)])
        return status, *capsys.readouterr()

    def test_all(self, capsys):
        status, out, err = self.run(capsys)
        assert (status, err) == (0, "")
        assert max(map(len, out.splitlines())) <= 100
        for word in ("contradiction", "revision", "4,418 FTE", "west-kent"):
            assert word in out

    @pytest.mark.parametrize("kind", ["contradiction", "definition", "revision", "rounding"])
    def test_of_one_kind(self, capsys, tmp_path, kind):
        status, _, _ = self.run(capsys, "--kind", kind, "--csv", tmp_path / "out.csv")
        assert status == 0
        written = pd.read_csv(tmp_path / "out.csv")
        assert set(written["kind"]) == {kind}
        assert len(written) == sum(one[0] == kind for one in SHIPPED)

    def test_of_no_kind_there_is(self, capsys):
        with pytest.raises(SystemExit) as stop:
            self.run(capsys, "--kind", "quarrel")
        assert stop.value.code == 2
        assert "quarrel" in capsys.readouterr().err

    def test_a_folder_without_tables(self, capsys, tmp_path):
        status, out, err = self.run(capsys, "--folder", tmp_path)
        assert (status, out) == (2, "")
        assert len(err.splitlines()) == 1

    def test_help(self, capsys):
        with pytest.raises(SystemExit) as stop:
            self.run(capsys, "--help")
        assert stop.value.code == 0
        assert "Example" in capsys.readouterr().out
