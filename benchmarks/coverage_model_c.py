"""How often the intervals of model C cover the truth, on its own design, when there is no effect.

Simulated ratings: the rows, regions and vacancies of model C are kept, ratings are drawn from its
thresholds with no effect of vacancies and, optionally, a normal effect of region on the log-odds
scale. For each draw the clustered interval (G / (G - 1), t with G - 1 degrees of freedom) and the
delete-one-region jackknife are computed. Writes benchmarks/results/coverage_model_c.csv.

Run: python benchmarks/coverage_model_c.py
"""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit

import probstats as ps
from probstats.files import write_csv
from probstats.study.analysis import fit_models, jackknife_error, model_rows

REPLICATES = 1000
REGION_SD = (0.0, 0.5, 1.0)
SEED = 20261121


def draw(rows, thresholds, region_sd, rng):
    regions, place = np.unique(rows["region"], return_inverse=True)
    effect = region_sd * rng.normal(size=len(regions))[place]
    above = rng.uniform(size=len(rows))[:, None] > expit(thresholds[None, :] - effect[:, None])
    return rows.assign(rating=above.sum(axis=1))


def estimate(rows):
    model = ps.CumulativeLinkModel.from_formula("rating ~ vacancies_100_fte", rows)
    return model.fit(cov_type="cluster", cov_kwds={"groups": "region"})


def covers(rows):
    """Return whether the clustered and the jackknife interval include no effect."""
    fit = estimate(rows)
    regions = rows["region"].unique()
    reach = stats.t.ppf(0.975, len(regions) - 1)
    refits = [estimate(rows[rows["region"] != region]).params.iloc[0] for region in regions]
    errors = fit.bse.iloc[0], jackknife_error(fit.params.iloc[0], refits)
    return [abs(fit.params.iloc[0]) <= reach * error for error in errors]


def main():
    wide = ps.load_panel("wide")
    rows = model_rows(wide)
    rows = rows[rows["provider_type"] == "pdu"][["region", "vacancies_100_fte"]]
    thresholds = fit_models(wide)["C"].thresholds.to_numpy()
    results = []
    for region_sd in REGION_SD:
        rng = np.random.default_rng(SEED)
        drawn = (draw(rows, thresholds, region_sd, rng) for _ in range(REPLICATES))
        covered = np.mean([covers(sample) for sample in drawn], axis=0)
        results.append([region_sd, REPLICATES, *covered])
        print(f"region sd {region_sd}: clustered {covered[0]:.3f}, jackknife {covered[1]:.3f}")
    names = ["region_sd", "replicates", "clustered", "jackknife"]
    folder = Path(__file__).parent / "results"
    write_csv(folder / "coverage_model_c.csv", pd.DataFrame(results, columns=names))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
