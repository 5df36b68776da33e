"""The package from outside: the command line, and what an import costs."""

import csv
import hashlib
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import probstats
from probstats import cli
from probstats.cli.reproduce import find_checkout
from probstats.errors import DataError, ProbstatsError, StudyError

ROOT = Path(__file__).parents[1]
TABLES = len(list((ROOT / "data").glob("*.csv")))


@pytest.fixture
def folder(tmp_path):
    """Return a copy of the tables."""
    copied = tmp_path / "data"
    shutil.copytree(ROOT / "data", copied, ignore=shutil.ignore_patterns("built"))
    return copied


@pytest.fixture
def corrupted(folder):
    """Return a copy of the tables with a rating that is not on the scale."""
    set_cell(folder / "rating_claims.csv", 3, "rating_low", "Satisfactory")
    return folder


PROBLEM = (
    "probstats: rating_claims.csv, row 3, column rating_low: holds 'Satisfactory'; "
    "expected one of Inadequate, Requires improvement, Good, Outstanding\n"
)


def set_cell(path, row, column, value):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[row - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def hashes(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def run(*arguments, **options):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "probstats", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=60, **options,
    )  # fmt: skip


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--help"], ["usage: probstats", "reproduce", "data", "--debug"]),
            (["reproduce", "--help"], ["--force", "--only STEP", "--list"]),
            (["data", "--help"], ["check"]),
            (["data", "check", "--help"], ["--accept", "folder"]),
        ],
    )
    def test_help(self, capsys, arguments, words):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        assert stop.value.code == 0
        out = capsys.readouterr().out
        assert all(word in out for word in words)

    def test_version(self, capsys):
        with pytest.raises(SystemExit) as stop:
            cli.main(["--version"])
        assert stop.value.code == 0
        assert capsys.readouterr().out == f"probation-stats {probstats.__version__}\n"

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ([], "the following arguments are required: command"),
            (["data"], "the following arguments are required: action"),
            (["publish"], "invalid choice: 'publish'"),
            (["reproduce", "--fast"], "unrecognized arguments: --fast"),
        ],
    )
    def test_what_is_no_command(self, capsys, arguments, reason):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        assert stop.value.code == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("usage: probstats")
        assert reason in captured.err


class TestDataCheck:
    def test_the_tables_of_the_package_are_as_described(self, capsys):
        assert cli.main(["data", "check"]) == 0
        captured = capsys.readouterr()
        assert captured.out.startswith(f"{TABLES} tables are as described in ")
        assert captured.err == ""

    def test_a_folder(self, capsys, folder):
        before = hashes(folder)
        assert cli.main(["data", "check", str(folder)]) == 0
        path = folder / "datapackage.json"
        assert capsys.readouterr().out == f"{TABLES} tables are as described in {path}\n"
        assert hashes(folder) == before

    @pytest.mark.parametrize("more", [[], ["--accept"]])
    def test_a_corrupted_folder(self, capsys, corrupted, more):
        before = hashes(corrupted)
        assert cli.main(["data", "check", str(corrupted), *more]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == PROBLEM
        assert hashes(corrupted) == before

    def test_every_problem_has_a_line_of_its_own(self, capsys, corrupted):
        set_cell(corrupted / "measure_claims.csv", 9, "source_id", "")
        assert cli.main(["data", "check", str(corrupted)]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 2
        assert all(line.startswith("probstats: ") for line in lines)

    def test_a_valid_change_must_be_accepted(self, capsys, folder):
        set_cell(folder / "subjects.csv", 2, "name", "Barking")
        assert cli.main(["data", "check", str(folder)]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == (
            "probstats: subjects: valid, but not the files that datapackage.json describes; "
            "if the change is meant, run `probstats data check --accept`\n"
        )
        assert cli.main(["data", "check", str(folder), "--accept"]) == 0
        assert cli.main(["data", "check", str(folder)]) == 0
        assert capsys.readouterr().err == ""

    def test_accepting_what_has_not_changed_changes_nothing(self, folder):
        before = hashes(folder)
        assert cli.main(["data", "check", str(folder), "--accept"]) == 0
        assert hashes(folder) == before

    @pytest.mark.parametrize("name", ["datapackage.json", "subjects.csv"])
    def test_a_missing_file_is_one_sentence(self, capsys, folder, name):
        (folder / name).unlink()
        assert cli.main(["data", "check", str(folder)]) == 2
        captured = capsys.readouterr()
        assert captured.err.startswith(f"probstats: {folder / name} ")
        assert captured.err.count("\n") == 1

    def test_a_folder_that_is_none(self, capsys, tmp_path):
        assert cli.main(["data", "check", str(tmp_path / "nowhere")]) == 2
        assert "nowhere/datapackage.json is missing" in capsys.readouterr().err

    def test_with_debug_the_error_comes_through(self, folder):
        (folder / "subjects.csv").unlink()
        with pytest.raises(DataError, match=r"subjects\.csv cannot be read"):
            cli.main(["--debug", "data", "check", str(folder)])

    def test_an_interruption_is_no_traceback(self, capsys, monkeypatch):
        def interrupted(folder):
            raise KeyboardInterrupt

        monkeypatch.setattr(probstats.data, "check", interrupted)
        assert cli.main(["data", "check"]) == 130
        captured = capsys.readouterr()
        assert captured.err == "probstats: stopped; run the same command again to go on\n"

    def test_an_error_that_is_no_message_to_the_user_comes_through(self, monkeypatch):
        monkeypatch.setattr(probstats.data, "check", lambda folder: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            cli.main(["data", "check"])


class TestReproduce:
    @pytest.fixture
    def steps(self, monkeypatch):
        """Record which steps would run, and run none."""
        if not (ROOT / "paper" / "paper.md").is_file():
            pytest.skip("not a checkout of the repository")
        from probstats.study import runner

        called = []
        monkeypatch.setattr(
            runner,
            "run_steps",
            lambda steps, root, *, force, tell: called.append(
                ([step.name for step in steps], root, force)
            ),
        )
        monkeypatch.chdir(ROOT / "paper")
        return called

    @pytest.fixture
    def names(self):
        from probstats.study.steps import STEPS

        return [step.name for step in STEPS]

    @pytest.mark.parametrize("arguments", [[], ["--list"], ["--only", "data"], ["--force"]])
    def test_outside_a_checkout(self, capsys, tmp_path, monkeypatch, arguments):
        monkeypatch.chdir(tmp_path)
        assert cli.main(["reproduce", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == (
            f"probstats: {tmp_path} is not in a checkout of the repository; clone it and run the "
            f"command there (the library itself works anywhere: import probstats)\n"
        )
        assert list(tmp_path.iterdir()) == []

    def test_the_list_of_steps(self, capsys, steps, names):
        assert cli.main(["reproduce", "--list"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == names
        assert all(len(line.split()) > 1 for line in lines)
        assert steps == []

    def test_a_step_that_there_is_none(self, capsys, steps, names):
        assert cli.main(["reproduce", "--only", "nonsense"]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == (
            f"probstats: there is no step 'nonsense'; the steps are {', '.join(names)}\n"
        )
        assert steps == []

    def test_from_any_folder_of_a_checkout_all_steps_run_at_its_root(self, steps, names):
        assert cli.main(["reproduce"]) == 0
        assert steps == [(names, ROOT, False)]

    def test_one_step(self, steps, names):
        assert cli.main(["reproduce", "--only", names[1]]) == 0
        assert steps == [([names[1]], ROOT, False)]

    def test_force(self, steps, names):
        assert cli.main(["reproduce", "--force"]) == 0
        assert steps == [(names, ROOT, True)]

    def test_without_the_libraries_of_the_study(self, capsys, steps, monkeypatch):
        monkeypatch.setitem(sys.modules, "probstats.study.steps", None)
        assert cli.main(["reproduce"]) == 2
        captured = capsys.readouterr()
        assert captured.err.endswith('; pip install "probation-stats[study]"\n')
        assert captured.err.count("\n") == 1

    def test_with_debug_the_error_comes_through(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(StudyError, match="is not in a checkout"):
            cli.main(["--debug", "reproduce"])

    def test_the_checkout_is_the_nearest_folder_with_the_project_file(self, tmp_path):
        inner = tmp_path / "outer" / "inner"
        deep = inner / "figures" / "deep"
        deep.mkdir(parents=True)
        for root in (tmp_path, inner):
            (root / "pyproject.toml").write_text('[project]\nname = "probation-stats"\n')
        assert find_checkout(deep) == find_checkout(inner) == inner
        (inner / "pyproject.toml").write_text('[project]\nname = "another"\n')
        assert find_checkout(deep) == tmp_path

    def test_a_missing_file_of_a_checkout_is_what_is_missing(self, tmp_path, monkeypatch, capsys):
        (tmp_path / "pyproject.toml").write_text('[project]\nname = "probation-stats"\n')
        monkeypatch.chdir(tmp_path)
        assert cli.main(["reproduce"]) == 2
        assert "datapackage.json is missing" in capsys.readouterr().err


class TestAsAProcess:
    def test_version(self):
        result = run("--version")
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout == f"probation-stats {probstats.__version__}\n"

    def test_a_corrupted_folder_is_one_line_and_no_traceback(self, corrupted):
        result = run("data", "check", corrupted)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == PROBLEM

    def test_with_debug_there_is_a_traceback(self, folder):
        (folder / "subjects.csv").unlink()
        result = run("--debug", "data", "check", folder)
        assert result.returncode == 1
        assert result.stderr.startswith("Traceback")
        assert "DataError" in result.stderr.splitlines()[-1]

    def test_outside_a_checkout(self, tmp_path):
        result = run("reproduce", cwd=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.count("\n") == 1


HEAVY = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "pandera", "formulaic")


def python(code):
    """Run a line of Python in a process of its own and return what it prints."""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return result.stdout.split()


class TestImport:
    def test_it_costs_next_to_nothing(self):
        code = (
            "import time; start = time.perf_counter(); import probstats; "
            "print(time.perf_counter() - start)"
        )
        assert min(float(python(code)[0]) for _ in range(2)) < 0.3

    @pytest.mark.parametrize("module", ["probstats", "probstats.cli", "probstats.errors"])
    def test_it_loads_no_heavy_library(self, module):
        code = f"import sys, {module}; print(*sys.modules)"
        assert not set(HEAVY) & set(python(code))

    def test_loading_the_panel_does_not_load_models_or_figures(self):
        code = "import sys, probstats; probstats.load_panel(); print(*sys.modules)"
        assert not {"statsmodels", "matplotlib", "seaborn"} & set(python(code))

    def test_dir_is_what_is_promised(self):
        assert dir(probstats) == sorted(probstats.__all__)
        assert len(set(probstats.__all__)) == len(probstats.__all__)

    @pytest.mark.parametrize("name", probstats.__all__)
    def test_every_name_is_there(self, name):
        assert getattr(probstats, name) is not None

    @pytest.mark.parametrize("room", ["data", "figures", "models", "tables"])
    def test_every_name_of_every_room_is_there(self, room):
        module = importlib.import_module(f"probstats.{room}")
        assert set(module.__all__) <= set(dir(module))
        for name in module.__all__:
            assert getattr(module, name) is not None, name

    @pytest.mark.parametrize("name", ["pandas", "load", "_nothing", "Data"])
    def test_an_unknown_name(self, name):
        with pytest.raises(AttributeError) as error:
            getattr(probstats, name)
        assert str(error.value) == f"module 'probstats' has no attribute {name!r}"

    def test_errors_are_one_family(self):
        from probstats import errors

        for name in ("DataError", "ModelError", "StudyError"):
            assert issubclass(getattr(errors, name), ProbstatsError)
        for name in ("ConvergenceWarning", "EmptyLevelWarning", "SeparationWarning"):
            assert issubclass(getattr(errors, name), errors.ProbstatsWarning)
        assert issubclass(errors.DataError, ValueError)
        assert issubclass(errors.ModelError, ValueError)

    def test_the_version_is_that_of_the_project(self):
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        assert f'\nversion = "{probstats.__version__}"\n' in text
