"""The page of the dictionary is the one that the descriptor makes.

After a change of the descriptor write it anew, and read the diff:

    python tests/data/accounts/test_page.py --write
"""

import re
import sys
from pathlib import Path

from probstats.data.accounts.page import dictionary_page

PAGE = Path(__file__).parents[3] / "docs" / "data" / "dictionary.md"


def test_the_page_is_as_generated():
    assert PAGE.read_text(encoding="utf-8") == dictionary_page()


def test_every_row_has_five_cells(descriptor):
    rows = [line for line in dictionary_page().splitlines() if line.startswith("| `")]
    columns = sum(len(entry["schema"]["fields"]) for entry in descriptor["resources"])
    assert len(rows) > columns
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_a_change_of_the_descriptor_changes_the_page(copied):
    before = dictionary_page(copied.path)
    copied.edit("datapackage.json", lambda text: text.replace(b"Name of the count.", b"A|b <c>."))
    after = dictionary_page(copied.path)
    assert before != after
    assert r"| `total` | string | A\|b \<c>. |" in after


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("use: python tests/data/accounts/test_page.py --write")
    PAGE.write_text(dictionary_page(), encoding="utf-8")
