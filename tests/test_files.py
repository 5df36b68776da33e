"""Files are replaced whole or not at all."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from probstats import files
from probstats.errors import ProbstatsError


@pytest.fixture
def old(tmp_path):
    """Return a file that holds something worth keeping."""
    path = tmp_path / "result.csv"
    path.write_bytes(b"old\n")
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_half(path, error):
    """Write the first half of a file and fail."""
    with files.replacing(path) as partial:
        partial.write_bytes(b"half")
        raise error


class TestReplacing:
    def test_the_new_file_takes_the_place_of_the_old(self, old):
        with files.replacing(old) as partial:
            assert partial.parent == old.parent
            partial.write_bytes(b"new\n")
            assert old.read_bytes() == b"old\n"
        assert old.read_bytes() == b"new\n"
        assert names(old.parent) == [old.name]

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, ZeroDivisionError])
    def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(self, old, error):
        with pytest.raises(error):
            write_half(old, error("half"))
        assert old.read_bytes() == b"old\n"
        assert names(old.parent) == [old.name]

    def test_a_writer_that_fails_leaves_no_new_file(self, tmp_path):
        path = tmp_path / "new.csv"
        with pytest.raises(ValueError, match="half"):
            write_half(path, ValueError("half"))
        assert names(tmp_path) == []

    def test_a_full_disk_is_one_sentence(self, old):
        with pytest.raises(ProbstatsError) as error:
            write_half(old, OSError(28, "No space left on device"))
        assert str(error.value) == (
            f"cannot write {old}: no space left on device; choose a folder that can be written to"
        )
        assert isinstance(error.value.__cause__, OSError)
        assert old.read_bytes() == b"old\n"
        assert names(old.parent) == [old.name]

    def test_what_an_interrupted_run_left_behind_is_written_over(self, old):
        with files.replacing(old) as partial:
            left_behind = partial
            partial.write_bytes(b"new\n")
        left_behind.write_bytes(b"half of something")
        files.write_bytes(old, b"newer\n")
        assert old.read_bytes() == b"newer\n"
        assert names(old.parent) == [old.name]

    def test_folders_are_made(self, tmp_path):
        files.write_bytes(tmp_path / "one" / "two" / "result.csv", b"new\n")
        assert (tmp_path / "one" / "two" / "result.csv").read_bytes() == b"new\n"

    @pytest.mark.parametrize("below", ["result.csv", "deeper/result.csv"])
    def test_a_file_where_the_folder_should_be(self, old, below):
        target = old / below
        with pytest.raises(ProbstatsError) as error:
            files.write_bytes(target, b"new\n")
        assert str(error.value).startswith(f"cannot write {target}: ")
        assert str(error.value).endswith("; choose a folder that can be written to")
        assert "\n" not in str(error.value)
        assert old.read_bytes() == b"old\n"
        assert names(old.parent) == [old.name]

    def test_a_folder_where_the_file_should_be(self, tmp_path):
        (tmp_path / "result.csv" / "inside").mkdir(parents=True)
        with pytest.raises(ProbstatsError, match="is a directory"):
            files.write_bytes(tmp_path / "result.csv", b"new\n")
        assert names(tmp_path) == ["result.csv"]

    def test_a_file_is_replaced_and_not_written_into(self, old):
        """Whoever has the old file open goes on reading the old one."""
        with old.open("rb") as reader:
            files.write_bytes(old, b"new and longer\n")
            assert reader.read() == b"old\n"


class TestForms:
    def test_text_is_utf_8_with_lf(self, tmp_path):
        files.write_text(tmp_path / "a.txt", "Ynys Môn\nto −1\n")
        assert (tmp_path / "a.txt").read_bytes() == "Ynys Môn\nto −1\n".encode()

    def test_json_is_indented_readable_and_ends_with_a_line_end(self, tmp_path):
        value = {"region": "Ynys Môn", "n": [1, 2]}
        files.write_json(tmp_path / "a.json", value)
        text = (tmp_path / "a.json").read_text(encoding="utf-8")
        assert text == '{\n  "region": "Ynys Môn",\n  "n": [\n    1,\n    2\n  ]\n}\n'
        assert json.loads(text) == value

    def test_what_is_no_json_leaves_the_old_file(self, old):
        with pytest.raises(TypeError):
            files.write_json(old, {"frame": object()})
        assert old.read_bytes() == b"old\n"


class TestCsv:
    def write(self, folder, **columns):
        files.write_csv(folder / "a.csv", pd.DataFrame(columns))
        return (folder / "a.csv").read_bytes().decode("utf-8")

    def test_numbers_have_ten_significant_digits(self, tmp_path):
        values = [1 / 3, 2e5 / 3, 1e-7 / 3, -2 / 3, 1e12 / 7, 0.1 + 0.2]
        lines = self.write(tmp_path, x=values).split("\n")
        assert lines == [
            "x", "0.3333333333", "66666.66667", "3.333333333e-08", "-0.6666666667",
            "1.428571429e+11", "0.3", "",
        ]  # fmt: skip

    def test_the_last_digits_in_which_processors_differ_do_not_show(self, tmp_path):
        one = 0.514159265358979
        assert self.write(tmp_path, x=[one]) == self.write(tmp_path, x=[np.nextafter(one, 1)])

    def test_every_number_comes_back_within_ten_digits(self, tmp_path):
        values = np.random.default_rng(20261121).normal(size=300) * 10.0 ** np.arange(-150, 150)
        back = [float(line) for line in self.write(tmp_path, x=values).split()[1:]]
        np.testing.assert_allclose(back, values, rtol=5.1e-10)

    def test_whole_numbers_text_and_missing_cells_stay_as_they_are(self, tmp_path):
        text = self.write(
            tmp_path,
            n=[12345678901234, 2],
            word=["Kent, Surrey", None],
            share=[np.nan, 1.0],
            known=pd.array([None, True], dtype="boolean"),
            date=pd.to_datetime(["2022-03-31", None]),
        )
        assert text == (
            'n,word,share,known,date\n12345678901234,"Kent, Surrey",,,2022-03-31\n2,,1,True,\n'
        )

    def test_lines_end_in_lf_and_the_index_is_not_written(self, tmp_path):
        frame = pd.DataFrame({"x": [1]}, index=["row"])
        files.write_csv(tmp_path / "a.csv", frame)
        assert (tmp_path / "a.csv").read_bytes() == b"x\n1\n"

    def test_a_path_that_cannot_be_written(self, old):
        with pytest.raises(ProbstatsError, match="cannot write"):
            files.write_csv(old / "a.csv", pd.DataFrame({"x": [1]}))


def test_reading_and_writing_agree_on_the_tables(tmp_path):
    """The descriptor is written by the package, so it must already stand in its form."""
    path = Path(__file__).parents[1] / "data" / "datapackage.json"
    files.write_json(tmp_path / "datapackage.json", json.loads(path.read_bytes()))
    assert (tmp_path / "datapackage.json").read_bytes() == path.read_bytes()
