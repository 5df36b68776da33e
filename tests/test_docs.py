"""The examples of docs/models and docs/data run, and print what their pages show.

Every ```python block of a page runs, in order, in one namespace for each page and in the root of
the repository. Right after it the page shows what came of it, and nothing else:

- ```text what it printed,
- ```warning what it warned of, one ``Category: message`` a line,
- ```error the error it ended with, as ``Category: message``.

After a change that is meant, write all of these blocks anew, and read the diff:

    python tests/test_docs.py --write

Only warnings and errors of this package are written, and an error only where a page shows one.
"""

import contextlib
import io
import os
import re
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from probstats.errors import ProbstatsError, ProbstatsWarning

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for room in ("models", "data") for page in (ROOT / "docs" / room).glob("*.md"))
EXAMPLE = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?P<shown>(?:\n*^```(?:text|warning|error)\n.*?^```\n)*)",
    flags=re.DOTALL | re.MULTILINE,
)


def made_again(page: Path) -> str:
    """Return the text of a page with what its examples print, warn of and end with."""
    namespace: dict[str, object] = {"__name__": page.stem}

    def example(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start("code"))
        code = compile("\n" * line + match["code"], str(page), "exec")
        may_fail = "```error\n" in match["shown"]
        blocks = [f"```python\n{match['code']}```\n"]
        shown = came_of(code, namespace, may_fail)
        blocks += [f"```{kind}\n{lines}\n```\n" for kind, lines in shown]
        return "\n".join(blocks)

    text = page.read_text(encoding="utf-8")
    with contextlib.chdir(ROOT), pd.option_context("display.width", 100, "display.max_columns", 20):
        return EXAMPLE.sub(example, text)


def came_of(code, namespace, may_fail):
    """Run an example; return the kind and the text of each block that belongs below it."""
    printed, error = io.StringIO(), None
    with (
        contextlib.redirect_stdout(printed),
        warnings.catch_warnings(record=True) as seen,
    ):
        warnings.simplefilter("always")
        try:
            exec(code, namespace)
        except ProbstatsError as raised:
            if not may_fail:
                raise
            error = raised
    if may_fail and error is None:
        raise AssertionError("the page shows an error where there is none")
    for warning in seen:
        if not issubclass(warning.category, ProbstatsWarning):
            sentence = f"{warning.category.__name__}: {warning.message}"
            raise AssertionError(f"{warning.filename}, line {warning.lineno}: {sentence}")
    shown = {
        "text": [line.rstrip() for line in printed.getvalue().rstrip().splitlines()],
        "warning": [f"{warning.category.__name__}: {warning.message}" for warning in seen],
        "error": [] if error is None else [f"{type(error).__name__}: {error}"],
    }
    return [(kind, "\n".join(lines)) for kind, lines in shown.items() if lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_print_what_the_page_shows(page, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    assert made_again(page) == page.read_text(encoding="utf-8")


def test_all_pages_are_in_the_index():
    index = (ROOT / "docs" / "models" / "README.md").read_text(encoding="utf-8")
    pages = [page for page in PAGES if page.parent.name == "models"]
    assert len(pages) > 1
    for page in pages:
        assert page.name == "README.md" or f"]({page.name})" in index


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(1)", "```text\n1\n```\n"),
        ("x = 1", None),
        (
            "from probstats.models.trouble import warn\n"
            "from probstats.errors import ConvergenceWarning\n"
            "warn('slowly', ConvergenceWarning)",
            "```warning\nConvergenceWarning: slowly\n```\n",
        ),
    ],
)
def test_what_is_not_shown_is_noticed(tmp_path, before, after):
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n```python\n{before}\n```\n\nText.\n", encoding="utf-8")
    made = made_again(page)
    assert (made != page.read_text(encoding="utf-8")) == (after is not None)
    assert after is None or after in made
    page.write_text(made, encoding="utf-8")
    assert made_again(page) == made


def test_errors_are_written_only_where_a_page_shows_one(tmp_path):
    page = tmp_path / "page.md"
    code = "from probstats.errors import ModelError\nraise ModelError('no')\n"
    page.write_text(f"```python\n{code}```\n", encoding="utf-8")
    with pytest.raises(ProbstatsError, match=r"^no$"):
        made_again(page)
    page.write_text(f"```python\n{code}```\n\n```error\nold\n```\n", encoding="utf-8")
    assert made_again(page).endswith("```error\nModelError: no\n```\n")


def test_foreign_warnings_fail(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nimport warnings\nwarnings.warn('old')\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="UserWarning: old"):
        made_again(page)


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("use: python tests/test_docs.py --write")
    os.environ["MPLBACKEND"] = "Agg"
    broken = []
    for path in PAGES:
        try:
            path.write_text(made_again(path), encoding="utf-8")
        except Exception as error:  # noqa: BLE001 - the other pages are written all the same
            broken.append(f"{path.name} is as it was: {type(error).__name__}: {error}")
    sys.exit("\n".join(broken))
