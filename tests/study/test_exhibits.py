"""The numbers and tables of the paper against independent counts."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.study import steps
from probstats.study.numbers import paper_numbers

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def numbers():
    return json.loads((ROOT / "paper" / "numbers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def claims():
    with (ROOT / "data" / "rating_claims.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def providers():
    with (ROOT / "data" / "inspections.csv").open(encoding="utf-8", newline="") as file:
        return {row["inspection_id"]: row["provider_type"] for row in csv.DictReader(file)}


def test_stored_numbers_are_made_by_the_code(numbers):
    made = paper_numbers(steps.read_results(ROOT), ps.load_panel("wide"), ROOT / "data")
    assert made == numbers


def test_counts_of_ratings_against_the_claims(numbers, claims, providers):
    overall = {c["inspection_id"]: c["rating_low"] for c in claims if c["standard"] == "overall"}
    assert numbers["n_rated"] == str(len(overall))
    for provider in ("crc", "nps", "pdu"):
        ratings = [rating for i, rating in overall.items() if providers[i] == provider]
        assert numbers[f"n_{provider}"] == str(len(ratings))
        for rating in ("Inadequate", "Requires improvement", "Good", "Outstanding"):
            key = f"n_{provider}_{rating.lower().replace(' ', '_')}"
            assert numbers[key] == str(ratings.count(rating)), key


def test_supervision_cells_against_the_claims(numbers, claims, providers):
    supervision = {"assessment", "planning", "implementation_and_delivery", "reviewing"}
    rows = [c for c in claims if c["standard"] in supervision]
    cells = {}
    for row in rows:
        if providers[row["inspection_id"]] == "pdu":
            key = (row["inspection_id"], row["standard"])
            cells.setdefault(key, set()).update({row["rating_low"], row["rating_high"]})
    assert numbers["n_pdu_supervision_cells"] == str(len(cells))
    certain = sum(levels == {"Inadequate"} for levels in cells.values())
    assert numbers["n_pdu_supervision_inadequate"] == str(certain)


def test_the_example_is_what_the_sources_print(numbers):
    assert numbers["example_po_fte"] == "16.7"
    assert numbers["example_caseload"] == "3,812"
    assert numbers["example_leadership"] == "Outstanding"


def test_odds_ratios_are_those_of_the_estimates(numbers):
    rows = pd.read_csv(ROOT / "paper" / "results" / "estimates.csv").set_index(["model", "term"])
    estimate = rows.loc[("C", "vacancies_100_fte")]
    assert numbers["or_c"] == f"{np.exp(estimate['estimate']):.2f}"
    low, high = np.exp(estimate["low"]), np.exp(estimate["high"])
    assert numbers["or_c_ci"].replace("\xa0", " ") == f"{low:.2f} to {high:.2f}"
    span = float(numbers["vacancies_most"]) - float(numbers["vacancies_least"])
    assert numbers["or_c_range"] == f"{np.exp(estimate['estimate'] * span / 100):.2f}"


def test_national_shares_are_those_of_the_counts(numbers):
    for stretch in ("nps_last", "unified_first", "unified_least", "unified_last"):
        po, pso = (float(numbers[f"{stretch}_{grade}"].replace(",", "")) for grade in ("po", "pso"))
        assert numbers[f"{stretch}_share"] == f"{100 * po / (po + pso):.0f}%"


def test_every_number_in_the_paper_is_injected():
    """Digits typed into the prose are figures that no code would ever correct."""
    text = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8")
    body = text.split("---", 2)[2]
    abstract = re.search(r"abstract: \|\n((?:  .*\n)+)", text).group(1)
    prose = abstract + body
    for pattern in (
        r"\{\{\w+\}\}", r"\{#?[^}]*\}", r"\]\([^)]*\)", r"@[\w:]+", r":::.*", r"\$[^$]*\$",
        r"95% (interval|Wilson)", r"100 (FTE|full-time)", r"Licence v3\.0", r"\b[AC][12]\b",
    ):  # fmt: skip
        prose = re.sub(pattern, "", prose)
    assert re.findall(r"[^\s]*\d[^\s]*", prose) == []


def test_tables_speak_plainly():
    for path in sorted((ROOT / "paper" / "tables").glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        assert "nan" not in text.lower().replace("finance", "")
        assert "*" not in text
        assert "-" not in re.sub(r"[A-Za-z]-[A-Za-z]", "", text), "a minus sign is \N{MINUS SIGN}"


def test_the_paper_names_no_unit():
    prose = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8")
    subjects = ps.data.load("subjects")
    units = subjects[~subjects["kind"].isin(["nation", "probation region"])]["name"]
    named = [name for name in units if re.search(rf"\b{re.escape(name)}\b", prose)]
    assert set(named) <= {"Wales"}
