"""The tables as plain records, the panel built from them, and a copy that a test may spoil."""

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest

from probstats.data.panels.built import make_panel
from probstats.data.panels.panel import widen

DATA = Path(__file__).parents[2] / "data"


def read_records(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Copy:
    """A copy of the tables, with ways to spoil it."""

    def __init__(self, path):
        self.path = path

    def edit(self, name, change):
        """Change the bytes of a file; the change must change something."""
        file = self.path / name
        before = file.read_bytes()
        after = change(before)
        assert after != before, "the test changes nothing"
        file.write_bytes(after)

    def line(self, name, row, change):
        """Change one line of a file, by its row as a spreadsheet counts."""
        lines = (self.path / name).read_bytes().split(b"\n")
        lines[row - 1] = change(lines[row - 1])
        self.edit(name, lambda _: b"\n".join(lines))

    def cell(self, table, row, column, value):
        """Put a value into one cell and leave every other byte as it is."""
        name = f"{table}.csv"
        text = (self.path / name).read_bytes().decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert write(rows) == text.encode(), "the test would change more than one cell"
        rows[row - 1][rows[0].index(column)] = value
        self.edit(name, lambda _: write(rows))

    def row_of(self, table, **wanted):
        """Return the row, as a spreadsheet counts, of the one record that has these values."""
        records = read_records(self.path / f"{table}.csv")
        found = [n for n, r in enumerate(records, 2) if wanted.items() <= r.items()]
        assert len(found) == 1, f"{len(found)} rows have {wanted}"
        return found[0]

    def descriptor(self):
        return json.loads((self.path / "datapackage.json").read_bytes())

    def hashes(self):
        files = sorted(path for path in self.path.rglob("*") if path.is_file())
        return {
            path.relative_to(self.path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }


def write(rows):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


@pytest.fixture
def copied(tmp_path):
    """Return a copy of the tables, without the built panel."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("built"))
    return Copy(folder)


@pytest.fixture(scope="session")
def records():
    """Return every table as a list of dictionaries of text, read without the package."""
    return {path.stem: read_records(path) for path in sorted(DATA.glob("*.csv"))}


@pytest.fixture(scope="session")
def descriptor():
    return json.loads((DATA / "datapackage.json").read_bytes())


@pytest.fixture(scope="session")
def panel():
    """Return the panel as the code builds it, whatever copy there is."""
    return make_panel(DATA)


@pytest.fixture(scope="session")
def wide(panel):
    return widen(panel)


@pytest.fixture(scope="session")
def cells(panel):
    """Return the rows of the panel by inspection and standard, missing cells as None."""
    rows = panel.astype(object).where(panel.notna(), None).to_dict("records")
    found = {(row["inspection_id"], row["standard"]): row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="session")
def inspected(cells):
    """Return one row of the panel for each inspection, without its ratings."""
    rating = {"standard", "domain"}
    return {
        row["inspection_id"]: {
            name: value
            for name, value in row.items()
            if name not in rating and not name.startswith("rating")
        }
        for row in cells.values()
    }
