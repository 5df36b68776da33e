import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probstats.data.register.matching import match_subject, match_subjects
from probstats.errors import DataError

KSS = "kent-surrey-sussex-crc"


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("SouthYorkshire CRC", "south-yorkshire-crc"),
        ("Kent, Surrey and Sussex CRC DATA CaseloadQ2", KSS),
        (
            "Gloucetsershire, Avon and Somerset and Wiltshire CRC",
            "bristol-gloucestershire-somerset-wiltshire-crc",
        ),
        ("Northamptonshire, Bedfordshire, Hertfordshire and Cambridgshire CRC", "bench-crc"),
        ("Bedfordshire, Northamptonshire, Cambridgeshire and Hertfordshire CRC", "bench-crc"),
        ("BeNCH", "bench-crc"),
        ("bench crc", "bench-crc"),
        ("Derbyshire, Nottinghamshire, Leicestershire & Rutland CRC",
         "derbyshire-leicestershire-nottinghamshire-rutland-crc"),
        ("KENT, SURREY & SUSSEX CRC  ", KSS),
        ("Sussex, Surrey, Kent CRC", KSS),
        ("NPS North East", "north-east-nps"),
        ("North East NPS division", "north-east-nps"),
        ("North East region", "region-north-east"),
        ("Probation Service - London", "region-london"),
        ("Probation Service \u2014 London", "region-london"),
        ("Lambeth", "lambeth-pdu"),
        ("Lambeth PDU", "lambeth-pdu"),
        ("Hammersmith, Fulham, Kensington, Chelsea, Westminster PDU",
         "hammersmith-fulham-kensington-chelsea-westminster-pdu"),
        ("Cumbria LDA", "cumbria-lda"),
        ("England & Wales", "england-and-wales"),
        ("bench-crc", "bench-crc"),
    ],
)  # fmt: skip
def test_known_names_are_found(name, subject):
    assert match_subject(name) == subject


def test_every_subject_is_found_by_its_name_and_kind(records):
    for row in records["subjects"]:
        expected = row["subject_id"]
        assert match_subject(expected) == expected
        if expected != "south-west-nps":
            assert match_subject(row["name"], kind=row["kind"]) == expected


def test_every_other_name_finds_its_subject_or_says_who_else_has_it(records):
    for row in records["subject_names"]:
        if row["name"] == "NPS South West":
            with pytest.raises(DataError, match=r"south-west-nps .*south-west-south-central-nps"):
                match_subject(row["name"])
        else:
            assert match_subject(row["name"]) == row["subject_id"]


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("North East", ["north-east-nps", "region-north-east"]),
        ("London", ["london-crc", "london-nps", "region-london"]),
        ("Cumbria", ["cumbria-lda", "cumbria-pdu"]),
        ("Kent, Surrey and Sussex", [KSS, "region-kent-surrey-and-sussex"]),
    ],
)
def test_an_ambiguous_name_is_refused_with_its_candidates(name, candidates):
    with pytest.raises(DataError, match="may mean") as refusal:
        match_subject(name)
    message = str(refusal.value)
    assert all(candidate in message for candidate in candidates)
    assert "from 2021-06-26" in message
    assert "by kind or date" in message


def test_kind_decides():
    assert match_subject("London", kind="crc") == "london-crc"
    assert match_subject("London", kind="nps") == "london-nps"
    assert match_subject("London", kind="probation region") == "region-london"
    assert match_subject("London CRC", kind="crc") == "london-crc"


@pytest.mark.parametrize(
    "date",
    [
        "2019-03-31",
        datetime.date(2019, 3, 31),
        datetime.datetime(2019, 3, 31, 12, 30),
        pd.Timestamp("2019-03-31", tz="Europe/London"),
        np.datetime64("2019-03-31"),
    ],
)
def test_date_decides(date):
    assert match_subject("North East", date=date) == "north-east-nps"


def test_the_first_and_the_last_day_belong_to_a_subject():
    assert match_subject("North East", date="2021-06-25") == "north-east-nps"
    assert match_subject("North East", date="2021-06-26") == "region-north-east"
    assert match_subject("North East", date="2014-06-01") == "north-east-nps"
    with pytest.raises(DataError, match="no subject called 'North East' existed on 2014-05-31"):
        match_subject("North East", date="2014-05-31")


def test_same_name_in_another_era_is_not_the_same_subject():
    with pytest.raises(DataError, match=r"existed on 2022-03-31; .*london-crc .*to 2021-06-25"):
        match_subject("London CRC", date="2022-03-31")
    with pytest.raises(DataError, match="existed on 2019-01-01"):
        match_subject("lambeth-pdu", date="2019-01-01")


def test_a_nation_has_no_dates():
    assert match_subject("England and Wales", date="1950-01-01") == "england-and-wales"


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
def test_far_dates_are_outside_every_validity_or_inside_an_open_one(date):
    with pytest.raises(DataError, match="existed on"):
        match_subject("London CRC", date=date)


@pytest.mark.parametrize("date", [None, pd.NaT, pd.NA, float("nan")])
def test_a_missing_date_is_no_date(date):
    assert match_subject("London CRC", date=date) == "london-crc"


@pytest.mark.parametrize(
    "date", ["", "31/03/2019", "2019-02-30", "soon", 2019, 2019.5, True, ["2019-01-01"], "x" * 9999]
)
def test_what_is_no_date_is_an_error(date):
    with pytest.raises(DataError, match="is no date; write it as YYYY-MM-DD"):
        match_subject("London CRC", date=date)


def test_words_of_the_name_and_kind_must_agree():
    with pytest.raises(DataError, match="names a Community Rehabilitation Company, but a National"):
        match_subject("London CRC", kind="nps")
    with pytest.raises(DataError, match="no Community Rehabilitation Company is called 'Lambeth'"):
        match_subject("Lambeth", kind="crc")


def test_a_name_printed_with_its_kind_needs_the_kind():
    assert match_subject("Hampshire CRC") == "hampshire-isle-of-wight-crc"
    assert match_subject("Hampshire", kind="crc") == "hampshire-isle-of-wight-crc"
    with pytest.raises(DataError, match=r"'Hampshire' does not tell the kind; .*hampshire-isle-of"):
        match_subject("Hampshire")


@pytest.mark.parametrize(
    ("name", "similar"),
    [
        ("South Yorksire CRC", "south-yorkshire-crc"),
        ("Lambath PDU", "lambeth-pdu"),
        ("Redcar Cleveland and Middlesbrough", "redcar-cleveland-and-middlesbrough-pdu"),
        ("Northumbira", "northumbria-crc"),
    ],
)
def test_a_near_miss_is_suggested_and_never_taken(name, similar):
    with pytest.raises(DataError, match=f"no subject is called '{name}'; similar are .*{similar}"):
        match_subject(name)


def test_suggestions_are_of_the_kind_that_was_told():
    with pytest.raises(DataError) as refusal:
        match_subject("South Yorksire CRC")
    assert "south-yorkshire-lda" not in str(refusal.value)


@pytest.mark.parametrize("name", ["zzzz", "CRC", "PDU", "–", "💥", "1234"])
def test_a_name_like_nothing_is_an_error_without_suggestions(name):
    with pytest.raises(DataError, match=r"no subject is called .*, nor anything like it"):
        match_subject(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is empty"),
        ("  \n\t", "is empty"),
        (None, "is missing"),
        (float("nan"), "is missing"),
        (pd.NA, "is missing"),
        (3, "must be text, not 3"),
        (True, "must be text, not True"),
        (["London CRC"], "must be text"),
        (b"London CRC", "must be text"),
        ("London CRC" * 1000, "has 10,000 characters"),
    ],
)
def test_what_is_no_name_is_an_error(name, message):
    with pytest.raises(DataError, match=message) as refusal:
        match_subject(name)
    assert len(str(refusal.value)) < 300


@given(st.text(max_size=40))
def test_any_text_is_matched_or_refused_in_one_sentence(name):
    found = match_subjects(pd.Series([name], dtype="object")).iloc[0]
    if pd.notna(found["subject_id"]):
        assert match_subject(name) == found["subject_id"]
    else:
        with pytest.raises(DataError) as refusal:
            match_subject(name)
        assert str(refusal.value) == found["problem"]


class TestManyNames:
    NAMES = pd.Series(
        ["SouthYorkshire CRC", "London", "", None, 3, "bench-crc"], index=list("abcdef")
    )

    def test_one_row_for_each_name_and_a_reason_for_each_gap(self):
        found = match_subjects(self.NAMES)
        assert found.index.tolist() == list("abcdef")
        assert found.columns.tolist() == ["subject_id", "how", "problem"]
        assert found["how"].tolist()[0] == "misspelling"
        assert found["how"].tolist()[5] == "subject_id"
        assert found["subject_id"].notna().tolist() == [True, False, False, False, False, True]
        assert (found["problem"].isna() == found["subject_id"].notna()).all()
        assert (found["how"].notna() == found["subject_id"].notna()).all()

    def test_problems_are_the_sentences_of_the_single_form(self):
        problems = match_subjects(self.NAMES)["problem"]
        for label, name in self.NAMES.items():
            if pd.notna(problems[label]):
                with pytest.raises(DataError) as refusal:
                    match_subject(name)
                assert problems[label] == str(refusal.value)

    def test_how_a_name_was_found(self):
        names = pd.Series(["Essex CRC", "Hampshire CRC", "KSS CRC", "SouthYorkshire CRC"])
        how = match_subjects(names)["how"].tolist()
        assert how == ["official name", "alias", "abbreviation", "misspelling"]

    def test_dates_may_differ(self):
        names = pd.Series(["North East"] * 4, index=[7, 7, 8, 9])
        dates = pd.Series(["2019-01-01", "2022-01-01", None, "2014-05-31"], index=names.index)
        found = match_subjects(names, date=dates)["subject_id"]
        assert found.tolist()[:2] == ["north-east-nps", "region-north-east"]
        assert found.isna().tolist() == [False, False, True, True]

    def test_dates_may_be_timestamps_with_gaps(self):
        names = pd.Series(["North East", "North East"])
        dates = pd.Series(pd.to_datetime(["2019-01-01", None]))
        found = match_subjects(names, date=dates)["subject_id"]
        assert found.isna().tolist() == [False, True]

    def test_one_date_and_kind_hold_for_all(self):
        names = pd.Series(["North East", "London"])
        found = match_subjects(names, kind="nps", date="2019-01-01")["subject_id"]
        assert found.tolist() == ["north-east-nps", "london-nps"]

    def test_dates_must_belong_to_the_names(self):
        with pytest.raises(DataError, match="index of the names"):
            match_subjects(self.NAMES, date=pd.Series(["2019-01-01"] * 6))

    def test_a_wrong_date_or_kind_is_an_error_even_where_no_name_is(self):
        with pytest.raises(DataError, match="is no date"):
            match_subjects(pd.Series(["London"]), date=pd.Series(["31/12/2019"]))
        with pytest.raises(DataError, match="no kind of subject"):
            match_subjects(pd.Series([], dtype="str"), kind="trust")

    @pytest.mark.parametrize("names", [["London"], "London", None, pd.DataFrame()])
    def test_names_must_be_a_series(self, names):
        with pytest.raises(DataError, match="must be a pandas Series"):
            match_subjects(names)

    def test_no_names_give_an_empty_frame(self):
        found = match_subjects(pd.Series([], dtype="object"))
        assert found.shape == (0, 3)

    def test_cells_that_cannot_be_hashed_are_refused_one_by_one(self):
        found = match_subjects(pd.Series([["London"], {"a": 1}, "bench-crc"]))
        assert found["problem"].notna().tolist() == [True, True, False]

    def test_the_names_are_left_as_they_were(self):
        before = self.NAMES.copy()
        match_subjects(self.NAMES)
        pd.testing.assert_series_equal(self.NAMES, before)

    def test_names_that_come_again_are_decided_once(self, monkeypatch):
        from probstats.data.register import matching

        asked = []
        answer = matching.answer
        monkeypatch.setattr(matching, "answer", lambda *a: asked.append(a[0]) or answer(*a))
        match_subjects(pd.Series(["London", "Essex CRC"] * 5000))
        assert asked == ["London", "Essex CRC"]


class TestTables:
    def test_an_alias_of_two_subjects_is_refused(self, copied):
        new = b"london-crc,BeNCH,abbreviation,s361,\n"
        copied.edit("subject_names.csv", lambda text: text + new)
        with pytest.raises(DataError, match=r"may mean bench-crc .*london-crc"):
            match_subject("BeNCH", folder=copied.path)
        assert match_subject("BeNCH") == "bench-crc"

    def test_a_name_twice_is_an_error(self, copied):
        new = b"bench-crc,bench.,alias,s361,\n"
        copied.edit("subject_names.csv", lambda text: text + new)
        with pytest.raises(DataError, match=r"subject_names.csv, row 25, column name: 'bench.'"):
            match_subject("London CRC", folder=copied.path)

    def test_a_repeated_row_is_an_error(self, copied):
        row = b"south-yorkshire-crc,SouthYorkshire CRC,misspelling,s361,\n"
        copied.edit("subject_names.csv", lambda text: text + row)
        with pytest.raises(DataError, match=r"subject_names.csv, row \d+"):
            match_subject("London CRC", folder=copied.path)

    def test_a_name_of_nobody_is_an_error(self, copied):
        row = copied.row_of("subject_names", name="BeNCH")
        copied.cell("subject_names", row, "subject_id", "nobody-crc")
        with pytest.raises(DataError, match="nobody-crc"):
            match_subject("London CRC", folder=copied.path)

    def test_a_changed_table_is_read_again(self, copied):
        assert match_subject("BeNCH", folder=copied.path) == "bench-crc"
        row = copied.row_of("subject_names", name="BeNCH")
        copied.cell("subject_names", row, "name", "Benches")
        assert match_subject("Benches", folder=copied.path) == "bench-crc"
        with pytest.raises(DataError):
            match_subject("BeNCH", folder=copied.path)

    def test_a_folder_without_the_table_is_an_error(self, copied):
        (copied.path / "subject_names.csv").unlink()
        with pytest.raises(DataError, match=r"subject_names.csv"):
            match_subject("London CRC", folder=copied.path)
