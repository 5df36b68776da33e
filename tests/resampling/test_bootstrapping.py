"""The bootstrap as users call it: what it draws, who does the work, and what it says."""

from __future__ import annotations

import pickle
import tracemalloc
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

import probstats as ps
from probstats.errors import (
    ClusterWarning,
    FewGroupsWarning,
    JobError,
    ModelError,
    ProbstatsWarning,
    ResampleWarning,
)

REFERENCE = Path(__file__).parents[1] / "reference"
METHODS = ("case", "cluster", "score-wild", "parametric")


@pytest.fixture(scope="module")
def wine():
    """72 ratings of the bitterness of wine (Randall 1989)."""
    frame = pd.read_csv(REFERENCE / "wine.csv")
    return frame.astype({"temp": "category", "contact": "category"})


@pytest.fixture(scope="module")
def fit(wine):
    return ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()


@pytest.fixture(scope="module")
def large():
    """200 simulated rows in 20 clusters."""
    rng = np.random.default_rng(3)
    x, z = rng.normal(size=(2, 200))
    return pd.DataFrame(
        {
            "y": np.searchsorted([-1.0, 0.5, 1.5], 0.6 * x + rng.logistic(size=200)),
            "x": x,
            "z": z,
            "c": np.repeat(np.arange(20), 10),
        }
    )


@pytest.fixture(scope="module")
def large_fit(large):
    return ps.CumulativeLinkModel.from_formula("y ~ x + z", large).fit()


def made(fit, method, **options):
    groups = {"groups": np.repeat(np.arange(20), 10)} if method == "cluster" else {}
    return ps.bootstrap(fit, 300, method, **groups, **{"rng": 1, "chunk_size": 100} | options)


class TestWhoDoesTheWork:
    @pytest.mark.parametrize("method", METHODS)
    def test_two_processes_and_threads_give_the_same_numbers(self, large_fit, method):
        alone = made(large_fit, method)
        pd.testing.assert_frame_equal(made(large_fit, method, n_jobs=2).replicates,
                                      alone.replicates, check_exact=True)  # fmt: skip
        with joblib.parallel_config(backend="threading", n_jobs=2):
            threads = made(large_fit, method)
        for name in ("replicates", "replicate_errors"):
            one, other = getattr(threads, name), getattr(alone, name)
            pd.testing.assert_frame_equal(one, other, check_exact=True)

    def test_a_dask_cluster_gives_the_same_numbers(self, large_fit):
        distributed = pytest.importorskip("distributed")
        alone = {method: made(large_fit, method) for method in METHODS}
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
            ) as cluster,
            distributed.Client(cluster),
            joblib.parallel_config(backend="dask"),
        ):
            shared = {method: made(large_fit, method) for method in METHODS}
        for method in METHODS:
            for name in ("replicates", "replicate_errors"):
                one, other = getattr(shared[method], name), getattr(alone[method], name)
                pd.testing.assert_frame_equal(one, other, check_exact=True)

    def test_the_seed_and_the_pieces_are_all_that_matters(self, fit):
        first = ps.bootstrap(fit, 60, rng=np.random.default_rng(1)).replicates
        again = ps.bootstrap(fit, 60, rng=np.random.default_rng(1)).replicates
        other = ps.bootstrap(fit, 60, rng=2).replicates
        pieces = ps.bootstrap(fit, 60, rng=np.random.default_rng(1), chunk_size=30).replicates
        pd.testing.assert_frame_equal(first, again, check_exact=True)
        assert not np.allclose(first.iloc[:50], other.iloc[:50])
        assert not np.allclose(first.iloc[30:50], pieces.iloc[30:50])

    def test_a_run_is_taken_up(self, fit, tmp_path, monkeypatch):
        options = {"n_resamples": 90, "rng": 1, "chunk_size": 30, "checkpoint": tmp_path / "run"}
        whole = ps.bootstrap(fit, **options)
        (tmp_path / "run" / "000001.npz").unlink()
        pd.testing.assert_frame_equal(ps.bootstrap(fit, **options).replicates, whole.replicates)
        with pytest.raises(JobError, match="unfinished run with other rng"):
            ps.bootstrap(fit, **options | {"rng": 2})
        with pytest.raises(JobError, match="unfinished run with other fit"):
            ps.bootstrap(fit, **options | {"method": "parametric"})
        with pytest.raises(ModelError, match="needs a seed in rng="):
            ps.bootstrap(fit, **options | {"rng": None})

    def test_memory_does_not_grow_with_the_replicates(self, large_fit):
        def peak(number):
            tracemalloc.start()
            found = ps.bootstrap(large_fit, number, rng=1, chunk_size=100)
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            kept = found.replicates.to_numpy().nbytes + found.replicate_errors.to_numpy().nbytes
            return used - kept

        peak(100)
        few, many = peak(500), peak(4_000)
        assert many < few + 1_000_000  # the 3,500 more are 4.5 million weights, of 8 bytes each

    def test_results_pickle(self, fit):
        found = ps.bootstrap(fit, 200, rng=1)
        again = pickle.loads(pickle.dumps(found))
        pd.testing.assert_frame_equal(again.conf_int("bca"), found.conf_int("bca"))


class TestDraws:
    def test_case_moments_are_those_of_the_multinomial(self, large_fit):
        from probstats.resampling.bootstrapping import _source

        draws = _source(large_fit, "case", None, "drop").draws
        counts = draws.counts(np.random.default_rng(1), 20_000)
        assert (counts.sum(axis=1) == 200).all()
        np.testing.assert_allclose(counts.mean(axis=0), 1.0, atol=0.05)
        np.testing.assert_allclose(counts.var(axis=0), 1.0 - 1.0 / 200, atol=0.06)

    @pytest.mark.parametrize("most", [0, 1_000_000])
    def test_copies_are_drawn_by_their_number(self, large, most, monkeypatch):
        from probstats.resampling import boot_draws
        from probstats.resampling.bootstrapping import _source

        monkeypatch.setattr(boot_draws, "SPARSE_DRAWS", most)
        weights = np.random.default_rng(1).integers(1, 6, 200)
        fit = ps.CumulativeLinkModel(large["y"], large[["x"]], weights=weights).fit()
        draws = _source(fit, "case", None, "drop").draws
        counts = draws.counts(np.random.default_rng(1), 5_000)
        assert (counts.sum(axis=1) == weights.sum()).all()
        np.testing.assert_allclose(counts.mean(axis=0), draws.copies, atol=0.2)

    def test_whole_weights_are_copies(self, wine, fit):
        table = wine.groupby(["rating", "temp", "contact"], observed=True).size().reset_index()
        table = table.rename(columns={0: "n"})
        short = ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", table, weights="n")
        one = ps.bootstrap(short.fit(), 2_000, rng=1).bse
        other = ps.bootstrap(fit, 2_000, rng=1).bse
        np.testing.assert_allclose(one, other, rtol=0.08)

    def test_parametric_outcomes_have_the_probabilities_of_the_fit(self, fit):
        from probstats.resampling.bootstrapping import _source

        draws = _source(fit, "parametric", None, "drop").draws
        assert len(draws.rows) == 4 * 5  # four combinations of covariates
        counts = draws.counts(np.random.default_rng(1), 20_000).reshape(-1, 4, 5)
        assert (counts.sum(axis=2) == 18).all()
        np.testing.assert_allclose(counts.mean(axis=0) / 18, draws.chances, atol=0.005)

    def test_whole_clusters_are_drawn(self, large, large_fit):
        from probstats.resampling.bootstrapping import _source

        draws = _source(large_fit, "cluster", large["c"], "drop").draws
        counts = draws.counts(np.random.default_rng(1), 5)
        weights = draws.weights(counts)
        np.testing.assert_array_equal(weights, np.repeat(counts, 10, axis=1))

    def test_fractions_stay_with_their_rows(self, large):
        from probstats.resampling.bootstrapping import _source

        large = large.assign(f=np.random.default_rng(1).uniform(0.5, 2.0, 200))
        fit = ps.CumulativeLinkModel.from_formula("y ~ x", large, weights="f").fit()
        for method, size in (("case", 200), ("parametric", 800)):
            draws = _source(fit, method, None, "drop").draws
            counts = draws.counts(np.random.default_rng(1), 4)
            assert counts.shape == (4, size)
            weights = draws.weights(counts)
            each = np.repeat(large["f"].to_numpy(), size // 200)
            np.testing.assert_allclose(weights, counts * each)


class TestErrors:
    @pytest.mark.parametrize("method", METHODS)
    def test_standard_errors_are_near_those_of_the_fit(self, large_fit, method):
        groups = {"groups": np.arange(200)} if method == "cluster" else {}
        found = ps.bootstrap(large_fit, 2_000, method, rng=1, **groups)
        np.testing.assert_allclose(found.bse, large_fit.bse, rtol=0.15)
        assert np.abs(found.bias).max() < 0.15 * large_fit.bse.max()

    def test_clusters_of_one_row_are_rows(self, large_fit):
        rows = ps.bootstrap(large_fit, 200, "case", rng=1)
        clusters = ps.bootstrap(large_fit, 200, "cluster", groups=np.arange(200), rng=1)
        pd.testing.assert_frame_equal(rows.replicates, clusters.replicates)

    def test_score_wild_has_the_sandwich_for_its_variance(self, large, large_fit):
        clustered = large_fit.model.fit(cov_type="CR0", cov_kwds={"groups": large["c"]})
        found = ps.bootstrap(clustered, 40_000, "score-wild", rng=1, chunk_size=5_000)
        np.testing.assert_allclose(found.bse, clustered.bse, rtol=0.02)
        np.testing.assert_allclose(found._source.own_errors(), clustered.bse, rtol=1e-8)

    def test_webb_weights_have_mean_zero_and_variance_one(self, large_fit):
        few = np.repeat(np.arange(8), 25)
        found = ps.bootstrap(large_fit, 40_000, "score-wild", groups=few, rng=1, chunk_size=5_000)
        fit = large_fit.model.fit(cov_type="CR0", cov_kwds={"groups": few})
        np.testing.assert_allclose(found.bse, fit.bse, rtol=0.02)
        values = found.replicates["x"].round(8)
        assert values.nunique() > 2**8

    def test_rademacher_weights_have_few_values(self, large_fit):
        pairs = np.repeat(np.arange(20), 10)
        found = ps.bootstrap(large_fit, 50, "score-wild", groups=pairs, rng=1)._source
        drawn, squares = found._signs(np.random.default_rng(1), 100)
        assert set(np.unique(drawn)) == {-1.0, 1.0}
        assert (squares == 1.0).all()


@pytest.fixture(scope="module")
def sparse():
    """40 simulated rows, four of them with a rare property and two with the highest level."""
    rng = np.random.default_rng(2)
    rare = np.isin(np.arange(40), [3, 14, 25, 36]).astype(int)
    y = np.digitize(rng.logistic(size=40), [-0.8, 0.8])
    y[[0, 1]] = 3
    y[[3, 14, 25, 36]] = [0, 2, 1, 1]
    frame = pd.DataFrame({"y": y, "x": rng.normal(size=40), "rare": rare})
    return ps.CumulativeLinkModel.from_formula("y ~ x + rare", frame).fit()


class TestLost:
    def test_they_are_counted_kept_out_and_warned_of(self, sparse):
        with pytest.warns(ResampleWarning, match="of 400 resamples have no estimates"):
            found = ps.bootstrap(sparse, 400, rng=1)
        assert set(found.failures.index) == {
            "a level was lost", "covariates could not be told apart",
            "the rows separated the levels",
        }  # fmt: skip
        assert len(found.replicates) == 400 - found.failures.sum()
        assert found.replicates.notna().all(axis=None)
        assert found.replicates.index.is_monotonic_increasing
        assert f"{found.failures.sum()} of 400 resamples have no estimates" in found.summary()
        assert f"{found.failures.sum()} without estimates" in repr(found)

    def test_or_bias_reduced_as_asked(self, sparse):
        with pytest.warns(ResampleWarning):
            dropped = ps.bootstrap(sparse, 400, rng=1)
        with pytest.warns(ResampleWarning):
            reduced = ps.bootstrap(sparse, 400, rng=1, separated="reduce")
        separated = dropped.failures["the rows separated the levels"]
        assert reduced.n_reduced == separated
        assert "the rows separated the levels" not in reduced.failures
        assert len(reduced.replicates) == len(dropped.replicates) + separated
        assert f"{separated} resamples separated the levels and are bias-reduced." in reduced.notes
        both = reduced.replicates.loc[dropped.replicates.index]
        pd.testing.assert_frame_equal(both, dropped.replicates)

    def test_where_none_is_left(self, large):
        y = np.arange(200) % 90  # ninety levels, each in two or three rows
        fit = ps.CumulativeLinkModel(y, large[["x"]]).fit()
        sentence = r"no resample has estimates \(a level was lost in 20\)"
        with pytest.raises(ModelError, match=sentence):
            ps.bootstrap(fit, 20, rng=1)


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"method": "wild"}, "method='wild' is not known; choose one of case, cluster"),
            ({"separated": "keep"}, "separated='keep' is not known"),
            ({"n_resamples": 0}, "n_resamples=0 must be a whole number"),
            ({"n_resamples": 10.5}, "n_resamples=10.5 must be a whole number"),
            ({"chunk_size": True}, "chunk_size=True must be a whole number"),
            ({"method": "cluster"}, "draws whole clusters; say which in groups="),
            ({"method": "cluster", "groups": np.zeros(72)}, "one cluster only"),
            ({"method": "cluster", "groups": np.zeros(9)}, "the fit used 72 rows"),
            ({"groups": "judge"}, "has no use for groups="),
            ({"method": "parametric", "groups": "judge"}, "has no use for groups="),
        ],
    )
    def test_what_cannot_be_used(self, fit, options, sentence):
        with pytest.raises(ModelError, match=sentence):
            ps.bootstrap(fit, **options)

    def test_other_models(self, wine):
        model = ps.CumulativeLinkModel.from_formula("rating ~ temp", wine)
        with pytest.raises(ModelError, match="and this is a CumulativeLinkModel"):
            ps.bootstrap(model)
        other = OrderedModel(wine["rating"], wine.index.to_numpy()[:, None] / 72.0, distr="logit")
        with pytest.raises(ModelError, match="and this is a fit of OrderedModel"):
            ps.bootstrap(other.fit(method="bfgs", disp=False))

    def test_unknown_arguments(self, fit):
        with pytest.raises(TypeError, match="seed"):
            ps.bootstrap(fit, seed=1)

    def test_groups_as_column_series_or_array(self, wine):
        wine = wine.assign(pair=np.arange(72) // 3)
        model = ps.CumulativeLinkModel.from_formula("rating ~ temp", wine)
        model.formula_data = wine  # as a formula that names the column has it
        fit = model.fit()
        first = ps.bootstrap(fit, 50, "cluster", groups="pair", rng=1).replicates
        for groups in (wine["pair"], wine["pair"].to_numpy(), wine["pair"].iloc[::-1]):
            found = ps.bootstrap(fit, 50, "cluster", groups=groups, rng=1)
            pd.testing.assert_frame_equal(found.replicates, first)

    def test_clusters_of_the_fit(self, large_fit, large):
        clustered = large_fit.model.fit(cov_type="CR1", cov_kwds={"groups": large["c"]})
        found = ps.bootstrap(clustered, 50, "cluster", rng=1)
        other = ps.bootstrap(large_fit, 50, "cluster", groups=large["c"], rng=1)
        pd.testing.assert_frame_equal(found.replicates, other.replicates)
        with pytest.warns(ClusterWarning, match="takes rows as independent"):
            ps.bootstrap(clustered, 50, rng=1)
        ways = pd.DataFrame({"c": large["c"], "d": large.index % 7})
        two = large_fit.model.fit(cov_type="CR1", cov_kwds={"groups": ways})
        with pytest.raises(ModelError, match="two ways of clustering"):
            ps.bootstrap(two, 50, "cluster", rng=1)

    def test_few_clusters(self, wine, fit):
        with pytest.warns(FewGroupsWarning, match="there are 9 clusters only"):
            ps.bootstrap(fit, 40, "cluster", groups=wine["judge"], rng=1)
        ps.bootstrap(fit, 40, "score-wild", groups=wine["judge"], rng=1)

    def test_fits_without_estimates(self, wine):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ProbstatsWarning)
            model = ps.CumulativeLinkModel.from_formula("rating ~ contact", wine, nominal="~ temp")
            fit = model.fit()
        with pytest.raises(ModelError, match=r"no finite estimate for .*reduction='mean' first"):
            ps.bootstrap(fit)

    def test_intervals_of_levels(self, wine):
        wine = wine.assign(low=wine["rating"], high=np.minimum(wine["rating"] + wine.index % 2, 5))
        fit = ps.CumulativeLinkModel.from_formula("interval(low, high) ~ temp", wine).fit()
        assert len(ps.bootstrap(fit, 50, rng=1).replicates) > 40
        with pytest.raises(ModelError, match="how an outcome known as an interval"):
            ps.bootstrap(fit, 50, "parametric")
        with pytest.raises(ModelError, match="how an outcome known as an interval"):
            ps.bootstrap(fit, 50, separated="reduce")

    @pytest.mark.parametrize("options", [{"reduction": "mean"}, {"penalty": 1.0}])
    def test_other_estimators(self, fit, options):
        other = fit.model.fit(**options)
        found = ps.bootstrap(other, 50, rng=1)
        assert len(found.replicates) > 40
        with pytest.raises(ModelError, match="score-wild"):
            ps.bootstrap(other, 50, "score-wild")
        with pytest.raises(ModelError, match="is for maximum-likelihood fits"):
            ps.bootstrap(other, 50, separated="reduce")


@pytest.fixture(scope="module")
def mixed(wine):
    model = ps.CumulativeLinkMixedModel.from_formula("rating ~ temp + contact", wine, "judge")
    return model.fit()


class TestRandomEffects:
    @pytest.mark.parametrize("method", ["cluster", "parametric"])
    def test_replicates(self, mixed, method):
        found = ps.bootstrap(mixed, 24, method, rng=1, chunk_size=12)
        assert list(found.replicates.columns) == list(mixed.params.index)
        assert found.replicates["sd(judge)"].min() >= 0.0
        again = ps.bootstrap(mixed, 24, method, rng=1, chunk_size=12, n_jobs=2)
        pd.testing.assert_frame_equal(again.replicates, found.replicates)
        spread = found.bse["temp[warm]"] / mixed.bse["temp[warm]"]
        assert 0.4 < spread < 2.5

    def test_each_copy_of_a_group_is_a_group(self, mixed, wine):
        source = ps.bootstrap(mixed, 1, "cluster", rng=1)._source
        model = source._drawn(np.random.default_rng(3))
        drawn = np.random.default_rng(3).integers(9, size=9)
        rows = pd.concat(
            [wine[wine["judge"] == judge].assign(copy=copy)
             for copy, judge in enumerate(np.sort(wine["judge"].unique())[drawn])],
            ignore_index=True,
        )  # fmt: skip
        expected = ps.CumulativeLinkMixedModel.from_formula("rating ~ temp + contact", rows, "copy")
        np.testing.assert_allclose(model.fit().params, expected.fit().params, atol=1e-6)

    def test_intervals(self, mixed):
        found = ps.bootstrap(mixed, 60, "parametric", rng=1, chunk_size=30)
        for kind in ("percentile", "bca"):
            ends = found.conf_int(kind, alpha=0.2).loc["temp[warm]"]
            assert ends[0] < mixed.params["temp[warm]"] < ends[1]

    def test_what_does_not_go_with_them(self, mixed, wine):
        for method in ("case", "score-wild"):
            with pytest.raises(ModelError, match="has method='cluster' and 'parametric'"):
                ps.bootstrap(mixed, 10, method)
        with pytest.raises(ModelError, match="leave groups= out"):
            ps.bootstrap(mixed, 10, "cluster", groups="judge")
        with pytest.raises(ModelError, match="has no bias reduction"):
            ps.bootstrap(mixed, 10, "cluster", separated="reduce")
        crossed = ps.CumulativeLinkMixedModel.from_formula(
            "rating ~ temp", wine, "judge", vc_formula={"bottle": "bottle"}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ProbstatsWarning)
            both = crossed.fit()
        with pytest.raises(ModelError, match="several grouping factors"):
            ps.bootstrap(both, 10, "cluster")


def test_what_it_prints(fit):
    found = ps.bootstrap(fit, 200, rng=1)
    assert repr(found).startswith("<Bootstrap: rows drawn with replacement, ")
    lines = found.summary().splitlines()
    assert lines[0].startswith("Bootstrap: rows drawn with replacement")
    assert lines[0].endswith("95% percentile intervals")
    assert "conf_low" in lines[1]
    assert "summary" in dir(found)
    assert "_source" not in dir(found)
