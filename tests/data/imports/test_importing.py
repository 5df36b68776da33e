"""From a file to the record and back: what comes in, all or nothing, and out again."""

import hashlib
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest

import probstats as ps
from probstats.data.imports import store, target
from probstats.data.record import package
from probstats.errors import DataError

DATA = Path(__file__).parents[3] / "data"


def hashes(folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != store.LOCK)
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


def refuse(*arguments, **options):
    with pytest.raises(DataError) as error:
        ps.data.import_table(*arguments, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


class TestWhatComesIn:
    def test_the_caseload_of_misspelt_areas(self, valid, copied):
        said = ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        claims = ps.data.load("measure_claims", copied.path)
        new = claims[claims["source_id"] == "i0001-001"].set_index("subject_id")
        assert new["value"].to_dict() == {
            "south-yorkshire-crc": 4700,
            "kent-surrey-sussex-crc": 7100,
            "bristol-gloucestershire-somerset-wiltshire-crc": 6000,
            "bench-crc": 6800,
            "london-nps": 16200,
        }
        assert new["population"].to_dict()["london-nps"] == "NPS"
        assert set(new["population"]) == {"CRC", "NPS"}
        assert set(new["measure"]) == {"caseload_total"}
        assert set(new["basis"]) == {"derived"}
        assert new.loc["south-yorkshire-crc", "note"] == "arithmetic: Male 4000 + Female 700"
        assert new["as_of_to"].unique().tolist() == [pd.Timestamp("2019-06-30")]
        assert said["rows"] == {"measure_claims": 5, "sources": 1}

    def test_types_of_supervision_are_left_out_and_counted(self, valid):
        found = ps.data.preview_import(valid("omsq-caseload"), "omsq-caseload")
        left = found.left_out.set_index("what")["cells"].to_dict()
        assert left == {
            "Community order": 10,
            "Suspended sentence order": 10,
            "All court orders": 10,
            "Female": 5,
        }
        assert left["Female"] + sum(left.values()) - 5 + len(found.tables["measure_claims"]) == 40

    @pytest.mark.parametrize("notes", [1, 2, 3])
    def test_any_number_of_note_lines(self, write, notes, simulated):
        file = write("caseload.csv", simulated.as_csv(simulated.caseload_rows(notes)))
        found = ps.data.preview_import(file, "omsq-caseload")
        assert len(found.tables["measure_claims"]) == 5

    def test_a_long_table_of_staff(self, valid, copied):
        ps.data.import_table(valid("hmpps-workforce-long"), "hmpps-workforce-long", copied.path)
        claims = ps.data.load("measure_claims", copied.path)
        new = claims[claims["source_id"] == "i0001-001"]
        # 3 regions, 4 of 5 grades, 2 quarters, one figure suppressed
        assert len(new) == 3 * 4 * 2 - 1
        found = new.set_index(["subject_id", "measure", "as_of_to"])["value"]
        assert found["region-london", "po_fte", pd.Timestamp("2024-06-30")] == 260.25
        assert found["region-north-east", "staff_fte", pd.Timestamp("2024-09-30")] == 1024.4
        assert set(new["unit"]) == {"FTE"}
        assert set(new["population"]) == {"unified"}

    def test_a_wide_table_of_staff(self, valid, copied):
        ps.data.import_table(valid("hmpps-workforce-wide"), "hmpps-workforce-wide", copied.path)
        claims = ps.data.load("measure_claims", copied.path)
        new = claims[claims["source_id"] == "i0001-001"]
        found = new.set_index(["subject_id", "measure", "as_of_to"])["value"].to_dict()
        june, march = pd.Timestamp("2024-06-30"), pd.Timestamp("2024-03-31")
        regions = ("region-east-midlands", "region-london", "region-north-east")
        expected = {(r, "po_fte", march): 240.5 + n for n, r in enumerate(regions)}
        expected |= {(r, "po_fte", june): 250.25 + n for n, r in enumerate(regions)}
        expected |= {(r, "spo_fte", march): 60.0 + n for n, r in enumerate(regions)}
        assert found == expected

    def test_measures_of_ones_own(self, valid, copied):
        ps.data.import_table(valid("template-measures"), "template-measures", copied.path)
        new = ps.data.load("measure_claims", copied.path).iloc[-2:]
        assert new["subject_id"].tolist() == ["region-london"] * 2
        assert new["value_low"].tolist() == [31.5, 700]
        assert new["value_high"].iloc[0] == 31.5
        assert pd.isna(new["value_high"].iloc[1])
        source = ps.data.load("sources", copied.path).iloc[-1]
        assert source["url"] == "https://example.org/simulated-report"
        assert source["source_id"] == "i0001-001"

    def test_a_new_inspection_then_all_its_ratings(self, valid, write, copied, simulated):
        ps.data.import_table(valid("template-inspections"), "template-inspections", copied.path)
        inspection = ps.data.load("inspections", copied.path).iloc[-1]
        assert inspection["inspection_id"] == "bedfordshire-pdu-2025"
        assert inspection["provider_type"] == "pdu"
        assert str(inspection["fieldwork_start_from"])[:10] == "2025-03-01"
        assert str(inspection["fieldwork_start_to"])[:10] == "2025-03-31"
        stated = ps.data.load("inspection_claims", copied.path).iloc[-2:]
        assert stated["value"].tolist() == ["2025-03", "2025-06-10"]
        rows = [r | {"inspection_id": "bedfordshire-pdu-2025"} for r in simulated.rating_records()]
        file = write("ratings.csv", simulated.records_as_csv(rows))
        ps.data.import_table(file, "template-ratings", copied.path)
        assert ps.data.load("inspections", copied.path)["overall_rating_seen"].iloc[-1] == "unknown"
        panel = ps.load_panel(folder=copied.path)
        new = panel[panel["inspection_id"] == "bedfordshire-pdu-2025"].set_index("standard")
        assert len(new) == 8
        assert set(new["rating"]) == {"Inadequate"}
        assert ps.data.check(copied.path) == []
        with pytest.raises(DataError, match=r"0001-inspections is needed by imports/0002-ratings/"):
            ps.data.undo_import(1, copied.path)
        assert ps.data.undo_import(folder=copied.path)["id"] == "0002"
        assert ps.data.undo_import(1, copied.path)["id"] == "0001"

    def test_an_overall_rating_of_an_inspection_without_is_refused(self, write, copied, simulated):
        inspections = ps.data.load("inspections", copied.path).set_index("inspection_id")
        unrated = inspections.index[inspections["overall_rating_seen"] == "not rated"][0]
        rows = [simulated.rating_records()[0] | {"inspection_id": unrated}]
        said = refuse(
            write("r.csv", simulated.records_as_csv(rows)), "template-ratings", copied.path
        )
        assert "is recorded as not rated overall" in said

    def test_an_overall_rating_that_was_unknown(self, write, copied, simulated):
        inspections = ps.data.load("inspections", copied.path).set_index("inspection_id")
        unknown = inspections.index[inspections["overall_rating_seen"] == "unknown"][0]
        rows = [simulated.rating_records()[0] | {"inspection_id": unknown}]
        file = write("r.csv", simulated.records_as_csv(rows))
        ps.data.import_table(file, "template-ratings", copied.path)
        assert ps.data.check(copied.path) == []

    def test_a_stored_panel_is_not_taken_for_that_of_an_import(
        self, valid, write, copied, simulated
    ):
        from probstats.data.panels.built import DESCRIPTION, PANEL, describe_panel, make_panel

        panel = make_panel(copied.path)
        (copied.path / PANEL).parent.mkdir()
        (copied.path / PANEL).write_bytes(panel.to_csv(index=False).encode())
        content = (copied.path / PANEL).read_bytes()
        described = json.dumps(describe_panel(panel, content, copied.path))
        (copied.path / DESCRIPTION).write_text(described)
        file = write("ratings.csv", simulated.records_as_csv(simulated.rating_records()))
        ps.data.import_table(file, "template-ratings", copied.path)
        found = ps.load_panel(folder=copied.path)
        cell = (found["inspection_id"] == "barnsley-and-rotherham-pdu-2024") & (
            found["standard"] == "planning"
        )
        assert found.loc[cell, "rating"].tolist() == ["Inadequate"]
        before = panel[panel["inspection_id"] == "barnsley-and-rotherham-pdu-2024"]
        assert "planning" not in set(before[before["rating"].notna()]["standard"])


class TestTheTables:
    def test_no_table_is_touched_and_undo_restores_every_byte(self, valid, copied, simulated):
        before = hashes(copied.path)
        for layout in simulated.FILES:
            ps.data.import_table(valid(layout), layout, copied.path)
        after = hashes(copied.path)
        assert {name: after[name] for name in before} == before
        assert len(after) > len(before)
        for _ in simulated.FILES:
            ps.data.undo_import(folder=copied.path)
        assert hashes(copied.path) == before

    def test_base_rows_come_first_then_imports_in_order(self, valid, copied):
        base = ps.data.load("measure_claims", copied.path)
        ps.data.import_table(valid("template-measures"), "template-measures", copied.path)
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        found = ps.data.load("measure_claims", copied.path)
        pd.testing.assert_frame_equal(found.iloc[: len(base)], base)
        assert (
            found["source_id"].iloc[len(base) :].tolist() == ["i0001-001"] * 2 + ["i0002-001"] * 5
        )
        assert found.dtypes.tolist() == base.dtypes.tolist()

    def test_the_receipt(self, valid, copied):
        file = valid("omsq-caseload")
        ps.data.import_table(file, "omsq-caseload", copied.path, title="Simulated")
        said = json.loads((copied.path / "imports/0001-caseload/import.json").read_bytes())
        assert said["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert said["size"] == file.stat().st_size
        assert (said["file"], said["layout"]) == ("caseload.csv", "omsq-caseload")
        assert said["source"]["title"] == "Simulated"
        assert sum(entry["cells"] for entry in said["left_out"]) == 35
        assert ps.data.imports(copied.path)["rows"].tolist() == [6]

    def test_a_spoilt_import_is_named_by_file_row_and_column(self, valid, copied):
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        copied.edit(
            "imports/0001-caseload/measure_claims.csv",
            lambda b: b.replace(b",4700,4700,", b",-4700,4700,", 1),
        )
        wanted = "imports/0001-caseload/measure_claims.csv, row 2, column value: holds '-4700'"
        assert str(ps.data.check(copied.path)[0]).startswith(wanted)
        with pytest.raises(DataError, match="row 2, column value"):
            ps.data.load("measure_claims", copied.path)
        assert len(ps.data.load("subjects", copied.path))
        ps.data.undo_import(folder=copied.path, discard_edits=True)
        assert ps.data.check(copied.path) == []

    def test_a_key_of_the_table_again_in_an_import(self, valid, copied):
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        sources = copied.path / "sources.csv"
        row = (copied.path / "imports/0001-caseload/sources.csv").read_text().splitlines()[1]
        sources.write_text(sources.read_text() + row + "\n")
        count = len(sources.read_text().splitlines())
        problem = str(ps.data.check(copied.path)[0])
        assert problem.startswith("imports/0001-caseload/sources.csv, row 2, column source_id")
        assert f"sources.csv, row {count} has it" in problem

    def test_a_reference_that_no_table_and_no_import_has(self, valid, copied):
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        (copied.path / "imports/0001-caseload/sources.csv").unlink()
        problem = str(ps.data.check(copied.path)[0])
        assert problem.startswith("imports/0001-caseload/measure_claims.csv, row 2, column source")

    @pytest.mark.parametrize("spoil", [b"{", b"[]", None])
    def test_a_spoilt_receipt_can_be_undone(self, valid, copied, spoil):
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        path = copied.path / "imports/0001-caseload/import.json"
        path.unlink() if spoil is None else path.write_bytes(spoil)
        with pytest.raises(DataError, match=r"import\.json"):
            ps.data.load("measure_claims", copied.path)
        assert "import.json: is wrong" in str(ps.data.check(copied.path)[-1])
        with pytest.raises(DataError, match="is not as it was written"):
            ps.data.undo_import("1", copied.path)
        gone = ps.data.undo_import("1", copied.path, discard_edits=True)
        assert gone["name"] == "0001-caseload"
        assert ps.data.check(copied.path) == []


class TestTwice:
    def test_the_same_file_is_refused_and_the_earlier_import_named(self, valid, copied):
        file = valid("omsq-caseload")
        ps.data.import_table(file, "omsq-caseload", copied.path)
        before = hashes(copied.path)
        assert "before, as 0001-caseload" in refuse(file, "omsq-caseload", copied.path)
        assert hashes(copied.path) == before
        ps.data.undo_import(folder=copied.path)
        ps.data.import_table(file, "omsq-caseload", copied.path)

    def test_the_same_claims_of_the_same_page_are_not_new(self, valid, write, copied):
        file = valid("template-measures")
        ps.data.import_table(file, "template-measures", copied.path)
        again = write("again.csv", file.read_bytes() + b"\n")
        assert "2 in the record already" in refuse(again, "template-measures", copied.path)

    def test_another_value_of_the_same_page_is_refused(self, valid, write, copied):
        file = valid("template-measures")
        ps.data.import_table(file, "template-measures", copied.path)
        other = write("other.csv", file.read_bytes().replace(b"31.5", b"33.5"))
        said = refuse(other, "template-measures", copied.path)
        assert said.startswith("other.csv, row 2: ")
        assert "its page is source i0001-001 of the record already" in said
        assert "(imports/0001-measures/measure_claims.csv, row 2)" in said

    def test_another_source_disagrees_and_both_are_kept(self, valid, write, copied):
        file = valid("template-measures")
        ps.data.import_table(file, "template-measures", copied.path)
        content = file.read_bytes().replace(b"31.5", b"33.5").replace(b"/simulated-", b"/other-")
        other = write("other.csv", content)
        found = ps.data.preview_import(other, "template-measures", copied.path)
        row = found.disagreements.iloc[0]
        assert (row["there"], row["here"], row["source_there"]) == ("31.5", "33.5", "i0001-001")
        assert len(found.disagreements) == 1  # at least 700 and at least 700 agree
        ps.data.import_table(other, "template-measures", copied.path)
        claims = ps.data.load("measure_claims", copied.path)
        assert {31.5, 33.5} <= set(claims[claims["subject_id"] == "region-london"]["value"])


class TestFolders:
    def test_a_new_folder_becomes_a_copy_of_the_tables(self, valid, tmp_path):
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", tmp_path / "a/new")
        assert ps.data.check(tmp_path / "a/new") == []
        assert (tmp_path / "a/new/subjects.csv").read_bytes() == (
            DATA / "subjects.csv"
        ).read_bytes()
        assert [p.name for p in (tmp_path / "a").iterdir()] == ["new"]

    def test_an_empty_folder_too(self, valid, tmp_path):
        (tmp_path / "new").mkdir()
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", tmp_path / "new")
        assert ps.data.check(tmp_path / "new") == []

    def test_no_folder_is_made_for_a_file_that_is_refused(self, write, tmp_path):
        file = write("caseload.csv", b"a,b,c,d,e\n1,2,3,4,5\n")
        refuse(file, "omsq-caseload", tmp_path / "new")
        assert not (tmp_path / "new").exists()

    def test_a_preview_makes_no_folder(self, valid, tmp_path):
        ps.data.preview_import(valid("omsq-caseload"), "omsq-caseload", tmp_path / "new")
        assert not (tmp_path / "new").exists()

    def test_a_folder_with_other_things_is_refused(self, valid, tmp_path):
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "letter.txt").write_text("x")
        said = refuse(valid("omsq-caseload"), "omsq-caseload", tmp_path / "other")
        assert "datapackage.json is missing" in said
        assert [p.name for p in (tmp_path / "other").iterdir()] == ["letter.txt"]

    def test_a_file_in_the_place_of_the_folder(self, valid, write):
        file = valid("omsq-caseload")
        assert "is a file; expected a folder" in refuse(file, "omsq-caseload", file)

    def test_an_installed_package_asks_where(self, valid, monkeypatch):
        monkeypatch.setattr(package, "is_installed", lambda: True)
        assert "--into FOLDER" in refuse(valid("omsq-caseload"), "omsq-caseload")

    def test_the_default_is_the_checkout(self, monkeypatch):
        monkeypatch.setattr(package, "is_installed", lambda: False)
        assert target.writing_folder(None) == package.tables_folder()

    def test_undo_where_nothing_was_imported(self, copied):
        with pytest.raises(DataError, match="holds no imports"):
            ps.data.undo_import(folder=copied.path)
        assert not (copied.path / "imports").exists()

    def test_undo_of_an_unknown_import(self, valid, copied):
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        with pytest.raises(DataError, match="there are 0001-caseload"):
            ps.data.undo_import(7, copied.path)

    def test_a_folder_that_cannot_be_written_to(self, valid, copied):
        (copied.path / "imports").write_text("in the way")
        said = refuse(valid("omsq-caseload"), "omsq-caseload", copied.path)
        assert said.endswith("imports: file exists; choose another folder")


class TestAllOrNothing:
    @pytest.mark.parametrize("step", range(1, 6))
    def test_a_disk_that_fails_at_any_write_leaves_nothing(self, valid, copied, monkeypatch, step):
        before, calls, real = hashes(copied.path), [], os.fsync

        def fail(handle):
            calls.append(handle)
            if len(calls) == step:
                raise OSError(28, "No space left on device")
            real(handle)

        monkeypatch.setattr(store.os, "fsync", fail)
        file = valid("omsq-caseload")
        if step <= 3:  # two tables and the receipt
            said = refuse(file, "omsq-caseload", copied.path)
            assert "no space left on device; nothing was imported" in said
            assert hashes(copied.path) == before
        else:
            ps.data.import_table(file, "omsq-caseload", copied.path)
            assert len(calls) == 3

    @pytest.mark.parametrize(
        ("where", "number", "there"),
        [
            pytest.param("fsync", 1, 0, marks=pytest.mark.slow),
            ("fsync", 2, 0),
            pytest.param("fsync", 3, 0, marks=pytest.mark.slow),
            pytest.param("replace", 1, 0, marks=pytest.mark.slow),
            ("rmtree", 1, 1),
        ],
    )
    def test_killed_at_any_point(self, valid, copied, where, number, there):
        before = hashes(copied.path)
        script = KILLED.format(
            module="os" if where != "rmtree" else "shutil", where=where, number=number,
            file=str(valid("omsq-caseload")), folder=str(copied.path),
        )  # fmt: skip
        done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
        assert done.returncode in {-9, 1}, done.stderr.decode()
        assert done.returncode == -9
        assert len(ps.data.imports(copied.path)) == there
        assert ps.data.check(copied.path) == []
        found = len(ps.data.load("measure_claims", copied.path))
        assert found == len(ps.data.load("measure_claims")) + 5 * there
        if there:
            ps.data.undo_import(folder=copied.path)
        ps.data.import_table(valid("template-measures"), "template-measures", copied.path)
        names = {path.name for path in (copied.path / "imports").iterdir()}
        assert names == {"0001-measures"}  # what was left behind is swept away
        ps.data.undo_import(folder=copied.path)
        assert hashes(copied.path) == before

    def test_killed_while_undoing(self, valid, copied):
        ps.data.import_table(valid("omsq-caseload"), "omsq-caseload", copied.path)
        script = UNDO_KILLED.format(folder=str(copied.path))
        done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
        assert done.returncode == -9, done.stderr.decode()
        assert ps.data.imports(copied.path).empty
        assert ps.data.check(copied.path) == []

    def test_imports_at_the_same_time_do_not_clash(self, write, copied, simulated):
        processes = []
        for n in range(3):
            rows = simulated.caseload_rows()
            rows[0][0] += str(n)
            file = write(f"file{n}.csv", simulated.as_csv(rows))
            script = (
                "import probstats as ps; "
                f"ps.data.import_table({str(file)!r}, 'omsq-caseload', {str(copied.path)!r}, "
                f"title='Simulated {n}')"
            )
            processes.append(subprocess.Popen([sys.executable, "-c", script]))
        assert [process.wait(timeout=60) for process in processes] == [0] * 3
        assert ps.data.imports(copied.path)["id"].tolist() == ["0001", "0002", "0003"]
        assert ps.data.check(copied.path) == []


KILLED = textwrap.dedent(
    """
    import os, {module}, signal
    import probstats as ps
    real, calls = {module}.{where}, []
    def die(*arguments, **options):
        calls.append(1)
        if len(calls) == {number}:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)
    ps.data.imports
    import probstats.data.imports.store
    {module}.{where} = die
    ps.data.import_table({file!r}, "omsq-caseload", {folder!r})
    """
)
UNDO_KILLED = textwrap.dedent(
    """
    import os, shutil, signal
    import probstats as ps
    ps.data.imports
    shutil.rmtree = lambda *a, **o: os.kill(os.getpid(), signal.SIGKILL)
    ps.data.undo_import(folder={folder!r})
    """
)
