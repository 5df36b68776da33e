"""Templates: what they hold, and that a filled-in one comes back in."""

import pytest

import probstats as ps
from probstats.errors import DataError


@pytest.mark.parametrize("name", ["ratings", "measures", "inspections"])
def test_a_template_has_the_columns_of_its_layout_each_described(name):
    columns = list(ps.data.read_layout(f"template-{name}").columns)
    assert list(ps.data.template(name).columns) == columns
    described = ps.data.describe_template(name)
    assert described["column"].tolist() == columns
    assert described["required"].sum() >= 2
    assert (described["meaning"].str.len() > 5).all()


def test_a_row_for_each_standard(write):
    frame = ps.data.template("ratings", "bedfordshire-pdu-2024")
    assert len(frame) == 8
    assert frame["standard"].iloc[0] == "overall"
    frame["rating"] = "Inadequate"
    frame["source_kind"], frame["source_licence"] = "inspectorate", "OGL-UK-3.0"
    frame["source_url"] = "https://example.org/simulated"
    file = write("ratings.csv", frame.to_csv(index=False).encode())
    found = ps.data.preview_import(file, "template-ratings")
    assert len(found.tables["rating_claims"]) == 8


def test_an_empty_row_is_left_out_and_counted(write):
    frame = ps.data.template("ratings", "bedfordshire-pdu-2024")
    frame.loc[0, ["rating", "source_kind", "source_licence"]] = ["Good", "press", "facts only"]
    frame.loc[0, "source_url"] = "https://example.org/simulated"
    file = write("ratings.csv", frame.to_csv(index=False).encode())
    found = ps.data.preview_import(file, "template-ratings")
    assert len(found.tables["rating_claims"]) == 1
    assert found.left_out["cells"].sum() == 7
    assert set(found.disagreements["there"]) == {"Requires improvement"}
    assert set(found.disagreements["here"]) == {"Good"}


def test_what_an_inspection_is_for_depends_on_the_template():
    said = {
        name: ps.data.describe_template(name).set_index("column").loc["inspection_id", "meaning"]
        for name in ("ratings", "measures", "inspections")
    }
    assert ["may stay empty" in text for text in said.values()] == [False, True, True]
    for name in said:
        assert not ps.data.describe_template(name)["meaning"].str.contains("likewise").any()


@pytest.mark.parametrize(
    "arguments", [("scores",), ("measures", "bedfordshire-pdu-2024"), ("ratings", "nowhere-2024")]
)
def test_what_there_is_no_template_for(arguments):
    with pytest.raises(DataError):
        ps.data.template(*arguments)
