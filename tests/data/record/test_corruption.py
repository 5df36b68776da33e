"""However a table is corrupted, it is loaded as its description says or refused in one sentence."""

import csv
import io
import json
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import probstats as ps
from probstats.errors import DataError

DATA = Path(__file__).parents[3] / "data"
RESOURCES = json.loads((DATA / "datapackage.json").read_bytes())["resources"]
TABLES = [entry["name"] for entry in RESOURCES]
CELLS = (
    "", " ", "-1", "101", "1e9", "1e400", "NaN", "inf", "2024-02-31", "0999-06-30", "30/06/2024",
    "=1+1", "Satisfactory", "Outstanding", "a\nb", 'a"b', "a,b", "\u202e", "\ufeff", "é" * 300,
    "x" * 40_000, "x" * 200_000, "٣", "TRUE", "s001", "s999", "i0001-001", "1" * 400,
)  # fmt: skip


def flip_cells(rows, choose):
    for _ in range(choose.choice([1, 1, 3, 20])):
        row = choose.choice(rows)
        row[choose.randrange(len(row))] = choose.choice(CELLS)


def drop_column(rows, choose):
    place = choose.randrange(len(rows[0]))
    for row in rows:
        del row[place]


def double_header(rows, choose):
    rows[0][choose.randrange(len(rows[0]))] = choose.choice(rows[0])


def drop_rows(rows, choose):
    del rows[choose.randrange(len(rows)) :]


def repeat_row(rows, choose):
    rows.append(list(choose.choice(rows)))


def ragged(rows, choose):
    choose.choice(rows).append("1")


ROWS = (flip_cells, flip_cells, drop_column, double_header, drop_rows, repeat_row, ragged)


def spoil_bytes(content, choose):
    place = choose.randrange(len(content)) if content else 0
    text = content.decode("utf-8")
    piece = choose.choice([b'"', b"\n", b",", b"\x00", b"\xff", b"\xef\xbb\xbf"])
    return choose.choice(
        [
            lambda: content[:place],
            lambda: content[:place] + piece + content[place:],
            lambda: text.encode(choose.choice(["utf-16", "utf-8-sig", "utf-32", "cp500"], ))
            if text.isascii() else text.encode("utf-16"),
            lambda: content.replace(b"\n", choose.choice([b"\r\n", b"\r", b"\n\n"])),
        ]
    )()  # fmt: skip


def spoilt(content, choose):
    if choose.random() < 0.7:
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
        choose.choice(ROWS)(rows, choose)
        stream = io.StringIO(newline="")
        csv.writer(stream, lineterminator="\n").writerows(rows)
        content = stream.getvalue().encode()
    return spoil_bytes(content, choose) if choose.random() < 0.4 else content


def ends_well(seed, folder):
    choose = random.Random(seed)
    entry = choose.choice(RESOURCES)
    file = folder / entry["path"]
    sound = file.read_bytes()
    file.write_bytes(spoilt(sound, choose))
    try:
        loaded = load_or_refuse(entry, folder)
        listed = check_or_refuse(folder) if choose.random() < 0.2 else None
        if listed == []:
            assert loaded
    finally:
        file.write_bytes(sound)


def load_or_refuse(entry, folder):
    try:
        frame = ps.data.load(entry["name"], folder)
    except DataError as error:
        said = str(error)
        assert entry["path"] in said, said
        assert "\n" not in said, said
        assert len(said) < 3_000 or "x" * 1_000 in said, said[:3_000]
        return False
    assert frame.columns.tolist() == [field["name"] for field in entry["schema"]["fields"]]
    for field in entry["schema"]["fields"]:
        if field.get("constraints", {}).get("required"):
            assert frame[field["name"]].notna().all()
        low = field.get("constraints", {}).get("minimum")
        if low is not None:
            assert (pd.to_numeric(frame[field["name"]]).dropna() >= low).all()
    return True


def check_or_refuse(folder):
    try:
        return ps.data.check(folder)
    except DataError as error:
        said = str(error)
    assert "\n" not in said
    return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a copy of the tables; every example puts back what it spoilt."""
    path = tmp_path_factory.mktemp("record") / "data"
    shutil.copytree(DATA, path, ignore=shutil.ignore_patterns("built", "imports"))
    return path


CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=25, deadline=None, suppress_health_check=CHECKS, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_spoilt_table(folder, seed):
    ends_well(seed, folder)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=CHECKS, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
@example(seed=10500)  # a line break in the name of a column
def test_a_spoilt_table_many_times(folder, seed):
    ends_well(seed, folder)


def test_some_spoilt_tables_are_refused_and_some_are_not(folder):
    entry = next(entry for entry in RESOURCES if entry["name"] == "measures")
    file = folder / entry["path"]
    sound = file.read_bytes()
    ends = set()
    for seed in range(30):
        file.write_bytes(spoilt(sound, random.Random(seed)))
        ends.add(load_or_refuse(entry, folder))
    file.write_bytes(sound)
    assert ends == {True, False}
