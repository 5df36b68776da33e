"""Resolving, merging and loading, beside the plain pandas a user would write; one run, ratios.

    python benchmarks/data.py [--out benchmarks/timings/data.csv]

The claims are simulated: random figures of shipped subjects, measures and sources.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd

import probstats as ps
from probstats.data.merging.targets import LEVELS, NATION, SHAREABLE
from probstats.files import write_csv

SEED = 20261126
N_RESOLVED, N_INSPECTIONS, N_MERGED = 1_000_000, 100_000, 2_000_000
RATES = ["vacancy_rate_po_percent", "vacancy_rate_percent", "po_leaving_rate_percent"]
TOLERANCE = pd.Timedelta("365D")
CELL = ["subject_id", "inspection_id", "population", "measure", "as_of_from", "as_of_to"]


def simulate_claims(n_claims):
    """Return simulated claims on rates of subjects, regions and the nation."""
    rng = np.random.default_rng([SEED, n_claims])
    subjects = ps.data.load("subjects")
    subjects = subjects[subjects["valid_from"] >= "2021-01-01"]["subject_id"].tolist()
    pool = np.array([*subjects, NATION])
    dates = pd.Timestamp("2021-07-01") + pd.to_timedelta(rng.integers(0, 1_800, n_claims), "D")
    sources = ps.data.load("sources")["source_id"].to_numpy()
    value = rng.uniform(0.0, 60.0, n_claims).round(1)
    return pd.DataFrame(
        {
            "subject_id": pd.array(pool[rng.integers(0, len(pool), n_claims)], dtype="str"),
            "inspection_id": pd.Series(None, index=range(n_claims), dtype="str"),
            "population": pd.array(["unified"] * n_claims, dtype="str"),
            "measure": pd.array(np.array(RATES)[rng.integers(0, len(RATES), n_claims)], "str"),
            "value": value, "value_low": value, "value_high": value,
            "qualifier": "exact", "unit": "percent", "printed_unit": "per cent",
            "basis": np.where(rng.random(n_claims) < 0.8, "stated", "derived"),
            "as_of_from": dates.to_numpy().astype("datetime64[s]"),
            "as_of_to": dates.to_numpy().astype("datetime64[s]"),
            "source_id": pd.array(sources[rng.integers(0, len(sources), n_claims)], dtype="str"),
        }
    )  # fmt: skip


def simulate_inspections(n_inspections):
    """Return simulated inspections of shipped units, with dates of fieldwork."""
    rng = np.random.default_rng([SEED, n_inspections, 1])
    units = ps.data.load("subjects").query("kind == 'Probation Delivery Unit'")
    picked = units.iloc[rng.integers(0, len(units), n_inspections)]
    dates = pd.Timestamp("2021-10-01") + pd.to_timedelta(rng.integers(0, 1_700, n_inspections), "D")
    start = dates.to_numpy().astype("datetime64[s]")
    return pd.DataFrame(
        {
            "inspection_id": [f"simulated-{number}" for number in range(n_inspections)],
            "subject_id": picked["subject_id"].to_numpy(), "population": "unified",
            "region": picked["region"].to_numpy(), "fieldwork_start_from": start,
            "fieldwork_start_to": start, "published_from": pd.NaT, "published_to": pd.NaT,
        }
    )  # fmt: skip


def plain_resolve(claims, cell):
    """Choose by sorting, as one would by hand: no verdicts, no account of the others."""
    ranks = ps.data.load("precedence")
    kinds = ps.data.load("sources").set_index("source_id")["kind"]
    keys = {"source kind": claims["source_id"].map(kinds), "basis": claims["basis"],
            "precision": claims["qualifier"]}  # fmt: skip
    named = {}
    for name, values in keys.items():
        order = ranks[ranks["criterion"] == name].set_index("value")["rank"]
        named[f"_{name}"] = values.map(order)
    named["_vintage"] = claims.groupby("source_id")["as_of_to"].transform("max")
    ordered = claims.assign(**named).sort_values([*cell, *named, "source_id"])
    return ordered.drop_duplicates(cell)


def plain_merge(inspections, claims):
    """Attach the nearest earlier figure of each level by merge_asof."""
    subjects = ps.data.load("subjects").set_index("subject_id")
    chosen = plain_resolve(claims, CELL).sort_values("as_of_to")
    places = {
        "subject": (chosen["subject_id"], "subject_id"),
        "region": (chosen["subject_id"].map(subjects["region"]), "region"),
    }
    is_region = chosen["subject_id"].str.startswith("region-")
    out = inspections.sort_values("fieldwork_start_from")
    for level in ("subject", "region", "nation"):
        rows = chosen if level == "subject" else chosen[is_region]
        if level == "nation":
            rows = chosen[chosen["subject_id"] == NATION].assign(place=NATION)
            out = out.assign(place=NATION)
        else:
            rows = rows.assign(place=places[level][0])
            out = out.assign(place=out[places[level][1]])
        for measure in RATES:
            figures = rows.loc[
                rows["measure"] == measure, ["place", "population", "as_of_to", "value"]
            ]
            names = {"value": f"{measure}__{level}", "as_of_to": f"_{measure}_{level}"}
            out = pd.merge_asof(
                out, figures.rename(columns=names), by=["place", "population"],
                left_on="fieldwork_start_from", right_on=names["as_of_to"],
                tolerance=TOLERANCE, allow_exact_matches=False,
            )  # fmt: skip
    return out.set_index("inspection_id")


def clock(call, times=3):
    """Return the least wall-clock seconds of some calls, and the value."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        value = call()
        seconds.append(time.perf_counter() - started)
    return min(seconds), value


def compare_merges(ours, plain):
    """Return whether both give every inspection the same figures."""
    return all(
        np.array_equal(
            ours.frame.set_index("inspection_id")[name].to_numpy(dtype=float),
            plain[name].reindex(ours.frame["inspection_id"]).to_numpy(dtype=float),
            equal_nan=True,
        )
        for name in (f"{rate}__{level}" for rate in RATES for level in LEVELS[1:])
    )


def run(n_resolved=N_RESOLVED, n_inspections=N_INSPECTIONS, n_merged=N_MERGED, times=3):
    """Return a line for each task: seconds of ours and of plain pandas, and their ratio."""
    assert all(ps.data.load("measures").set_index("measure").loc[RATES, "kind"].isin(SHAREABLE))
    claims = simulate_claims(n_resolved)
    lines = [["resolve", n_resolved, *measured(
        lambda: ps.data.resolve("measures", claims=claims),
        lambda: plain_resolve(claims, CELL),
        lambda one, other: len(one) == len(other)
        and sorted(one["value"]) == sorted(other["value"]), times,
    )]]  # fmt: skip
    inspections, figures = simulate_inspections(n_inspections), simulate_claims(n_merged)
    lines.append(["merge, three levels", n_merged, *measured(
        lambda: ps.data.merge(inspections, figures, tolerance=TOLERANCE, levels=LEVELS[1:]),
        lambda: plain_merge(inspections, figures), compare_merges, times,
    )])  # fmt: skip
    panel = Path(ps.data.record.package.tables_folder()) / "built" / "panel.csv"
    lines.append(["load the panel", len(ps.load_panel()), *measured(
        ps.load_panel, lambda: pd.read_csv(panel), lambda one, other: len(one) == len(other), times,
    )])  # fmt: skip
    names = ["task", "rows", "seconds", "plain_pandas_seconds", "ratio", "same_figures"]
    return pd.DataFrame(lines, columns=names)


def measured(ours, plain, agree, times):
    """Time both, and see whether they agree."""
    seconds, one = clock(ours, times)
    other_seconds, other = clock(plain, times)
    return seconds, other_seconds, other_seconds / seconds, agree(one, other)


def main():
    """Print the table, and the memory of the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the table to a CSV file as well")
    arguments = parser.parse_args()
    table = run()
    print(table.to_string(index=False, float_format="{:.3g}".format))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory of the process, both ways and the data: {peak:.2f} GiB")
    if arguments.out:
        write_csv(arguments.out, table)


if __name__ == "__main__":
    main()
