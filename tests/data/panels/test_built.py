"""The built copy of the panel is read exactly where it is still true."""

import json
import shutil
from contextlib import nullcontext

import pandas as pd
import pytest

import probstats as ps
from probstats.data.panels import built
from probstats.errors import DataError, PrecedenceWarning


@pytest.fixture(scope="module")
def stored(panel):
    """Return the two files of a built copy of the panel of the tables as they are."""
    content = panel.to_csv(index=False, lineterminator="\n").encode()
    description = built.describe_panel(panel, content, built.package.tables_folder())
    return {built.PANEL: content, built.DESCRIPTION: json.dumps(description).encode()}


@pytest.fixture
def with_copy(copied, stored):
    """Return a copy of the tables with a panel built from them."""
    (copied.path / "built").mkdir()
    for name, content in stored.items():
        (copied.path / name).write_bytes(content)
    return copied


@pytest.fixture
def rebuilding(monkeypatch, panel):
    """Count how often the panel would be built again."""
    calls = []

    def counted(folder):
        calls.append(folder)
        return panel.copy()

    monkeypatch.setattr(built, "make_panel", counted)
    return calls


class TestReading:
    def test_the_copy_equals_a_fresh_build_in_every_bit(self, with_copy, rebuilding, panel):
        read = ps.load_panel(folder=with_copy.path)
        assert rebuilding == []
        pd.testing.assert_frame_equal(read, panel, check_exact=True)

    def test_so_does_the_wide_shape(self, with_copy, rebuilding, wide):
        read = ps.load_panel("wide", with_copy.path)
        assert rebuilding == []
        pd.testing.assert_frame_equal(read, wide, check_exact=True)

    def test_without_a_copy_the_panel_is_built(self, copied, panel):
        pd.testing.assert_frame_equal(ps.load_panel(folder=copied.path), panel)
        assert not (copied.path / "built").exists()

    def test_each_call_returns_a_frame_of_its_own(self, with_copy):
        first = ps.load_panel(folder=with_copy.path)
        first["rating"] = None
        assert ps.load_panel(folder=with_copy.path)["rating"].notna().any()

    def test_by_default_it_is_the_panel_of_the_package(self, panel):
        pd.testing.assert_frame_equal(ps.load_panel(), panel)

    @pytest.mark.parametrize("shape", ["long", "wide"])
    def test_a_folder_may_be_given_as_text(self, with_copy, shape, rebuilding):
        assert len(ps.load_panel(shape, str(with_copy.path))) > 0
        assert rebuilding == []

    @pytest.mark.parametrize("shape", ["tall", "Long", "", None])
    def test_an_unknown_shape(self, shape):
        with pytest.raises(DataError) as error:
            ps.load_panel(shape)
        assert str(error.value) == f"shape={shape!r} is not known; choose 'long' or 'wide'"


class TestWhenItIsNoLongerTrue:
    @pytest.mark.parametrize("table", built.INPUTS)
    def test_a_changed_table(self, with_copy, rebuilding, table):
        with_copy.edit(f"{table}.csv", lambda content: content.replace(b"\n", b"\r\n"))
        said = pytest.warns(PrecedenceWarning) if table == "precedence" else nullcontext()
        with said:
            ps.load_panel(folder=with_copy.path)
        assert len(rebuilding) == 1

    def test_a_changed_cell_reaches_the_panel(self, with_copy):
        with_copy.cell("subjects", 2, "name", "Barking")
        assert "Barking" in ps.load_panel(folder=with_copy.path)["subject"].tolist()

    def test_tables_that_the_panel_is_not_made_from_do_not_matter(self, with_copy, rebuilding):
        with_copy.cell("context_claims", 2, "note", "read again")
        ps.load_panel(folder=with_copy.path)
        assert rebuilding == []

    def test_a_changed_descriptor(self, with_copy, rebuilding):
        with_copy.edit("datapackage.json", lambda content: content.replace(b"0.1.0", b"0.1.1"))
        ps.load_panel(folder=with_copy.path)
        assert len(rebuilding) == 1

    def test_changed_code(self, with_copy, rebuilding, tmp_path, monkeypatch):
        folder = tmp_path / "code"
        shutil.copytree(built.Path(built.__file__).parents[1], folder)
        monkeypatch.setattr(built, "__file__", str(folder / "panels" / "built.py"))
        ps.load_panel(folder=with_copy.path)
        assert rebuilding == []
        with (folder / "resolution" / "claims.py").open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        ps.load_panel(folder=with_copy.path)
        assert len(rebuilding) == 1

    def test_a_copy_that_was_edited_by_hand(self, with_copy, rebuilding):
        with_copy.edit("built/panel.csv", lambda c: c.replace(b"Inadequate", b"Outstanding", 1))
        ps.load_panel(folder=with_copy.path)
        assert len(rebuilding) == 1

    @pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"null", b"\xff"])
    def test_a_description_that_cannot_be_read(self, with_copy, rebuilding, content):
        with_copy.edit("built/panel.json", lambda _: content)
        ps.load_panel(folder=with_copy.path)
        assert len(rebuilding) == 1

    @pytest.mark.parametrize("gone", [built.PANEL, built.DESCRIPTION])
    def test_half_a_copy(self, with_copy, rebuilding, gone):
        (with_copy.path / gone).unlink()
        ps.load_panel(folder=with_copy.path)
        assert len(rebuilding) == 1

    def test_a_true_copy_does_not_hide_a_missing_table(self, with_copy):
        (with_copy.path / "sources.csv").unlink()
        with pytest.raises(DataError, match=r"sources\.csv cannot be read"):
            ps.load_panel(folder=with_copy.path)


class TestTheCopyInTheRepository:
    def test_its_bytes_are_those_of_a_fresh_build(self, panel):
        path = built.package.tables_folder() / built.PANEL
        if not path.is_file():
            pytest.skip("there is no built copy")
        assert path.read_bytes() == panel.to_csv(index=False, lineterminator="\n").encode()

    def test_its_description_covers_every_column(self, panel):
        description = built.package.tables_folder() / built.DESCRIPTION
        if not description.is_file():
            pytest.skip("there is no built copy")
        fields = json.loads(description.read_bytes())["schema"]["fields"]
        assert [field["name"] for field in fields] == panel.columns.tolist()
        assert all(field["description"].strip() for field in fields)


def test_the_description_says_what_the_copy_is(copied, panel):
    content = b"inspection_id,standard\n"
    entry = built.describe_panel(panel, content, copied.path)
    assert entry["path"] == "panel.csv"
    assert entry["hash"] == built.package.fingerprint(content)
    assert entry["builtFrom"] == built.built_from(copied.path)
    assert entry["schema"]["primaryKey"] == ["inspection_id", "standard"]
    assert entry["schema"]["missingValues"] == [""]
    json.dumps(entry)
