"""However a file is corrupted, it is imported or refused in one sentence, and nothing is halved."""

import io
import random
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import probstats as ps
from probstats.errors import DataError

LAYOUTS = (
    "omsq-caseload", "hmpps-workforce-long", "hmpps-workforce-wide", "template-ratings",
    "template-measures", "template-inspections",
)  # fmt: skip
CELLS = (
    "", " ", "-1", "-250.5", "101", "1e9", "1e400", "NaN", "inf", "31/02/2024", "30/06/0999",
    "2999-01-01", "99999", "Q9 2024", "..", "~", "[c]", "=1+1", "Wessex CRC", "Outstanding",
    "a\nb", 'a"b', "a,b,c", "\u202e", "\ufeff", "é" * 300, "x" * 40_000, "x" * 200_000, "\x00",
    "\x1b[2J", "٣", "true", "s001", "i0000-001", "1,2,3", "4,418 (r)", "100%",
)  # fmt: skip


def flip_cells(rows, choose):
    for _ in range(choose.choice([1, 1, 3, 20])):
        row = choose.choice([row for row in rows if row])
        row[choose.randrange(len(row))] = choose.choice(CELLS)


def drop_column(rows, choose):
    place = choose.randrange(max(map(len, rows)))
    for row in rows:
        del row[place : place + 1]


def double_header(rows, choose):
    row = choose.choice([row for row in rows if len(row) > 1])
    row[choose.randrange(len(row))] = row[0]


def move_rows(rows, choose):
    choose.shuffle(rows)


def repeat_rows(rows, choose):
    rows.extend(list(choose.choice(rows)) for _ in range(choose.choice([1, 5])))


def ragged(rows, choose):
    row = choose.choice(rows)
    choose.choice([row.clear, lambda: row.append("1"), lambda: row.pop() if row else None])()


ROWS = (flip_cells, drop_column, double_header, move_rows, repeat_rows, ragged)


def cut(content, choose):
    return content[: choose.randrange(len(content))]


def flip_bytes(content, choose):
    changed = bytearray(content)
    for _ in range(choose.choice([1, 5, 100])):
        changed[choose.randrange(len(changed))] = choose.randrange(256)
    return bytes(changed)


def recode(content, choose):
    text = content.decode("utf-8", "replace")
    coding = choose.choice(["utf-16", "utf-16-le", "utf-32", "cp500", "utf-7", "utf-8-sig"])
    return text.encode(coding, "replace")


def line_ends(content, choose):
    return content.replace(b"\n", choose.choice([b"\r\n", b"\r", b"\n\n", b"\n\r"]))


def insert(content, choose):
    place = choose.randrange(len(content))
    piece = choose.choice([b'"', b"\n", b",", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"""'])
    return content[:place] + piece + content[place:]


def spoil_member(content, choose):
    """Spoil the inside of a spreadsheet, so that the archive around it is whole."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    name = choose.choice([name for name in members if members[name]])
    spoil = choose.choice([cut, flip_bytes, insert, lambda *_: b""])
    members[name] = spoil(members[name], choose)
    if choose.random() < 0.2:
        del members[choose.choice(list(members))]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for member, inside in members.items():
            new.writestr(member, inside)
    return stream.getvalue()


BYTES = (cut, flip_bytes, recode, line_ends, insert, spoil_member, spoil_member)


def spoilt(layout, choose, simulated):
    """Return a spoilt file of a layout: its rows, or its bytes, or both."""
    makers = {
        "omsq-caseload": lambda change: simulated.as_csv(change(simulated.caseload_rows())),
        "hmpps-workforce-long": lambda change: simulated.as_ods(
            clean(change(simulated.long_rows())), "Table_3"
        ),
        "hmpps-workforce-wide": lambda change: simulated.as_xlsx(
            clean(change(simulated.wide_rows())), "Table_4"
        ),
    }
    records = {
        "template-ratings": simulated.rating_records,
        "template-measures": simulated.measure_records,
        "template-inspections": simulated.inspection_records,
    }

    def change(rows):
        if choose.random() < 0.6:
            choose.choice(ROWS)(rows, choose)
        return rows

    def table(records):
        names = list(dict.fromkeys(name for record in records for name in record))
        return [names, *([str(record.get(name, "")) for name in names] for record in records)]

    if layout in makers:
        content = makers[layout](change)
    else:
        content = simulated.as_csv(change(table(records[layout]())))
    if choose.random() < 0.5:
        content = choose.choice(BYTES)(content, choose)
    return content


def clean(rows):
    """Return rows without the characters that the writers of spreadsheets refuse."""
    bad = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
    return [
        [cell.translate(bad)[:32_000] if isinstance(cell, str) else cell for cell in row]
        for row in rows
    ]


def look(folder):
    return {p.relative_to(folder).as_posix(): p.stat().st_size for p in folder.rglob("*")}


def ends_well(layout, seed, simulated, folder):
    """Import a spoilt file; it is whole in the record, or refused in one sentence."""
    choose = random.Random(seed)
    name = simulated.FILES[layout][0]
    if choose.random() < 0.1:
        name = choose.choice(["a.csv", "a.ods", "a.xlsx", "a"])
    file = folder.parent / name
    file.write_bytes(spoilt(layout, choose, simulated))
    before = look(folder)
    try:
        ps.data.import_table(file, layout, folder)
    except DataError as error:
        said = str(error)
        assert name in said, said
        assert said.isprintable() or "\n" not in said, said
        assert len(said) < 2_000, said
        assert look(folder) == before
        return "refused"
    assert len(look(folder)) > len(before)
    for table in ("measure_claims", "rating_claims", "inspections"):
        ps.data.load(table, folder)
    ps.data.undo_import(folder=folder)
    assert look(folder) == before
    return "imported"


@pytest.fixture
def folder(copied):
    return copied.path


CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=8, deadline=None, suppress_health_check=CHECKS, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_spoilt_file(layout, simulated, folder, seed):
    ends_well(layout, seed, simulated, folder)


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
@example(seed=795)  # of hmpps-workforce-long: a reason that quotes the whole file
def test_a_spoilt_file_many_times(layout, simulated, folder, seed):
    ends_well(layout, seed, simulated, folder)


def test_the_spoilt_files_are_both_imported_and_refused(simulated, folder):
    ends = [ends_well("template-measures", seed, simulated, folder) for seed in range(12)]
    assert set(ends) == {"imported", "refused"}
