"""What the README says can be done, can be done."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_examples_run_one_after_the_other(capsys):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    names = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert "clustered on subject_id" in capsys.readouterr().out
    assert names["subject"] == "south-yorkshire-crc"
    assert len(names["story"]) == 2


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_and_paths_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    for link in links:
        assert (page.parent / link).exists(), link
    rooms = r"`((?:probstats|paper|figures|data|notebooks|docs|tests)/[\w./-]*)`"
    for path in re.findall(rooms, text):
        assert (ROOT / path).exists(), path


def test_the_readme_does_not_send_readers_to_the_other_package():
    for page in [*PAGES, ROOT / "data" / "README.md"]:
        assert "pip install probstats" not in page.read_text(encoding="utf-8")


def test_the_numbers_of_the_readme_are_those_of_the_paper():
    import json

    numbers = json.loads((ROOT / "paper" / "numbers.json").read_text(encoding="utf-8"))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for words in (
        "{n_main} overall ratings of providers",
        "vacancy rate for {n_po_vacancy} of them",
        "ratings of supervision for {n_supervision},",
        "Of {n_crc} ratings of Community Rehabilitation Companies {n_crc_requires_improvement}",
        "of {n_nps} of National Probation Service divisions {n_nps_good} were Good",
        "of {n_pdu} of Probation Delivery Units {n_pdu_inadequate} were Inadequate",
        "and {n_pdu_requires_improvement} Requires improvement",
    ):
        assert words.format(**numbers) in text


def test_versions_agree():
    import probstats

    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{probstats.__version__}"' in project
    assert f"version: {probstats.__version__}" in (ROOT / "CITATION.cff").read_text()
    assert f"## {probstats.__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
