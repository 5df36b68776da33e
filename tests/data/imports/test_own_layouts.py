"""What layouts of one's own can say: forms of tables that no shipped layout has."""

import pytest

import probstats as ps
from probstats.errors import DataError

SOURCE = """
[source]
kind = "official statistics"
publisher = "example.org"
title = "Simulated table"
licence = "OGL-UK-3.0"
"""


def preview(write, layout, text, name="t.csv"):
    return ps.data.preview_import(write(name, text.encode()), write("own.toml", layout.encode()))


GRADES_ACROSS = """
title = "Grades across, one quarter"
[file]
header_text = "Area"
end_text = "Note*"
[columns]
subject = "Area"
[fixed]
date = "30 June 2024"
population = "unified"
[wide]
role = "grade"
leave_out = { "Change*" = "a change" }
[values]
at_most = { "~" = 5 }
symbols = { ".." = "not available" }
markers = ['\\[note \\d+\\]']
[dates]
formats = "D Mon YYYY"
[subjects]
kind = "region"
names = { "Whole service" = "england-and-wales" }
[rows.grade.measure]
"Officers*" = "po_fte"
"Services officers" = "pso_fte"
[rows.grade.leave_out]
"Clerks" = "no measure"
"""
ACROSS = """Simulated table
Area,Officers [note 1],Services officers,Clerks,Change since
London [note 2],"1,200.5",~,7,1
Wales,..,300,8,1
Whole service,2000,3000,20,2
Note: simulated
"""


def test_grades_across_and_a_small_number_as_a_bound(write):
    found = preview(write, GRADES_ACROSS + SOURCE, ACROSS)
    rows = found.tables["measure_claims"].fillna("").to_dict("records")
    said = {
        (r["subject_id"], r["measure"]): (r["value"], r["value_low"], r["value_high"],
                                          r["qualifier"]) for r in rows
    }  # fmt: skip
    assert said == {
        ("region-london", "po_fte"): ("1200.5", "1200.5", "1200.5", "exact"),
        ("region-london", "pso_fte"): ("5", "", "5", "at most"),
        ("region-wales", "pso_fte"): ("300", "300", "300", "exact"),
        ("england-and-wales", "po_fte"): ("2000", "2000", "2000", "exact"),
        ("england-and-wales", "pso_fte"): ("3000", "3000", "3000", "exact"),
    }
    assert {r["as_of_from"] for r in rows} == {"2024-06-30"}
    left = found.left_out.set_index(["reason", "what"])["cells"].to_dict()
    assert left == {
        ("a change", "column Change since"): 1,
        ("note below the table", "row"): 1,
        ("no measure", "Clerks"): 3,
        ("not available", "value .."): 1,
    }


def test_measures_across(write):
    layout = """
title = "Measures across"
[columns]
subject = 1
date = 2
[wide]
role = "measure"
[subjects]
kind = "region"
[dates]
formats = ["YYYY Qn"]
period = "last day"
"""
    text = "area,quarter,po_fte,vacancy_rate_po_percent\nLondon,2024 Q2,500,20\n"
    found = preview(write, layout + SOURCE, text).tables["measure_claims"]
    assert found["measure"].tolist() == ["po_fte", "vacancy_rate_po_percent"]
    assert found["unit"].tolist() == ["FTE", "percent"]
    assert found["as_of_to"].tolist() == ["2024-06-30"] * 2
    with pytest.raises(DataError, match="column vacancies: holds 'vacancies'; expected one of"):
        preview(write, layout + SOURCE, text.replace("vacancy_rate_po_percent", "vacancies"))


def test_a_nation_needs_a_population(write):
    layout = GRADES_ACROSS.replace('population = "unified"\n', "")
    with pytest.raises(DataError, match="row 5: says nothing of the population of a nation"):
        preview(write, layout + SOURCE, ACROSS)


def test_a_subject_that_the_layout_names_but_nobody_knows(write):
    layout = GRADES_ACROSS.replace("england-and-wales", "atlantis")
    with pytest.raises(DataError, match=r"key subjects\.names\.Whole service: there is no subject"):
        preview(write, layout + SOURCE, ACROSS)


def test_a_tolerance_for_rounded_parts(write):
    layout = """
title = "Rounded"
[columns]
subject = 1
sex = 2
value = 3
[fixed]
measure = "staff_fte"
date = "2024-06-30"
[subjects]
kind = "region"
[rows.sex]
total = "All"
parts = ["Women", "Men"]
tolerance = 1
"""
    text = "area,sex,fte\nLondon,Women,10\nLondon,Men,20\nLondon,All,{}\n"
    found = preview(write, layout + SOURCE, text.format(31)).tables["measure_claims"]
    assert found["value"].tolist() == ["31"]
    with pytest.raises(DataError, match="add up to 30; expected them to agree within 1"):
        preview(write, layout + SOURCE, text.format(32))


def test_a_source_may_be_said_for_the_whole_file(write):
    layout = GRADES_ACROSS
    file = write("t.csv", ACROSS.encode())
    own = write("own.toml", layout.encode())
    with pytest.raises(DataError, match="the kind of the source is not said"):
        ps.data.preview_import(file, own)
    found = ps.data.preview_import(
        file, own, kind="official statistics", url="https://www.example.org/simulated",
        licence="OGL-UK-3.0", published="2024-08",
    )  # fmt: skip
    source = found.tables["sources"].iloc[0].to_dict()
    assert source["publisher"] == "example.org"
    assert source["published"] == "2024-08"


def test_a_known_page_keeps_its_identifier(write):
    known = ps.data.load("sources").set_index("source_id").loc["s028"]
    file = write("t.csv", ACROSS.encode())
    own = write("own.toml", (GRADES_ACROSS + SOURCE).encode())
    found = ps.data.preview_import(file, own, url=str(known["url"]))
    assert "sources" not in found.tables
    assert set(found.tables["measure_claims"]["source_id"]) == {"s028"}
