"""``probstats data export`` and ``release``."""

import pandas as pd
import pytest

from probstats import cli


def run(capsys, *arguments):
    status = cli.main(["data", *map(str, arguments)])
    return status, *capsys.readouterr()


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("export", ["--format", "--shape", "--out", "Examples:", "--force"]),
        ("release", ["--version", "--out", "--date", "Example:"]),
    ],
)
def test_help(capsys, action, words):
    with pytest.raises(SystemExit) as stop:
        cli.main(["data", action, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert all(word in out for word in words)


def test_the_panel_for_stata(capsys, tmp_path):
    status, out, err = run(
        capsys, "export", "panel", "--shape", "wide", "--out", tmp_path / "p.dta"
    )
    assert (status, err) == (0, "")
    assert out.startswith(f"{tmp_path / 'p.dta'}: 145 rows, ")
    assert len(pd.read_stata(tmp_path / "p.dta")) == 145
    assert (tmp_path / "p.dictionary.csv").is_file()


def test_tables_into_a_folder(capsys, tmp_path):
    status, _, _ = run(
        capsys, "export", "measures", "subjects", "--format", "csv", "--out", tmp_path,
        "--no-dictionary",
    )  # fmt: skip
    assert status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["measures.csv", "subjects.csv"]


def test_a_folder_that_is_not_there_is_made(capsys, tmp_path):
    out = tmp_path / "mine"
    status, _, _ = run(
        capsys, "export", "measures", "subjects", "--format", "csv", "--out", out, "--no-dictionary"
    )
    assert status == 0
    assert sorted(path.name for path in out.iterdir()) == ["measures.csv", "subjects.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["measures", "subjects", "--out", "x.csv"],
            "2 tables need a folder, and x.csv is the name",
        ),
        (["measures", "--out", "."], ". is a folder; say which --format is meant"),
        (["colours", "--out", "x.csv"], "there is no table 'colours'"),
        (["panel", "--out", "x.doc"], "x.doc does not say which format is meant"),
    ],
)
def test_bad_input(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, "export", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"probstats: {message}")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_force(capsys, tmp_path):
    file = tmp_path / "m.csv"
    assert run(capsys, "export", "measures", "--out", file)[0] == 0
    status, _, err = run(capsys, "export", "measures", "--out", file)
    assert (status, err) == (
        2,
        f"probstats: {file} is there already; choose another name, or overwrite it "
        "(overwrite=True, on the command line --force)\n",
    )
    assert run(capsys, "export", "measures", "--out", file, "--force")[0] == 0


def test_release(capsys, tmp_path):
    arguments = ["release", "--version", "1.0.0", "--out", tmp_path, "--date", "2026-12-01"]
    status, out, _ = run(capsys, *arguments)
    made = tmp_path / "probation-stats-data-1.0.0"
    assert status == 0
    assert out.startswith(f"{made}: {len(list(made.iterdir()))} files\n{made}.zip\n")
    status, _, err = run(capsys, *arguments)
    assert status == 2
    assert "a release is never changed" in err
