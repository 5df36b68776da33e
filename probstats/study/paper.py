"""One Markdown source becomes the paper in three forms: PDF, Word and a web page."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import warnings
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from probstats.errors import StudyError

STYLE = "british-journal-of-criminology.csl"
INPUTS = ("paper.md", "paper.lua", "template.typ", "style.css", "references.bib", STYLE)
NUMBERS = "numbers.json"
COMMON = (
    "--from=markdown",
    "--lua-filter=paper.lua",
    "--bibliography=references.bib",
    f"--csl={STYLE}",
    "--metadata=link-citations:true",
    "--metadata=lang:en-GB",
    "--standalone",
    "--wrap=none",
    "--fail-if-warnings",
)
HTML = (
    "--embed-resources",
    "--mathml",
    "--css=style.css",
    "--variable=include-before:<main>",
    "--variable=include-after:</main>",
)
# What pandoc leaves to a binary template: A4 with its text width, small type in tables.
PAPER = (
    b"</w:sectPr>",
    b'<w:pgSz w:w="11906" w:h="16838" /><w:pgMar w:top="1440" w:bottom="1440" w:left="1645" '
    b'w:right="1645" w:header="720" w:footer="720" w:gutter="0" /></w:sectPr>',
)
TABLE_TYPE = (
    b'<w:basedOn w:val="BodyText" /><w:qFormat /></w:style>',
    b'<w:basedOn w:val="BodyText" /><w:qFormat /><w:pPr><w:spacing w:before="36" w:after="36" />'
    b'</w:pPr><w:rPr><w:sz w:val="18" /></w:rPr></w:style>',
)
INSTALL = 'the paper needs pandoc and typst; pip install "probation-stats[paper]" brings both'


def build_paper(folder: Path, output: Path | None = None) -> list[Path]:
    """Build ``paper.pdf``, ``paper.docx`` and ``paper.html`` from ``paper.md``.

    The PDF is tagged and meets PDF/UA-1. Equal inputs give equal bytes in all three files: the
    only date in them is the ``date:`` of ``paper.md``. The files appear together when all are
    built, and a failed build leaves earlier ones as they were.

    Parameters
    ----------
    folder : Path
        Folder of ``paper.md``, its filter, templates, bibliography, ``numbers.json`` and
        ``tables/``. Figures are read from ``../figures``, as SVG and PNG of the same stem.
    output : Path, optional
        Folder of the three files, made if missing. Default: `folder`.

    Returns
    -------
    list of Path
        The PDF, the Word file and the web page.

    Raises
    ------
    StudyError
        If an input file is missing, the text uses an unknown number, label or citation, a figure
        lacks its alt text, or the PDF would not be accessible.
    """
    folder = Path(folder).resolve()
    target = Path(output or folder).resolve()
    _check_inputs(folder)
    _check_numbers(folder)
    epoch = _epoch(folder)
    target.mkdir(parents=True, exist_ok=True)
    # Beside its destination, so that os.replace never crosses a file system, and with one fixed
    # name, so that the next run removes what a killed one left.
    scratch = target / ".paper.partial"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        built = _build(folder, scratch, epoch)
        for path in built:
            os.replace(path, target / path.name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return [target / path.name for path in built]


def _build(folder: Path, scratch: Path, epoch: int) -> list[Path]:
    markup = _convert(folder, "typst", scratch / "paper.typ", epoch, "--template=template.typ")
    docx = _convert(folder, "docx", scratch / "paper.docx", epoch)
    _dress(docx)
    html = _convert(folder, "html5", scratch / "paper.html", epoch, *HTML)
    _restore_alternatives(html)
    _check_leftovers(markup, docx, html)
    return [_typeset(folder, markup, epoch), docx, html]


def _check_inputs(folder: Path) -> None:
    for name in (*INPUTS, NUMBERS):
        if not (folder / name).is_file():
            needed = ", ".join((*INPUTS, NUMBERS))
            raise StudyError(f"{folder / name} is missing; the paper is built from {needed}")


def _check_numbers(folder: Path) -> None:
    numbers = _read_numbers(folder / NUMBERS)
    for line, text in enumerate(_text(folder / "paper.md").splitlines(), start=1):
        for found in re.finditer(r"\{\{(?:(\w+)\}\})?", text, flags=re.ASCII):
            if found[1] not in numbers:
                problem = _number_problem(text[found.start() :], found[1], numbers)
                raise StudyError(f"{folder / 'paper.md'}, line {line}: {problem}")


def _number_problem(text: str, key: str | None, numbers: dict[str, str]) -> str:
    if key is None:
        return f"{text[:30]!r} is not of the form {{{{key}}}}, in letters, digits and underscores"
    near = difflib.get_close_matches(key, numbers, n=1)
    hint = f"; did you mean {{{{{near[0]}}}}}?" if near else ", which the study writes"
    return f"{{{{{key}}}}} is not a key of numbers.json{hint}"


def _read_numbers(path: Path) -> dict[str, str]:
    try:
        numbers = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise StudyError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(numbers, dict):
        raise StudyError(f"{path} must hold one object of keys and display strings")
    for key, value in numbers.items():
        if not isinstance(value, str):
            raise StudyError(f"{path}: {key} is {value!r}; it must be a display string in quotes")
    return numbers


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{path} is not UTF-8 text (byte {error.start})") from error


def _epoch(folder: Path) -> int:
    path = folder / "paper.md"
    header = re.match(r"---\n.*?\n(?:---|\.\.\.)\s*\n", _text(path), flags=re.DOTALL)
    date = re.search(r"^date:\s*['\"]?([\d-]+)", header[0], flags=re.M) if header else None
    try:
        day = datetime.strptime(date[1] if date else "", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        message = f"{path}: the metadata must hold a date of the form date: 2026-11-21"
        raise StudyError(message) from error
    return int(day.timestamp())


def _convert(folder: Path, form: str, result: Path, epoch: int, *options: str) -> Path:
    # An empty data folder: pandoc must not pick up a user's own templates.
    empty = result.parent / "data"
    empty.mkdir(exist_ok=True)
    command = [_pandoc(), "paper.md", f"--to={form}", f"--output={result}", *COMMON, *options]
    run = subprocess.run(  # noqa: S603  # a fixed program, and no shell
        [*command, f"--data-dir={empty}"],
        cwd=folder,
        env=_environment(epoch),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        problem = _useful(run.stderr).removeprefix("paper.md: ")
        raise StudyError(f"{folder / 'paper.md'}: {problem}")
    return result


def _pandoc() -> str:
    try:
        import pypandoc

        # The pandoc in the wheel, not whichever on this machine is newest.
        bundled = sorted((Path(pypandoc.__file__).parent / "files").glob("pandoc*"))
        return str(bundled[0]) if bundled else str(pypandoc.get_pandoc_path())
    except (ImportError, OSError) as error:
        raise StudyError(INSTALL) from error


def _environment(epoch: int) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "TEMP") if key in os.environ}
    return kept | {"SOURCE_DATE_EPOCH": str(epoch), "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def _useful(report: str) -> str:
    stopped = re.search(r"Error running filter .*?\n(.*?)(?=\nstack traceback|\Z)", report, re.S)
    warned = re.search(r"\[WARNING\] (.*?)(?=\n\[|\nFailing|\Z)", report, re.S)
    found = stopped or warned
    return " ".join((found[1] if found else report).split())


def _dress(docx: Path) -> None:
    with zipfile.ZipFile(docx) as archive:
        parts = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(docx, "w") as archive:
        for entry, content in parts:
            dressed = content.replace(*PAPER).replace(*TABLE_TYPE)
            # Stored, since compressed bytes differ from one zlib to the next.
            archive.writestr(entry, dressed, compress_type=zipfile.ZIP_STORED)


def _restore_alternatives(html: Path) -> None:
    # Where pandoc embeds an SVG, it turns alt into aria-label, which text browsers do not show.
    pattern = r'<img role="img" aria-label=("[^"]*")'
    html.write_bytes(re.sub(pattern, r"<img alt=\1", _text(html)).encode())


def _check_leftovers(markup: Path, docx: Path, html: Path) -> None:
    with zipfile.ZipFile(docx) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name.endswith("xml")]
    word = re.sub(r"<[^>]*>", "", "".join(parts))
    texts = {"paper.pdf": _text(markup), "paper.docx": word, "paper.html": _text(html)}
    for name, text in texts.items():
        if "{{" in text:
            left = text[text.index("{{") :][:30]
            raise StudyError(
                f"{name} would still hold {left!r}; look in paper.md, tables/ and numbers.json "
                "for braces that are not of the form {{key}}"
            )


def _typeset(folder: Path, markup: Path, epoch: int) -> Path:
    try:
        import typst
    except ImportError as error:
        raise StudyError(INSTALL) from error
    result = markup.with_suffix(".pdf")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", typst.TypstWarning)
            # From bytes: the markup lies outside the root, under which the figures are found.
            compiler = typst.Compiler(
                markup.read_bytes(), root=folder.parent, ignore_system_fonts=True
            )
            compiler.compile(output=result, format="pdf", pdf_standards="ua-1", timestamp=epoch)
    except (typst.TypstError, typst.TypstWarning) as error:
        hints = "".join(f" ({hint})" for hint in error.hints)
        raise StudyError(f"paper.pdf: typst: {' '.join(error.message.split())}{hints}") from error
    return result
