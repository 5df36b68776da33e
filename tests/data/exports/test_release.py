"""A release holds what it says, is the same when made twice, and is never made of bad tables."""

import datetime as dt
import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import probstats as ps
from probstats.data.exports.release import SEMVER
from probstats.data.exports.spreadsheet import runs
from probstats.errors import DataError, ProbstatsError

DATE = "2026-12-01"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return ps.data.release("1.2.0", tmp_path_factory.mktemp("out"), date=DATE)


def test_what_is_in_it(made, descriptor):
    tables = {entry["path"] for entry in descriptor["resources"]}
    more = {
        "datapackage.json", "dictionary.csv", "panel.csv", "panel_wide.csv", "LICENSE-DATA.md",
        "README.md", "NOTES.md", "CITATION.cff", "SHA256SUMS",
    }  # fmt: skip
    assert {path.name for path in made.iterdir()} == tables | more
    assert sorted(path.name for path in made.parent.iterdir()) == [
        "probation-stats-data-1.2.0", "probation-stats-data-1.2.0.zip",
    ]  # fmt: skip


def test_the_tables_are_the_tables(made, descriptor):
    source = Path(__file__).parents[3] / "data"
    for entry in descriptor["resources"]:
        assert (made / entry["path"]).read_bytes() == (source / entry["path"]).read_bytes()


def test_it_is_valid_by_its_own_description(made):
    assert ps.data.check(made) == []
    assert json.loads((made / "datapackage.json").read_bytes())["version"] == "1.2.0"


@pytest.mark.parametrize(("name", "shape"), [("panel", "long"), ("panel_wide", "wide")])
def test_the_panel_is_the_panel(made, name, shape):
    pd.testing.assert_frame_equal(ps.data.load(name, made), ps.load_panel(shape))


def test_checksums(made):
    lines = (made / "SHA256SUMS").read_text().splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    assert set(sums) == {path.name for path in made.iterdir()} - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((made / name).read_bytes()).hexdigest() == digest


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_accepts_them(made, tmp_path):
    copied = tmp_path / "copy"
    shutil.copytree(made, copied)
    command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    assert subprocess.run(command, cwd=copied, capture_output=True, check=False).returncode == 0
    with (copied / "subjects.csv").open("ab") as file:
        file.write(b"x")
    assert subprocess.run(command, cwd=copied, capture_output=True, check=False).returncode == 1


def test_the_archive_holds_the_same(made):
    with zipfile.ZipFile(made.parent / f"{made.name}.zip") as archive:
        names = archive.namelist()
        assert names == sorted(f"{made.name}/{path.name}" for path in made.iterdir())
        for name in names:
            assert archive.read(name) == (made.parent / name).read_bytes()


def test_the_same_bytes_twice(made, tmp_path):
    again = ps.data.release("1.2.0", tmp_path, date=dt.date(2026, 12, 1))
    archives = [(path.parent / f"{path.name}.zip").read_bytes() for path in (made, again)]
    assert archives[0] == archives[1]


def test_the_citation(made):
    lines = (made / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert "cff-version: 1.2.0" in lines
    assert "type: dataset" in lines
    assert 'version: "1.2.0"' in lines
    assert f'date-released: "{DATE}"' in lines
    assert "license: OGL-UK-3.0" in lines


def test_the_readme_counts_the_rows(made):
    text = (made / "README.md").read_text(encoding="utf-8")
    assert "| `inspections.csv` | 145 |" in text
    assert f"| `panel.csv` | {len(ps.load_panel())} |" in text
    assert "version 1.2.0" in text.splitlines()[0]


def test_no_cell_is_run_by_a_spreadsheet(made):
    for path in made.glob("*.csv"):
        cells = pd.read_csv(path, dtype="str", keep_default_na=False)
        assert not any(runs(cell) for _, column in cells.items() for cell in column), path.name


@pytest.mark.parametrize(
    "version", ["0.1.0", "1.0.0-rc.1", "1.0.0+2026", "10.20.30-alpha.1.x-y+build.5"]
)
def test_versions(version):
    assert SEMVER.fullmatch(version)


@pytest.mark.parametrize(
    "version", ["1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0\n", "", None, "１.0.0"]
)
def test_what_is_no_version(tmp_path, version):
    with pytest.raises(DataError, match=r"is no version; write it as 1.2.0"):
        ps.data.release(version, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "01/12/2026"])
def test_what_is_no_date(tmp_path, date):
    with pytest.raises(DataError, match=r"is no date; write it as YYYY-MM-DD"):
        ps.data.release("1.0.0", tmp_path, date=date)


@pytest.mark.parametrize("there", ["probation-stats-data-1.0.0", "probation-stats-data-1.0.0.zip"])
def test_a_release_is_never_changed(tmp_path, there):
    (tmp_path / there).mkdir()
    with pytest.raises(DataError, match=r"is there already; a release is never changed"):
        ps.data.release("1.0.0", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_tables_that_are_not_valid(tmp_path, copied):
    copied.cell("rating_claims", 3, "rating_low", "Satisfactory")
    with pytest.raises(DataError, match=r"the tables are not valid, .*: rating_claims.csv, row 3"):
        ps.data.release("1.0.0", tmp_path / "out", copied.path)
    assert not (tmp_path / "out").exists()


def test_tables_that_were_not_accepted(tmp_path, copied):
    copied.cell("subjects", 2, "name", "Barking")
    with pytest.raises(DataError, match=r"subjects: not the files that datapackage.json describes"):
        ps.data.release("1.0.0", tmp_path / "out", copied.path)
    assert not (tmp_path / "out").exists()


def test_a_place_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ProbstatsError, match=r"cannot write .*; choose a folder"):
        ps.data.release("1.0.0", tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_archive_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile.ZipFile.writestr", fail)
    with pytest.raises(ProbstatsError, match=r"cannot write .*zip: no space left on device"):
        ps.data.release("1.0.0", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_rows_of_imports_are_released_as_rows(copied, tmp_path):
    file = tmp_path / "simulated.csv"
    file.write_text(
        "inspection_id,standard,rating,source_kind,source_publisher,source_title,source_licence\n"
        "york-pdu-2024,planning,Good,inspectorate,example.org,Simulated,OGL-UK-3.0\n",
        encoding="utf-8",
    )
    ps.data.import_table(file, "template-ratings", copied.path)
    released = ps.data.release("1.0.0", tmp_path / "out", copied.path, date=DATE)
    assert ps.data.check(released) == []
    assert "i0001-001" in set(ps.data.load("sources", released)["source_id"])
    pd.testing.assert_frame_equal(ps.load_panel(folder=released), ps.load_panel(folder=copied.path))
