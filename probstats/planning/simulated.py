"""From a simulation to its result, with what went wrong said."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from probstats.display import number
from probstats.errors import ModelError, PowerWarning, ResampleWarning
from probstats.models.trouble import warn
from probstats.planning.curve import odds_of, power_table
from probstats.planning.design import Design
from probstats.planning.results import SimulatedPower
from probstats.planning.search import search
from probstats.planning.sentences import in_hundred
from probstats.planning.simulating import Simulation

MANY = 0.1
"""Share of samples without an estimate from which on there is a warning."""

CHANCE = 0.001
"""Probability of so many rejections, were the test of its level, below which there is a warning."""


def by_simulation(
    simulation: Simulation, odds: tuple[float, ...] | None, goal: float | None, *, below: bool
) -> SimulatedPower:
    """Simulate, and return what was found.

    Parameters
    ----------
    simulation : Simulation
        A design, without samples.
    odds : tuple of float or None
        Odds ratios whose power is asked for.
    goal : float or None
        The power asked for.
    below : bool
        Whether the odds ratio that has it is to be below 1.

    Returns
    -------
    SimulatedPower
        The result.

    Raises
    ------
    ModelError
        If no sample has an estimate.

    Warns
    -----
    PowerWarning, ResampleWarning
        See ``power``.
    """
    alpha = simulation.design.analysis.alpha
    if goal is None:
        effects = [float(np.log(value)) for value in odds or ()]
        simulation.add([0.0, *effects], "simulating")
        asked = tuple(odds_of(effect) for effect in effects)
    else:
        simulation.add([0.0], "simulating without an effect")
        asked = (odds_of(search(simulation, goal, alpha, below=below)),)
    table = power_table(simulation.samples, alpha)
    _require_estimates(simulation, table)
    result = _result(simulation, table, asked, goal)
    _warn_of(result, simulation.design)
    return result


def _require_estimates(simulation: Simulation, table: pd.DataFrame) -> None:
    if (simulation.samples["trouble"] == "").any():
        return
    separated, failed = (table[name].mean() for name in ("separated", "failed"))
    raise ModelError(
        f"none of {simulation.n_resamples:,} samples has an estimate: {in_hundred(separated)} "
        f"separate the levels, {in_hundred(failed)} cannot be fitted; the design is too small for "
        f"this model, or try reduction='mean'"
    )


def _result(
    simulation: Simulation, table: pd.DataFrame, asked: tuple[float, ...], goal: float | None
) -> SimulatedPower:
    design = simulation.design
    shares = pd.Series(design.shares, index=pd.Index(design.levels, name="level"))
    return SimulatedPower(
        table, design.column, asked, goal, len(design), shares, design.analysis.alpha,
        simulation.n_resamples, describe(design), design.analysis.describe(),
        simulation.samples, tuple(_notes(design)),
    )  # fmt: skip


def describe(design: Design) -> str:
    """Return the rows of a design in words."""
    rows = f"{len(design):,} rows"
    if design.named:
        rows += f" in {design.named} (latent correlation {number(design.icc, 2)})"
    lost = float(design.missing.mean())
    return rows if not lost else f"{rows} with {number(100 * lost, 0)}% of outcomes missing"


def _notes(design: Design) -> list[str]:
    if design.named and not design.icc:
        return [
            "Rows of a cluster were simulated as independent; pass icc= or cluster_sd= where they "
            "are not."
        ]
    return []


def _warn_of(result: SimulatedPower, design: Design) -> None:
    """Warn of a test that rejects too often, a power not reached, and samples not analysed."""
    table, alpha = result.table, result.alpha
    none = table[table["odds_ratio"] == 1.0].iloc[0]
    count = round(none["power"] * result.n_resamples)
    if stats.binom.sf(count - 1, result.n_resamples, alpha) < CHANCE:
        warn(
            f"with no effect {in_hundred(none['power'])} samples are significant, more than the "
            f"{100 * alpha:g} meant: the power is partly that of a test that rejects too often; "
            f"plan another analysis{_such_as(design)}",
            PowerWarning,
        )
    if result.goal is not None and not 0.0 < result.asked[0] < np.inf:
        warn(
            f"no odds ratio of {result.term} that was tried has a power of {result.goal:g}; the "
            f"table says how far it goes",
            PowerWarning,
        )
    troubles = table["separated"] + table["failed"]
    if troubles.max() > MANY:
        worst = table.loc[troubles.idxmax()]
        warn(
            f"at an odds ratio of {worst['odds_ratio']:.3g} {in_hundred(troubles.max())} samples "
            f"have no estimate ({in_hundred(worst['separated'])} separate the levels) and count as "
            f"not significant; reduction='mean' has finite estimates",
            ResampleWarning,
        )


def _such_as(design: Design) -> str:
    analysis = design.analysis
    if design.named:
        return "" if analysis.cov_type in {"CR2", "CR3"} else ", such as cov_type='CR2'"
    return "" if analysis.reduction else ", such as reduction='mean'"
