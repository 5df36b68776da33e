"""The whole study, made again from nothing, is what is committed."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCTS = ("figures", "paper", "notebooks", "data/built", "docs/gallery")

pytestmark = pytest.mark.rebuild


def git(*arguments):
    result = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return result.stdout


@pytest.fixture(scope="module")
def committed():
    """Return the hash of every committed product by its path."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is nothing committed to compare with")
    lines = git("ls-tree", "-r", "HEAD", "--", *PRODUCTS).splitlines()
    return {line.split("\t")[1]: line.split()[2] for line in lines}


def blob(path):
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


MADE = (
    "figures/", "data/built/", "paper/results/", "paper/tables/", "paper/numbers.json",
    "docs/gallery/index.html", "docs/gallery/figures/",
)  # fmt: skip
MADE_PAPER = {f"paper/paper.{suffix}" for suffix in ("pdf", "docx", "html")}


def copy_sources(folder):
    """Copy what is tracked, without anything the study makes."""
    for name in git("ls-files").splitlines():
        if not name.startswith(MADE) and name not in MADE_PAPER and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def reproduce(folder, **options):
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-W", "error", "-m", "probstats", "reproduce"]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, **options,
    )  # fmt: skip


def products(folder):
    files = [p for name in PRODUCTS for p in (folder / name).rglob("*") if p.is_file()]
    return {path.relative_to(folder).as_posix(): blob(path) for path in files}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory, committed):
    folder = copy_sources(tmp_path_factory.mktemp("rebuilt"))
    started = time.perf_counter()
    process = reproduce(folder)
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    return folder, time.perf_counter() - started


def test_made_again_from_nothing_is_what_is_committed(rebuilt, committed):
    made = products(rebuilt[0])
    differ = sorted(name for name in made.keys() & committed if made[name] != committed[name])
    assert differ == [], "made again, these differ from what is committed"
    assert sorted(made.keys() - committed.keys()) == [], "made, but not tracked"
    assert sorted(committed.keys() - made.keys()) == [], "tracked, but not made"


def test_nothing_untracked_lies_beside_the_products(committed):
    status = git("status", "--porcelain", "--untracked-files=all", "--", *PRODUCTS)
    assert [line for line in status.splitlines() if line.startswith("??")] == []


def test_from_nothing_in_time(rebuilt):
    assert rebuilt[1] < 90


def test_a_second_run_finds_all_up_to_date(rebuilt):
    started = time.perf_counter()
    output, _ = reproduce(rebuilt[0]).communicate(timeout=60)
    assert time.perf_counter() - started < 5
    assert all(line.endswith("up to date") for line in output.splitlines())


@pytest.mark.parametrize("after", ["panel", "models", "figures"])
def test_a_killed_run_leaves_nothing_torn_and_goes_on(tmp_path, committed, after):
    folder = copy_sources(tmp_path)
    process = reproduce(folder)
    for line in process.stdout:
        if line.startswith(after):
            break
    time.sleep(0.15)  # into the next step
    process.kill()
    process.communicate()
    whole = {name: sha for name, sha in products(folder).items() if ".partial" not in name}
    assert [name for name, sha in whole.items() if committed.get(name) != sha] == []
    process = reproduce(folder)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    assert f"{after:<9} up to date" in output
    assert products(folder) == committed


def test_the_wheel_carries_the_data(tmp_path):
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    flags = ["--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "wheel", *flags, "-w", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("probation_stats-*.whl")
    home = tmp_path / "site"
    subprocess.run(
        [*pip, "install", "--no-deps", "--target", home, wheel], check=True, capture_output=True
    )
    code = "import probstats as ps; print(ps.__file__, *ps.load_panel().shape, ps.data.check())"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(home)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(home) in result.stdout
    assert result.stdout.strip().endswith("1219 80 []")
    assert (home / "probstats" / "py.typed").is_file()
