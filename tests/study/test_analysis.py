import numpy as np
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

import probstats as ps
from probstats.errors import StudyError
from probstats.study import analysis
from probstats.study.choices import MODELS, TERMS


@pytest.fixture(scope="module")
def wide():
    return ps.load_panel("wide")


@pytest.fixture(scope="module")
def fits(wide):
    return analysis.fit_models(wide)


def test_models_are_those_of_the_plan(fits):
    assert list(fits) == ["A", "A1", "A2", "B", "C", "C1"]
    assert [fit.nobs for fit in fits.values()] == [116, 115, 115, 78, 78, 72]
    assert all(fit.converged for fit in fits.values())
    assert fits["C"].n_groups == 12
    for plan in MODELS:
        for term in fits[plan.name].params.index[: fits[plan.name].df_model]:
            assert term in TERMS


def test_no_model_uses_a_level_that_never_occurs(fits):
    for fit in fits.values():
        assert "Outstanding" not in fit.model.outcome.levels
        assert fit.model.outcome.empty == ()


def test_estimates_agree_with_statsmodels(wide, fits):
    rows = analysis.model_rows(wide)
    dummies = np.column_stack([rows["provider"] == "nps", rows["provider"] == "pdu"]).astype(float)
    other = OrderedModel(rows["rating"].cat.codes.to_numpy(), dummies, distr="logit")
    reference = other.fit(method="newton", disp=0)
    np.testing.assert_allclose(fits["A"].params.iloc[:2], reference.params[:2], rtol=1e-6)
    assert fits["A"].llf == pytest.approx(reference.llf, abs=1e-8)


def test_the_one_inspection_left_out_must_be_one(wide):
    rows = analysis.model_rows(wide)
    with pytest.raises(StudyError, match="the one pdu rated Inadequate, and the data have 39"):
        analysis._only_row(rows, "pdu", "Inadequate")


def test_regional_vacancies_are_those_of_the_regions(wide):
    rows = analysis.model_rows(wide)
    pdu = rows[rows["provider_type"] == "pdu"]
    claims = ps.data.load("measure_claims")
    subjects = ps.data.load("subjects").set_index("subject_id")
    september = claims[
        (claims["measure"] == "vacancies_fte") & (claims["as_of_from"] == "2023-09-01")
    ]
    by_region = {
        subjects.loc[row.subject_id, "region"]: row.value / 100 for row in september.itertuples()
    }
    assert len(by_region) == 12
    assert (pdu["vacancies_100_fte"] == pdu["region"].map(by_region)).all()


def test_descriptive_counts_match_the_published_totals(wide):
    shares = analysis.descriptive_results(wide)["shares_by_programme"]
    counts = shares.set_index(["section", "group", "rating"])["n"]
    crc = counts["Community Rehabilitation Companies", "2018-19"]
    nps = counts["National Probation Service divisions", "2018-19"]
    published = ps.data.load("published_totals").set_index("total")
    for total, found in [
        ("first round 2018-19, CRCs", crc),
        ("first round 2018-19, NPS divisions", nps),
        ("first round 2018-19, all services", crc + nps),
    ]:
        row = published.loc[total]
        expected = [row["inadequate"], row["requires_improvement"], row["good"], row["outstanding"]]
        assert found.tolist() == expected, total
