"""Layouts: every key is known, and has a value it can have, or is named with its file."""

import tomllib

import pytest

import probstats as ps
from probstats.data.imports.layout import SHIPPED
from probstats.data.imports.layout_keys import KEYS, ROLES
from probstats.errors import DataError

SMALL = """
title = "Test"
[columns]
subject = "area"
value = "n"
[fixed]
measure = "po_fte"
"""


def refuse(write, text):
    file = write("own.toml", text.encode())
    with pytest.raises(DataError) as error:
        ps.data.read_layout(file)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(str(file))
    return str(error.value).removeprefix(str(file))


def test_the_shipped_layouts_are_read():
    assert ps.data.layout_names() == sorted(path.stem for path in SHIPPED.glob("*.toml"))
    for name in ps.data.layout_names():
        assert ps.data.read_layout(name).title


def test_a_small_layout_has_defaults(write):
    layout = ps.data.read_layout(write("own.toml", SMALL.encode()))
    assert layout.table == "measure_claims"
    assert layout.file.kind == ("csv", "ods", "xlsx")
    assert layout.columns == {"subject": ("area",), "value": ("n",)}
    assert layout.values.symbols == {}
    assert layout.wide is None


def test_every_default_is_a_value_the_key_may_have():
    for keys in KEYS.values():
        for key in keys.values():
            for item in key.default if isinstance(key.default, tuple) else (key.default,):
                assert not key.permitted or item in key.permitted or item is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[file]\nsheeet = 'x'", "no key in [file] called 'sheeet'; did you mean 'sheet'?"),
        ("[fil]\nsheet = 'x'", "no key called 'fil'; did you mean 'file'?"),
        ("[file]\nheader_row = 0", "key file.header_row: holds 0; expected a whole number"),
        ("[file]\nheader_row = 'x'", "key file.header_row: holds 'x'; expected a whole number"),
        ("[file]\nheader_row = true", "key file.header_row: holds True; expected a whole"),
        ("[file]\nkind = 'pdf'", "key file.kind: holds 'pdf'; expected one of csv, ods, xlsx"),
        ("[file]\nkind = []", "key file.kind: holds []; expected a text or a list"),
        ("[file]\nencoding = 'klingon'", "key file.encoding: 'klingon' is not known"),
        ("[file]\nencoding = 'base64'", "key file.encoding: 'base64' is not known"),
        ("[file]\ndelimiter = '::'", "key file.delimiter: holds '::'; expected one of"),
        ("[file]\nheader_row = 1\nheader_text = 'a'", "file.header_row says already where"),
        ("[values]\nmarkers = ['(']", "key values.markers: '(' is no regular expression"),
        ("[values]\nsymbols = { '~' = 5 }", "key values.symbols: holds {'~': 5}; expected a table"),
        ("[values]\nat_most = { '~' = 'five' }", "key values.at_most: holds {'~': 'five'}"),
        ("[values]\nat_most = { '~' = nan }", "key values.at_most: holds {'~': nan}"),
        ("[dates]\nformats = ['MM/DD/YY']", "key dates.formats: holds 'MM/DD/YY'; expected one"),
        ("[dates]\nearliest = 'long ago'", "key dates.earliest: expected a day as YYYY-MM-DD"),
        ("[wide]\nrole = 'value'", "key wide.role: holds 'value'; expected one of date, measure"),
        ("[wide]\nleave_out = {}", "section [wide]: wide.role is missing"),
        ("[rows.grade]\ntake = ['a']", "section [rows.grade]: no column has the role 'grade'"),
        ("[rows.date]\ntake = ['a']", "no role in [rows] called 'date'"),
        ("[rows.grade.measure]\na = 'po_fte'\nb = 'po_ft'", "no measure called 'po_ft'; did you"),
        ("[source]\nlicense = 'x'", "no key in [source] called 'license'; did you mean 'licence'?"),
        ("file = 3", "holds"),
    ],
)
def test_what_is_not_known_is_named(write, more, said):
    text = f"{more}\n{SMALL}" if more == "file = 3" else f"{SMALL}\n{more}\n"
    found = refuse(write, text)
    assert said in found if more != "file = 3" else "section [file]" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "Test"', "", "has no 'title'"),
        ('title = "Test"', "title = 3", "key title: holds 3; expected a text"),
        ('title = "Test"', 'title = "x"\ntable = "sources"', "key table: holds 'sources'"),
        ('subject = "area"', "", "no column has the role 'subject'"),
        ('subject = "area"', 'subjekt = "area"', "no role in [columns] called 'subjekt'; did you"),
        ('subject = "area"', "subject = -1", "key columns.subject: holds -1; expected a header"),
        ('value = "n"', 'value = "n"\nmeasure = "m"', "key fixed.measure: is a column already"),
        ('measure = "po_fte"', 'measure = "officers"', "no measure called 'officers'"),
        ('measure = "po_fte"', "", "says no measure"),
        ("[columns]", "[columns", "cannot be read as TOML"),
    ],
)
def test_what_is_missing_or_wrong_is_named(write, old, new, said):
    assert old in SMALL
    assert said in refuse(write, SMALL.replace(old, new))


def test_a_file_that_is_no_text(write):
    file = write("own.toml", b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read as TOML"):
        ps.data.read_layout(file)


@pytest.mark.parametrize("name", ["no-such", "no-such.toml", "", "../layouts/omsq-caseload"])
def test_a_layout_that_is_not_there(name):
    with pytest.raises(DataError, match=r"there is no layout .* omsq-caseload"):
        ps.data.read_layout(name)


def test_ratings_cannot_be_wide(write):
    text = 'title = "T"\ntable = "rating_claims"\n[columns]\ninspection_id = "i"\n'
    said = refuse(write, text + 'standard = "s"\n[wide]\nrole = "date"\n')
    assert "only figures can be wide" in said


def test_templates_name_every_role_that_a_row_may_need():
    for table, name in (("rating_claims", "ratings"), ("inspections", "inspections")):
        text = (SHIPPED / f"template-{name}.toml").read_text()
        assert set(tomllib.loads(text)["columns"]) == set(ROLES[table])
