"""The story of a cell: what a person reads, and the frame that goes with it."""

import pandas as pd
import pytest

import probstats as ps
from probstats import cli
from probstats.data.accounts.explain import STORY, tell
from probstats.errors import DataError

NATION = "england-and-wales"
BEDFORDSHIRE = (
    "Bedfordshire (Probation Delivery Unit), inspection bedfordshire-pdu-2024\n"
    "planning: Inadequate to Requires improvement (conflict)\n"
    "  * Inadequate, stated; s196 (press, bedfordtoday.co.uk); note: article contradicts itself: "
    "planning listed as both inadequate and requires improvement\n"
    "    Requires improvement, stated; s196 (press, bedfordtoday.co.uk); contradiction (cannot "
    "both be true); note: article contradicts itself: planning listed as both inadequate and "
    "requires improvement\n"
    "The claims contradict each other; the panel keeps the whole range.\n"
)
REVISED = (
    "England and Wales (nation)\n"
    "probation officers (band 4, qualified) in post (unified), 2023-06-30: 4,418 FTE\n"
    "  * 4,418 FTE, stated; s212 (official statistics, gov.uk)\n"
    "    4,627 FTE, derived; s213 (official statistics, gov.uk); revision (the sources are of "
    "different dates and speak of the same one); note: derived 5160-533; revised vs 4418 first "
    "published\n"
    "Chosen by: basis, the first criterion of precedence.csv in which it leads.\n"
)


class TestWhatAPersonReads:
    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            (("bedfordshire-pdu-2024", "planning"), BEDFORDSHIRE),
            ((NATION, "po_fte", "2023-06-30"), REVISED),
        ],
    )
    def test_it_is_printed_once_and_returned(self, capsys, arguments, text):
        frame = ps.data.explain(*arguments)
        assert capsys.readouterr().out == text
        assert frame.columns.tolist() == STORY
        assert len(frame) == 2

    def test_no_story_of_the_record_holds_a_machines_word(self):
        """Every cell of the record can be told, without nan, None or NaT in it."""
        ratings = ps.data.resolve("ratings")[["inspection_id", "standard"]]
        measures = ps.data.resolve("measures")
        names = measures["inspection_id"].fillna(measures["subject_id"])
        cells = {*ratings.itertuples(index=False, name=None)}
        sample = [
            *sorted(cells)[::45],
            *sorted({*zip(names, measures["measure"], strict=True)})[::5],
        ]
        assert len(sample) > 25
        for name, item in sample:
            text, frame = tell(name, item)
            words = text.replace("(", " ").replace(")", " ").replace(",", " ").split()
            assert not {"nan", "None", "NaT", "<NA>"} & set(words), text
            assert len(frame) == sum(line.startswith("  ") for line in text.splitlines())

    def test_all_dates_are_told_where_none_is_asked_for(self):
        text, frame = tell(NATION, "po_fte")
        dates = ps.data.resolve("measures").query(
            "subject_id == @NATION and measure == 'po_fte' and inspection_id.isna()"
        )
        assert text.count("probation officers (band 4") == len(dates)
        assert frame["chosen"].sum() == len(dates)

    def test_an_only_claim(self):
        text, _ = tell("south-yorkshire-crc-2019", "po_fte")
        assert text.endswith("Chosen by: only claim.")

    def test_equal_claims_follow_the_list_of_sources(self):
        text, _ = tell(NATION, "po_fte", "2021-03-31")
        assert "Chosen by: " in text

    def test_what_follows_from_the_other_standards(self, copied):
        claim = b"sheffield-pdu-2023,planning,Inadequate,Outstanding,wording,s065,\n"
        copied.edit("rating_claims.csv", lambda text: text + claim)
        text, _ = tell("sheffield-pdu-2023", "planning", folder=copied.path)
        assert "planning: Inadequate to Outstanding (interval)" in text
        assert text.endswith(
            "But from the other standards follows: Inadequate to Requires improvement (rests on "
            "points)."
        )

    def test_several_intervals_may_leave_one_rating(self, copied):
        claims = (
            b"sheffield-pdu-2023,planning,Inadequate,Requires improvement,wording,s065,\n"
            b"sheffield-pdu-2023,planning,Requires improvement,Good,wording,s117,\n"
        )
        copied.edit("rating_claims.csv", lambda text: text + claims)
        text, _ = tell("sheffield-pdu-2023", "planning", folder=copied.path)
        assert "planning: Requires improvement (stated)" in text
        assert "The claims together leave one rating possible." in text


class TestTheFrame:
    def test_the_chosen_claim_comes_first(self):
        frame = tell(NATION, "po_fte", "2023-06-30")[1]
        assert frame["chosen"].tolist() == [True, False]
        assert frame["verdict"].tolist() == ["chosen", "revision"]
        assert frame["source_id"].tolist() == ["s212", "s213"]
        assert frame["says"].tolist() == ["4,418 FTE", "4,627 FTE"]
        assert frame["url"].str.startswith("http").all()
        assert frame["publisher"].tolist() == ["gov.uk"] * 2

    @pytest.mark.parametrize(
        ("item", "column"),
        [("caseload_total", "caseload_total_people"), ("caseload_per_po", "cases_per_po")],
    )
    def test_a_measure_by_its_name_or_its_column(self, item, column):
        pd.testing.assert_frame_equal(tell(NATION, item)[1], tell(NATION, column)[1])

    def test_a_figure_of_a_subject_and_one_given_for_its_inspection_do_not_mix(self):
        claims = ps.data.load("measure_claims")
        name = "south-yorkshire-crc-2019"
        own = claims[(claims["inspection_id"] == name) & (claims["measure"] == "po_fte")]
        assert len(tell(name, "po_fte")[1]) == len(own)
        with pytest.raises(DataError, match="no source gives po_fte of south-yorkshire-crc;"):
            tell("south-yorkshire-crc", "po_fte")

    @pytest.mark.parametrize("as_of", ["2023-06-30", pd.Timestamp(2023, 6, 30), "20230630"])
    def test_ways_to_write_a_date(self, as_of):
        assert len(tell(NATION, "po_fte", as_of)[1]) == 2


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("bedfordshire-pdu-2042", "planning"), ["nearest", "bedfordshire-pdu"]),
            (("", "planning"), ["''", "nearest"]),
            (("bedfordshire-pdu-2024", "plannin"),
             ["'plannin'", "standards and measures are planning"]),
            (("essex-north-pdu-2022", "planning"),
             ["'planning'", "overall", "Inadequate to Requires improvement (rests on points)"]),
            (("sheffield-pdu-2023", "po_fte"), ["po_fte", "it has figures of"]),
            ((NATION, "planning"), ["'planning' is not a measure", "po_fte"]),
            ((NATION, "trainee_headcount"), ["trainee_headcount", "staff_fte"]),
            ((NATION, "po_fte", "2023-06-29"), ["at 2023-06-29", "po_fte"]),
            ((NATION, "po_fte", "June 2023"), ["'June 2023' is no date", "YYYY-MM-DD"]),
            ((NATION, "po_fte", "30/06/2023"), ["'30/06/2023' is no date", "YYYY-MM-DD"]),
            ((NATION, "po_fte", "today"), ["'today' is no date"]),
            ((NATION, "po_fte", ""), ["'' is no date"]),
            ((NATION, "po_fte", "2023-02-30"), ["'2023-02-30' is no date"]),
        ],
    )  # fmt: skip
    def test_one_sentence_says_what_there_is(self, capsys, arguments, words):
        with pytest.raises(DataError) as error:
            ps.data.explain(*arguments)
        assert capsys.readouterr().out == ""
        assert "\n" not in str(error.value)
        for word in words:
            assert word in str(error.value)


class TestCommand:
    def run(self, capsys, *arguments):
        status = cli.main(["data", "explain", *map(str, arguments)])
        return status, *capsys.readouterr()

    def test_it_prints_the_story(self, capsys):
        assert self.run(capsys, "bedfordshire-pdu-2024", "planning") == (0, BEDFORDSHIRE, "")
        assert self.run(capsys, NATION, "po_fte", "--as-of", "2023-06-30") == (0, REVISED, "")

    def test_it_writes_the_frame(self, capsys, tmp_path):
        file = tmp_path / "story.csv"
        status, out, err = self.run(capsys, NATION, "po_fte", "--csv", file)
        assert (status, err) == (0, "")
        assert "story.csv" in out
        written = pd.read_csv(file)
        assert written.columns.tolist() == STORY
        assert len(written) == len(tell(NATION, "po_fte")[1])

    @pytest.mark.parametrize(
        "arguments",
        [
            ["bedfordshire-pdu-2042", "planning"],
            ["bedfordshire-pdu-2024", "plannin"],
            [NATION, "po_fte", "--as-of", "soon"],
        ],
    )
    def test_an_error_is_one_line(self, capsys, arguments):
        status, out, err = self.run(capsys, *arguments)
        assert (status, out) == (2, "")
        assert err.startswith("probstats: ")
        assert len(err.splitlines()) == 1

    @pytest.mark.parametrize("arguments", [[], ["bedfordshire-pdu-2024"]])
    def test_what_is_asked_must_be_said(self, capsys, arguments):
        with pytest.raises(SystemExit) as stop:
            self.run(capsys, *arguments)
        assert stop.value.code == 2
        assert "usage" in capsys.readouterr().err

    def test_help(self, capsys):
        with pytest.raises(SystemExit) as stop:
            self.run(capsys, "--help")
        assert stop.value.code == 0
        assert "Example" in capsys.readouterr().out
