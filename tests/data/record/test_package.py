"""Where the tables lie and what is said of them."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from probstats.data.record import package
from probstats.errors import DataError

DATA = Path(__file__).parents[3] / "data"


def test_in_a_checkout_the_tables_lie_beside_the_package():
    if (Path(package.__file__).parents[2] / "_tables").is_dir():
        pytest.skip("the package under test is an installed one")
    assert package.tables_folder() == DATA


def test_in_an_installed_package_the_tables_lie_inside_it(tmp_path, monkeypatch):
    inside = tmp_path / "probstats" / "_tables"
    inside.mkdir(parents=True)
    monkeypatch.setattr(
        package, "__file__", str(tmp_path / "probstats" / "data" / "record" / "package.py")
    )
    assert package.tables_folder() == inside


def test_the_tables_are_those_of_the_descriptor_in_its_order(descriptor):
    names = [entry["name"] for entry in descriptor["resources"]]
    assert package.table_names(DATA) == names
    assert {f"{name}.csv" for name in names} == {path.name for path in DATA.glob("*.csv")}


def test_every_table_is_byte_for_byte_as_described(descriptor):
    for entry in descriptor["resources"]:
        content = (DATA / entry["path"]).read_bytes()
        assert entry["bytes"] == len(content), entry["name"]
        assert entry["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", entry["name"]
        assert package.is_as_described(entry["name"], DATA)


def test_a_changed_table_is_not_as_described(copied):
    copied.cell("measures", 2, "definition", "something else")
    assert not package.is_as_described("measures", copied.path)
    assert package.is_as_described("sources", copied.path)


def test_a_table_without_a_hash_counts_as_changed(copied):
    descriptor = copied.descriptor()
    for entry in descriptor["resources"]:
        del entry["hash"]
    copied.edit("datapackage.json", lambda _: json.dumps(descriptor).encode())
    assert not package.is_as_described("measures", copied.path)


def test_fingerprint_is_sha256_as_the_descriptor_writes_it():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert package.fingerprint(b"") == f"sha256:{empty}"


def test_an_unknown_table_is_named_with_those_there_are(copied):
    with pytest.raises(DataError) as error:
        package.resource("ratings", copied.path)
    known = ", ".join(package.table_names(copied.path))
    assert str(error.value) == f"there is no table 'ratings'; the tables are {known}"


@pytest.mark.parametrize("gone", ["datapackage.json", "."])
def test_a_missing_descriptor_is_named(copied, gone):
    if gone == ".":
        copied.path = copied.path / "nowhere"
    else:
        (copied.path / gone).unlink()
    with pytest.raises(DataError) as error:
        package.describe(copied.path)
    assert str(error.value) == (
        f"{copied.path / 'datapackage.json'} is missing; the folder of the tables must hold it"
    )


@pytest.mark.parametrize("content", [b"", b'{"resources": [', b"name: tables", b"\xff\xfe\xfa"])
def test_a_descriptor_that_is_no_json_is_named(copied, content):
    copied.edit("datapackage.json", lambda _: content)
    with pytest.raises(DataError, match=r"datapackage\.json cannot be read as JSON: ") as error:
        package.describe(copied.path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"[]", b"{}", b"null", b'{"resources": {}}'])
def test_json_that_lists_no_tables_is_named(copied, content):
    copied.edit("datapackage.json", lambda _: content)
    with pytest.raises(DataError, match=r"datapackage\.json lists no tables; expected a data pack"):
        package.describe(copied.path)


def test_a_changed_descriptor_is_read_again_even_if_its_date_and_size_are_the_same(copied):
    file = copied.path / "datapackage.json"
    stamp = file.stat()
    assert package.is_as_described("measures", copied.path)
    old = package.resource("measures", copied.path)["hash"].encode()
    copied.edit("datapackage.json", lambda content: content.replace(old, old[::-1]))
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert file.stat().st_size == stamp.st_size
    assert not package.is_as_described("measures", copied.path)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(lambda path: None, "no such file or directory"), (Path.mkdir, "is a directory")],
    ids=["missing", "folder"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, spoil, reason):
    path = tmp_path / "measures.csv"
    spoil(path)
    with pytest.raises(DataError) as error:
        package.read_bytes(path)
    assert str(error.value) == f"{path} cannot be read: {reason}"
