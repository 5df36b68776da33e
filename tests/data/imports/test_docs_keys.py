"""The page on importing names every key, role and form of date with what the code says of it."""

from pathlib import Path

from probstats.data.imports.layout_keys import DATE_FORMATS, KEYS, ROLES

PAGE = (Path(__file__).parents[3] / "docs" / "data" / "importing.md").read_text(encoding="utf-8")
SECTIONS = {"": "", "rows": "rows.<role>."}


def test_every_key_is_described_in_the_words_of_the_code():
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    for section, keys in KEYS.items():
        for name, key in keys.items():
            full = SECTIONS.get(section, f"{section}.") + name
            found = [row for row in rows if row.startswith(f"| `{full}` | {key.holds}")]
            assert len(found) == 1, full
            assert f"| {key.means} |" in found[0], full


def test_every_role_and_every_form_of_date():
    for table, roles in ROLES.items():
        assert f"| `{table}` | {', '.join(f'`{role}`' for role in roles)} |" in PAGE
    for form in DATE_FORMATS:
        assert f"| `{form}` | " in PAGE
