"""An import that was edited is seen, and not removed without being asked for."""

import pytest

import probstats as ps
from probstats import cli
from probstats.errors import DataError


@pytest.fixture
def imported(valid, copied):
    """Return the folder of an import, and that of the tables."""
    ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
    return copied.path / "imports" / "0001-caseload", copied.path


def change(place):
    file = place / "measure_claims.csv"
    file.write_bytes(file.read_bytes().replace(b",4700,4700,4700,", b",4800,4800,4800,", 1))


EDITS = {
    "changed": (change, "measure_claims.csv: is wrong; expected the file as the import wrote it"),
    "foreign": (
        lambda place: (place / "letter.txt").write_text("x"),
        "letter.txt: is wrong; expected no such file",
    ),
    "gone": (
        lambda place: (place / "sources.csv").unlink(),
        "sources.csv: is wrong; expected the file that the import wrote, which is gone",
    ),
}


@pytest.mark.parametrize(("edit", "said"), EDITS.values(), ids=EDITS)
def test_check_sees_it_and_undo_asks(imported, edit, said, capsys):
    place, folder = imported
    assert ps.data.check(folder) == []
    edit(place)
    assert f"imports/0001-caseload/{said}" in str(ps.data.check(folder)[-1])
    with pytest.raises(DataError, match="is not as it was written") as error:
        ps.data.undo_import(folder=folder)
    assert f"`probstats data undo 0001 --into {folder} --yes`" in str(error.value)
    assert cli.main(["data", "undo", "--into", str(folder)]) == 2
    assert place.is_dir()
    assert cli.main(["data", "undo", "--into", str(folder), "--yes"]) == 0
    assert not place.exists()
    assert ps.data.check(folder) == []


def test_hidden_files_of_a_file_manager_are_passed_over(imported):
    place, folder = imported
    (place / ".DS_Store").write_bytes(b"x")
    assert ps.data.check(folder) == []
    ps.data.undo_import(folder=folder)


def test_nothing_is_left_behind(imported):
    _, folder = imported
    assert [path.name for path in (folder / "imports").iterdir()] == ["0001-caseload"]
    ps.data.undo_import(folder=folder)
    assert not (folder / "imports").exists()
