import pytest

from probstats.errors import StudyError
from probstats.files import write_text
from probstats.study.runner import RECORD, Step, run_steps


class Workshop:
    """Two steps in a folder: copy the input, then double the copy; each counts its runs."""

    def __init__(self, root):
        self.root = root
        self.ran = []
        self.fail = False
        self.copies = ["copy.txt"]
        (root / "input.txt").write_text("a")
        (root / "requirements.lock").write_text("library==1")

    def copy(self, root):
        self.ran.append("copy")
        for name in self.copies:
            write_text(root / name, (root / "input.txt").read_text())
        return [root / name for name in self.copies]

    def double(self, root):
        self.ran.append("double")
        if self.fail:
            raise StudyError("cannot double")
        write_text(root / "double.txt", 2 * (root / "copy.txt").read_text())
        return [root / "double.txt"]

    def run(self, **options):
        self.ran, lines = [], []
        steps = (
            Step("copy", "copy it", ("input.txt",), ("errors.py",), self.copy),
            Step("double", "double it", ("copy.txt",), ("errors.py",), self.double),
        )
        try:
            run_steps(steps, self.root, tell=lines.append, **options)
        finally:
            self.lines = lines
        return self.ran


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path)


def test_runs_in_order_and_then_not_again(workshop):
    assert workshop.run() == ["copy", "double"]
    assert (workshop.root / "double.txt").read_text() == "aa"
    assert workshop.run() == []
    assert all(line.endswith("up to date") for line in workshop.lines)


def test_a_changed_input_runs_what_depends_on_it(workshop):
    workshop.run()
    (workshop.root / "input.txt").write_text("b")
    assert workshop.run() == ["copy", "double"]
    assert (workshop.root / "double.txt").read_text() == "bb"


def test_an_equal_result_stops_the_cascade(workshop):
    workshop.run()
    (workshop.root / "requirements.lock").write_text("library==2")
    assert workshop.run() == ["copy", "double"]


@pytest.mark.parametrize("damage", ["edit", "remove"])
def test_a_damaged_output_is_made_again(workshop, damage):
    workshop.run()
    output = workshop.root / "double.txt"
    output.write_text("torn") if damage == "edit" else output.unlink()
    assert workshop.run() == ["double"]
    assert output.read_text() == "aa"


def test_a_run_that_stops_goes_on_where_it_stopped(workshop):
    workshop.fail = True
    with pytest.raises(StudyError, match="cannot double"):
        workshop.run()
    assert not (workshop.root / "double.txt").exists()
    workshop.fail = False
    assert workshop.run() == ["double"]


def test_force_runs_all(workshop):
    workshop.run()
    assert workshop.run(force=True) == ["copy", "double"]


def test_what_is_no_longer_written_is_removed(workshop):
    workshop.copies = ["copy.txt", "old.txt"]
    workshop.run()
    workshop.copies = ["copy.txt"]
    workshop.run(force=True)
    assert not (workshop.root / "old.txt").exists()


def test_a_broken_record_means_a_new_start(workshop):
    workshop.run()
    (workshop.root / RECORD).write_text("{")
    assert workshop.run() == ["copy", "double"]


def test_code_that_does_not_exist_is_an_error(tmp_path):
    step = Step("one", "one", (), ("nonsense.py",), lambda root: [])
    with pytest.raises(StudyError, match=r"nonsense\.py"):
        run_steps([step], tmp_path, tell=lambda line: None)
