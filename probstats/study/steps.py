"""The steps of the study. Each reads, calls a function or two, and writes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats import data
from probstats.data.panels.built import DESCRIPTION, PANEL, describe_panel, make_panel
from probstats.data.record.tables import changed_tables
from probstats.errors import StudyError
from probstats.files import write_bytes, write_csv, write_json
from probstats.study.runner import Step

RESULTS = Path("paper", "results")
SIMULATIONS = Path("benchmarks", "results")
TABLES = Path("paper", "tables")
NUMBERS = Path("paper", "numbers.json")
FIGURES = Path("figures")
NOTEBOOK = Path("notebooks", "01-first-look.ipynb")


def check_data(root: Path) -> list[Path]:
    """Check every table against its description."""
    problems = data.check(root / "data")
    if problems:
        lines = "\n".join(str(problem) for problem in problems[:20])
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise StudyError(f"the data have {count}:\n{lines}")
    changed = changed_tables(root / "data")
    if changed:
        raise StudyError(
            f"{', '.join(changed)}: not the files that data/datapackage.json describes; if the "
            f"change is meant, run `probstats data check --accept`"
        )
    return []


def build_panel(root: Path) -> list[Path]:
    """Build the panel and store it with its description."""
    folder = root / "data"
    panel = make_panel(folder)
    content = panel.to_csv(index=False, lineterminator="\n").encode("utf-8")
    write_bytes(folder / PANEL, content)
    write_json(folder / DESCRIPTION, describe_panel(panel, content, folder))
    return [folder / PANEL, folder / DESCRIPTION]


def fit_models(root: Path) -> list[Path]:
    """Describe the ratings, fit the models of the plan, store every result."""
    from probstats.study import analysis

    wide = data.load_panel("wide", root / "data")
    results = analysis.descriptive_results(wide)
    results |= analysis.model_results(analysis.fit_models(wide))
    results["jackknife"] = analysis.jackknife(wide)
    results["national_staffing"] = data.national_staffing(root / "data")
    return [_write_frame(root / RESULTS / f"{name}.csv", frame) for name, frame in results.items()]


def draw_figures(root: Path) -> list[Path]:
    """Draw the figures from the stored results."""
    from probstats.study import drawings

    results = read_results(root)
    folder = root / "data"
    drawn = {
        "ratings-by-programme": drawings.ratings_by_programme(results),
        "ratings-by-standard": drawings.ratings_by_standard(data.load_panel(folder=folder)),
        "national-staffing": drawings.national_staffing(
            data.national_staffing(folder), data.national_staffing_claims(folder)
        ),
        "estimates": drawings.estimates(results),
    }
    return [path for name, drawing in drawn.items() for path in drawing.save(root / FIGURES / name)]


def write_tables(root: Path) -> list[Path]:
    """Write the tables and the numbers of the paper from the stored results."""
    from probstats.study import exhibits, numbers

    results = read_results(root)
    wide = data.load_panel("wide", root / "data")
    tables = exhibits.paper_tables(results)
    written = [_write_frame(root / TABLES / f"{name}.csv", frame) for name, frame in tables.items()]
    write_json(root / NUMBERS, numbers.paper_numbers(results, wide, root / "data"))
    return [*written, root / NUMBERS]


def make_gallery(root: Path) -> list[Path]:
    """Draw the examples of every figure and write their page."""
    from probstats.study.gallery import build_gallery

    return build_gallery(root)


def run_notebook(root: Path) -> list[Path]:
    """Run the notebook and keep its outputs."""
    from probstats.study.notebook import execute_notebook

    return [execute_notebook(root / NOTEBOOK)]


def make_paper(root: Path) -> list[Path]:
    """Build the paper as PDF, DOCX and HTML."""
    from probstats.study.paper import build_paper

    return build_paper(root / "paper")


class Results(dict[str, pd.DataFrame]):
    """Stored results by name; a missing one is a sentence, not a traceback."""

    def __missing__(self, name: str) -> pd.DataFrame:
        raise StudyError(
            f"{RESULTS / name}.csv is missing; `probstats reproduce --only models` makes it"
        )


def read_results(root: Path) -> Results:
    """Return the stored results by name.

    Parameters
    ----------
    root : Path
        The checkout.

    Returns
    -------
    Results
        One frame for each file of ``paper/results/`` and each stored simulation.
    """
    files = [
        path for folder in (RESULTS, SIMULATIONS) for path in sorted((root / folder).glob("*.csv"))
    ]
    return Results({path.stem: pd.read_csv(path) for path in files})


def _write_frame(path: Path, frame: pd.DataFrame) -> Path:
    write_csv(path, frame)
    return path


_TABLES_READ = ("data/*.csv", "data/imports/*/*", "data/datapackage.json")
_BASE = ("jobs", "errors.py", "files.py", "display.py", "progress.py")
_LIBRARY = ("data", "models", "association", "tables", *_BASE)
_METHODS = ("missing", "planning", "resampling", "specifications")
_HERE = "study/steps.py"

STEPS = (
    Step("data", "check every table against its description", _TABLES_READ,
         ("data", "errors.py", "files.py", "progress.py", _HERE), check_data),
    Step("panel", "build the analysis panel", _TABLES_READ,
         ("data", "errors.py", "files.py", "progress.py", _HERE), build_panel),
    Step("models", "describe the ratings, fit the models of the plan", ("data/built/*",),
         (*_LIBRARY, "study/choices.py", "study/analysis.py", _HERE), fit_models),
    Step("figures", "draw the figures", ("data/built/*", "paper/results/*.csv"),
         (*_LIBRARY, "figures", "study/choices.py", "study/drawings.py", _HERE), draw_figures),
    Step("tables", "write the tables and numbers of the paper",
         ("data/built/*", "paper/results/*.csv", "benchmarks/results/*.csv"),
         (*_LIBRARY, "study/choices.py", "study/exhibits.py",
          "study/numbers.py", _HERE), write_tables),
    Step("gallery", "draw the gallery of figures",
         (*_TABLES_READ, "data/built/*", "paper/results/*.csv", "docs/gallery/examples/*.py",
          "docs/gallery/gallery.css", "tests/reference/*.csv"),
         (*_LIBRARY, *_METHODS, "figures", "study/choices.py", "study/drawings.py",
          "study/gallery.py", "study/gallery_page.py",
          "study/gallery_colours.py", _HERE), make_gallery),
    Step("notebook", "run the notebook", ("data/built/*", NOTEBOOK.as_posix()),
         (*_LIBRARY, "figures", "study/notebook.py", _HERE), run_notebook),
    Step("paper", "build the paper as PDF, DOCX and HTML",
         ("paper/*.md", "paper/*.lua", "paper/*.typ", "paper/*.css", "paper/*.csl", "paper/*.bib",
          "paper/numbers.json", "paper/tables/*.csv", "figures/*"),
         ("study/paper.py", "errors.py", _HERE), make_paper),
)  # fmt: skip
