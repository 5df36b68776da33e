"""Simulated claims on inspections of the record, added to a copy of the tables."""

import csv
import io

import pytest


def add_rows(copied, table, *rows):
    """Add rows to a table of a copy; columns that are not named stay empty."""

    def longer(content):
        columns = next(csv.reader(io.StringIO(content.decode("utf-8"))))
        stream = io.StringIO(newline="")
        csv.DictWriter(stream, columns, lineterminator="\n").writerows(rows)
        return content + stream.getvalue().encode()

    copied.edit(f"{table}.csv", longer)


def add_ratings(copied, inspection_id, ratings, source_id="s102"):
    """Add simulated claims on standards: a rating each, or the lowest and the highest."""
    spans = {
        name: (word, word) if isinstance(word, str) else word for name, word in ratings.items()
    }
    add_rows(
        copied,
        "rating_claims",
        *(
            {
                "inspection_id": inspection_id, "standard": name, "rating_low": low,
                "rating_high": high, "basis": "stated", "source_id": source_id,
            }
            for name, (low, high) in spans.items()
        ),
    )  # fmt: skip


@pytest.fixture
def add():
    """Return a way to add rows to a copy."""
    return add_rows


@pytest.fixture
def rate():
    """Return a way to add ratings to a copy."""
    return add_ratings


@pytest.fixture(scope="session")
def bare(records):
    """Return an inspection of seven standards known to require improvement, and nothing else."""
    claimed = [row["inspection_id"] for row in records["rating_claims"]]
    overall = {
        row["inspection_id"]
        for row in records["rating_claims"]
        if (row["standard"], row["rating_low"]) == ("overall", "Requires improvement")
        and claimed.count(row["inspection_id"]) == 1
    }
    counted = {row["inspection_id"] for row in records["rating_count_claims"]}
    return next(
        row["inspection_id"]
        for row in records["inspections"]
        if row["standards_set"] == "pdu-7" and row["inspection_id"] in overall - counted
    )
