"""``probstats data import``, ``undo`` and ``template`` from outside."""

import io

import pytest

import probstats as ps
from probstats import cli


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_preview_writes_nothing(valid, tmp_path, capsys):
    file, into = str(valid("omsq-caseload")), str(tmp_path / "new")
    arguments = ["data", "import", file, "--layout", "omsq-caseload", "--into", into]
    for flag in ("--preview", "--dry-run"):
        assert cli.main([*arguments, flag]) == 0
        shown = capsys.readouterr().out
        assert "new rows: 5 of measure_claims, 1 of sources" in shown
        assert "a sub-total of supervision types" in shown
        assert shown.endswith("nothing was written: this is a preview\n")
    assert not (tmp_path / "new").exists()


def test_import_list_and_undo(valid, tmp_path, capsys):
    file, into = str(valid("omsq-caseload")), str(tmp_path / "new")
    arguments = ["data", "import", file, "--layout", "omsq-caseload", "--into", into]
    assert cli.main([*arguments, "--yes", "--source-title", "Simulated"]) == 0
    assert "imported as 0001-caseload" in capsys.readouterr().out
    assert ps.data.load("sources", into)["title"].iloc[-1] == "Simulated"
    assert cli.main([*arguments, "--yes"]) == 2
    assert "imported with layout omsq-caseload before" in capsys.readouterr().err
    assert cli.main(["data", "undo", "--into", into, "--list"]) == 0
    assert "caseload.csv omsq-caseload     6" in capsys.readouterr().out
    assert cli.main(["data", "check", into]) == 0
    capsys.readouterr()
    assert cli.main(["data", "undo", "1", "--into", into]) == 0
    shown = capsys.readouterr().out
    assert shown == (
        "took out 0001-caseload, imported from caseload.csv: 5 of measure_claims, 1 of sources\n"
    )
    assert cli.main(["data", "undo", "--into", into, "--list"]) == 0
    assert capsys.readouterr().out == "no imports\n"
    assert cli.main(["data", "undo", "--into", into]) == 2


@pytest.mark.parametrize(("answer", "rows"), [("y", 1), ("yes", 1), ("n", 0), ("", 0)])
def test_a_terminal_is_asked(valid, tmp_path, monkeypatch, capsys, answer, rows):
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    file, into = str(valid("omsq-caseload")), tmp_path / "new"
    arguments = ["data", "import", file, "--layout", "omsq-caseload", "--into", str(into)]
    assert cli.main(arguments) == 0
    assert len(ps.data.imports(into) if into.exists() else []) == rows
    assert ("nothing was written" in capsys.readouterr().out) == (rows == 0)


def test_without_a_terminal_yes_must_be_said(valid, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    file, into = str(valid("omsq-caseload")), tmp_path / "new"
    arguments = ["data", "import", file, "--layout", "omsq-caseload", "--into", str(into)]
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err.endswith("add --yes to import without being asked\n")
    assert not into.exists()


def test_disagreements_are_shown_with_both_values(valid, write, copied, capsys):
    file = valid("template-measures")
    ps.data.import_table(file, "template-measures", copied.path)
    content = file.read_bytes().replace(b"31.5", b"33.5").replace(b"/simulated-", b"/other-")
    other = write("other.csv", content)
    arguments = ["data", "import", str(other), "--layout", "template-measures", "--preview"]
    assert cli.main([*arguments, "--into", str(copied.path)]) == 0
    shown = capsys.readouterr().out
    assert "differs from the record (both are kept)" in shown
    assert "31.5 33.5" in shown


def test_help_lists_the_layouts():
    from probstats.cli.data.import_ import LAYOUTS

    assert list(LAYOUTS) == ps.data.layout_names()


def test_the_preview_shows_rows_reasons_and_sources(valid, tmp_path, capsys):
    file = str(valid("omsq-caseload"))
    arguments = ["data", "import", file, "--layout", "omsq-caseload", "--preview"]
    assert cli.main([*arguments, "--into", str(tmp_path / "new")]) == 0
    shown = capsys.readouterr().out
    assert "south-yorkshire-crc        CRC caseload_total  4700" in shown
    assert "a person may be under several, so types do not add up" in shown
    assert "Offender Management Statistics Quarterly, probation caseload (CSV)" in shown
    assert "..." not in shown


def test_the_preview_counts_chosen_values_that_change(write, simulated, copied, capsys):
    records = [
        {"subject": "bench-crc", "inspection_id": "bench-crc-2019", "measure": "caseload_total",
         "value": "8123", "date": "2019", "source_kind": "inspectorate",
         "source_licence": "facts only", "source_url": "https://example.org/simulated"}
    ]  # fmt: skip
    file = str(write("m.csv", simulated.records_as_csv(records)))
    arguments = ["data", "import", file, "--layout", "template-measures", "--preview"]
    assert cli.main([*arguments, "--into", str(copied.path)]) == 0
    shown = capsys.readouterr().out
    assert "the chosen value of 1 figure changes:" in shown
    assert "at least 7000  8123" in shown


def test_a_slow_import_shows_a_bar(valid, tmp_path, monkeypatch):
    import probstats.progress as module

    clock = iter(range(0, 10**6, 3600))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    ps.data.preview_import(valid("omsq-caseload"), "omsq-caseload", tmp_path / "new")
    assert "reading caseload.csv [######........................] 1/5" in screen.getvalue()


def test_hints_name_the_folder(valid, tmp_path, capsys):
    file, into = str(valid("omsq-caseload")), str(tmp_path / "a new")
    arguments = ["data", "import", file, "--layout", "omsq-caseload", "--into", into, "--yes"]
    hint = f"`probstats data undo 0001 --into '{into}'`"
    assert cli.main(arguments) == 0
    assert f"{hint} takes it out" in capsys.readouterr().out
    assert cli.main(arguments) == 2
    assert f"out with {hint} to import it again" in capsys.readouterr().err


def test_the_template_of_an_imported_inspection(valid, tmp_path, capsys):
    into = str(tmp_path / "new")
    ps.data.import_table(valid("template-inspections"), "template-inspections", into)
    arguments = ["data", "template", "ratings", "--inspection", "bedfordshire-pdu-2025"]
    assert cli.main(arguments) == 2
    capsys.readouterr()
    assert cli.main([*arguments, "--into", into]) == 0
    assert capsys.readouterr().out.count("bedfordshire-pdu-2025") == 8


def test_templates(tmp_path, capsys):
    assert cli.main(["data", "template", "measures"]) == 0
    assert capsys.readouterr().out.startswith("subject,date,date_from,")
    out = tmp_path / "ratings.csv"
    arguments = ["data", "template", "ratings", "--out", str(out)]
    assert cli.main([*arguments, "--inspection", "bedfordshire-pdu-2024"]) == 0
    assert len(out.read_text().splitlines()) == 9
    assert "rating_low" in (tmp_path / "ratings-columns.csv").read_text()
    capsys.readouterr()
    assert cli.main(arguments) == 2
    assert "is there already" in capsys.readouterr().err
    assert cli.main(["data", "template", "inspections", "--describe"]) == 0
    assert "programme (required): inspection programme" in capsys.readouterr().out
