"""The same results in one process, in two and on a cluster; nothing finished is lost."""

from __future__ import annotations

import os
import signal

import joblib
import numpy as np
import pandas as pd
import pytest

from probstats.errors import JobError, ModelError
from probstats.jobs.checkpoint import CALL
from probstats.jobs.pieces import chunks, generator, run, spawn

SEED = 11


def draw(rng, size):
    return pd.DataFrame({"value": rng.normal(size=size), "word": ["a", ""] * (size // 2)})


def die(rng, size):
    os.kill(os.getpid(), signal.SIGKILL)


def miss(rng, size):
    raise FileNotFoundError("no file of that name")


def pieces(number=6, size=4):
    return [(rng, size) for rng in spawn(SEED, number)]


def drawn(work=draw, **options):
    return pd.concat(run(work, pieces(), label="drawing", **options), ignore_index=True)


@pytest.fixture(scope="module")
def alone():
    return drawn()


def test_two_processes_and_threads_give_the_same_numbers(alone):
    pd.testing.assert_frame_equal(drawn(n_jobs=2), alone, check_exact=True)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        pd.testing.assert_frame_equal(drawn(), alone, check_exact=True)


@pytest.mark.parametrize("n_jobs", [0, 1.5, "two", True])
def test_no_number_of_processors(n_jobs):
    with pytest.raises(JobError, match="is no number of processors; 1, 2, or -1 for all"):
        drawn(n_jobs=n_jobs)


def test_a_worker_that_dies_is_said_in_one_sentence(tmp_path):
    with pytest.raises(JobError, match=r"died after 0 of 6 pieces.*fewer n_jobs=.*checkpoint="):
        drawn(die, n_jobs=2)
    with pytest.raises(JobError, match="the same call goes on from what is kept in"):
        drawn(die, n_jobs=2, checkpoint=tmp_path, call={"seed": SEED})


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_what_the_system_refuses_is_no_dead_worker(n_jobs):
    with pytest.raises(JobError, match=r"piece 1 of 6 failed: no file of that name; give checkpo"):
        drawn(miss, n_jobs=n_jobs)


class TestCheckpoint:
    def test_an_interrupted_run_is_taken_up_with_the_same_numbers(self, tmp_path, alone):
        call = {"seed": SEED}
        started = run(draw, pieces(), label="drawing", checkpoint=tmp_path / "run", call=call)
        for _ in range(3):
            next(started)
        started.close()
        done = []

        def work(rng, size):
            done.append(size)
            return draw(rng, size)

        again = drawn(work, checkpoint=tmp_path / "run", call=call)
        assert len(done) == 3
        pd.testing.assert_frame_equal(again, alone, check_exact=True)

    def test_another_call_is_refused_by_name(self, tmp_path):
        drawn(checkpoint=tmp_path, call={"seed": SEED, "data": pd.DataFrame({"x": [1.0]})})
        with pytest.raises(JobError, match="unfinished run with other data;"):
            drawn(checkpoint=tmp_path, call={"seed": SEED, "data": pd.DataFrame({"x": [2.0]})})

    def test_a_folder_of_something_else_is_left_alone(self, tmp_path):
        (tmp_path / "thesis.docx").write_text("years of work")
        with pytest.raises(JobError, match=r"is not empty and has no call\.json"):
            drawn(checkpoint=tmp_path, call={"seed": SEED})

    @pytest.mark.parametrize(("folder", "found"), [(5, "is no folder"), (__file__, "is a file")])
    def test_no_folder(self, folder, found):
        with pytest.raises(JobError, match=found):
            drawn(checkpoint=folder, call={"seed": SEED})

    def test_missing_text_is_not_cut_to_fit(self, tmp_path):
        frame = pd.DataFrame({"word": ["x", None]})
        with pytest.raises(JobError, match="column 'word' misses text"):
            list(run(lambda: frame, [()], label="", checkpoint=tmp_path, call={}))

    @pytest.mark.parametrize(("name", "found"), [(CALL, "is damaged"), ("000001.npz", "cannot be")])
    def test_damaged_files_are_named(self, tmp_path, name, found):
        drawn(checkpoint=tmp_path, call={"seed": SEED})
        (tmp_path / name).write_bytes(b"PK\x03\x04nothing")
        with pytest.raises(JobError, match=found):
            drawn(checkpoint=tmp_path, call={"seed": SEED})


def test_generators_do_not_depend_on_each_other():
    first, second = spawn(np.random.default_rng(1), 2)
    assert first.random() != second.random()
    assert [rng.random() for rng in spawn(1, 3)] == [rng.random() for rng in spawn(1, 3)]


@pytest.mark.parametrize("rng", ["a", -1, 1.5])
def test_no_source_of_randomness(rng):
    with pytest.raises(ModelError, match=r"rng=.* is no source of randomness; give a numpy"):
        generator(rng)


def test_a_generator_stays_what_it_is():
    rng = np.random.default_rng(1)
    assert generator(rng) is rng


@pytest.mark.parametrize(("total", "sizes"), [(0, []), (10, [10]), (21, [10, 10, 1])])
def test_chunks(total, sizes):
    assert chunks(total, 10) == sizes
