import ast
import shutil
from pathlib import Path

import pytest

from probstats.cli import main
from probstats.errors import ProbstatsError, StudyError
from probstats.study import runner, steps

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "probstats"


def code_of(step):
    files = []
    for part in step.code:
        path = PACKAGE / part
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return set(files)


def imports_of(path):
    """Return the files of the package that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "probstats":
            base = PACKAGE.joinpath(*node.module.split(".")[1:])
            names = [base / alias.name for alias in node.names]
            for candidate in [base, *names]:
                found |= {p for p in (candidate.with_suffix(".py"),) if p.is_file()}
                found |= {p for p in (candidate / "__init__.py",) if p.is_file()}
    return found - {PACKAGE / "__init__.py", PACKAGE / "study" / "__init__.py"}


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step.name)
def test_a_step_names_all_the_code_it_runs(step):
    """Otherwise a change of code would leave a stale output that counts as up to date."""
    named = code_of(step)
    reached = {p for p in named if p != PACKAGE / "study" / "steps.py"}
    for path in list(reached):
        missing = imports_of(path) - named
        assert not missing, f"{path.name} imports {[m.name for m in missing]}"


def test_code_inside_of_rooms_counts():
    assert PACKAGE / "models" / "kernel" / "links.py" in runner._modules("models")


def test_every_pattern_matches_a_file():
    for step in steps.STEPS:
        for pattern in step.reads:
            assert "imports" in pattern or list(ROOT.glob(pattern)), (step.name, pattern)


def test_an_import_makes_the_panel_stale(checkout):
    panel = next(step for step in steps.STEPS if step.name == "panel")
    place = checkout / "data" / "imports" / "0001-simulated"
    place.mkdir(parents=True)
    added = place / "measure_claims.csv"
    added.write_text("", encoding="utf-8")
    assert any(added in set(checkout.glob(pattern)) for pattern in panel.reads)


@pytest.fixture
def checkout(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


def test_check_data_passes_on_the_shipped_tables(checkout):
    assert steps.check_data(checkout) == []


def test_check_data_names_the_cell(checkout):
    path = checkout / "data" / "rating_claims.csv"
    path.write_text(path.read_text().replace(",overall,Good,Good,", ",overall,Fair,Good,", 1))
    with pytest.raises(StudyError, match=r"rating_claims\.csv, row \d+, column rating_low.*'Fair'"):
        steps.check_data(checkout)


def test_check_data_refuses_a_change_nobody_accepted(checkout):
    path = checkout / "data" / "sources.csv"
    path.write_text(path.read_text().replace("York PDU", "York  PDU", 1))
    with pytest.raises(StudyError, match=r"sources: not the files .*--accept"):
        steps.check_data(checkout)


def test_build_panel_writes_what_is_committed(checkout):
    written = steps.build_panel(checkout)
    for path in written:
        committed = ROOT / path.relative_to(checkout)
        assert path.read_bytes() == committed.read_bytes(), "run `probstats reproduce`"


def test_results_round_to_ten_digits(checkout):
    for path in steps.fit_models(checkout):
        assert path.is_file()
        assert path.read_bytes() == (ROOT / path.relative_to(checkout)).read_bytes()


def test_a_missing_result_says_how_to_make_it(tmp_path):
    with pytest.raises(StudyError, match=r"fits\.csv is missing; .*--only models"):
        steps.read_results(tmp_path)["fits"]


def test_a_step_without_its_input(tmp_path):
    with pytest.raises(StudyError, match=r"paper/results/shares_by_programme\.csv is missing"):
        steps.draw_figures(tmp_path)


@pytest.fixture
def small_checkout(checkout, monkeypatch):
    for name in ("pyproject.toml", "requirements.lock", "paper/paper.md"):
        (checkout / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, checkout / name)
    monkeypatch.chdir(checkout)
    return checkout


def test_an_unwritable_output_folder_is_one_sentence_and_exit_code_2(small_checkout, capsys):
    built = small_checkout / "data" / "built"
    shutil.rmtree(built)
    built.write_text("a file where the folder should be")
    assert main(["reproduce", "--only", "panel"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "cannot write" in captured.err
    assert "choose a folder that can be written to" in captured.err


def test_bad_data_stop_the_study_with_exit_code_2(small_checkout, capsys):
    path = small_checkout / "data" / "measure_claims.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace(",s028,", ",,")
    path.write_text("".join(lines))
    assert main(["reproduce"]) == 2
    captured = capsys.readouterr()
    assert "measure_claims.csv, row 2, column source_id: is missing" in captured.err
    assert captured.out == ""


def test_debug_shows_the_traceback(small_checkout):
    (small_checkout / "data" / "subjects.csv").unlink()
    with pytest.raises(ProbstatsError, match=r"subjects\.csv cannot be read"):
        main(["--debug", "reproduce"])
