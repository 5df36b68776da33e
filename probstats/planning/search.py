"""The smallest odds ratio a design can find, by simulation with common random numbers."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from probstats.models.kernel.links import Array
from probstats.planning.curve import crossing, power_table
from probstats.planning.simulating import Simulation

WIDER = 4
"""How often the search goes further out, or in, before it gives up."""

FARTHEST = 12.0
"""Log odds ratio beyond which nothing is simulated."""

REFINED = 2
"""How often the place found is simulated itself."""

NEAR = 0.02
"""Relative distance to a simulated effect at which that would change nothing."""


def search(simulation: Simulation, power: float, alpha: float, *, below: bool) -> float:
    """Return the log odds ratio at which a design has a power.

    Parameters
    ----------
    simulation : Simulation
        Has samples without an effect already; those of the search are added.
    power : float
        The power aimed at.
    alpha : float
        Level of the test.
    below : bool
        Whether the odds ratio is to be below 1.

    Returns
    -------
    float
        Infinite where no odds ratio that was tried has the power.

    Notes
    -----
    Estimates without an effect have a spread s, and (z + Phi^-1(power)) s is where the search
    begins. Around it the curve is simulated until it is above and below the power; where straight
    lines on the probit scale meet the power it is simulated again, twice. All effects have the
    same random numbers, so that the curve is smooth.
    """
    side = -1.0 if below else 1.0
    spread = _spread(simulation)
    if not spread > 0.0:
        return side * np.inf
    goal = float(min((ndtri(1.0 - alpha / 2.0) + ndtri(power)) * spread, FARTHEST / 2.0))
    simulation.add([side * goal * step for step in (0.7, 1.0, 1.4)], "simulating")
    for _ in range(WIDER):
        sizes, powers = _curve(simulation, side, alpha)
        if powers[1] >= power:
            simulation.add([side * sizes[1] / 2.0], "simulating smaller odds ratios")
        elif powers.max() < power and sizes[-1] < FARTHEST:
            larger = min(1.5 * sizes[-1], FARTHEST)
            simulation.add([side * larger], "simulating larger odds ratios")
        else:
            break
    for _ in range(REFINED):
        sizes, powers = _curve(simulation, side, alpha)
        found = crossing(sizes, powers, power, simulation.n_resamples)
        if not np.isfinite(found) or np.isclose(sizes, found, rtol=NEAR).any():
            break
        simulation.add([side * found], "simulating the odds ratio found")
    sizes, powers = _curve(simulation, side, alpha)
    return side * crossing(sizes, powers, power, simulation.n_resamples)


def _spread(simulation: Simulation) -> float:
    """Return the spread of the estimates without an effect, by their quartiles."""
    samples = simulation.samples
    estimates = samples.loc[samples["effect"] == 0.0, "estimate"].dropna()
    if len(estimates) < 2:
        return np.nan
    low, high = np.quantile(estimates, [0.25, 0.75])
    return float((high - low) / (2.0 * ndtri(0.75)))


def _curve(simulation: Simulation, side: float, alpha: float) -> tuple[Array, Array]:
    """Return sizes of effects in rising order, no effect first, and their powers."""
    table = power_table(simulation.samples, alpha)
    sizes = side * np.log(table["odds_ratio"].to_numpy())
    order = np.argsort(sizes)
    return np.abs(sizes[order]), table["power"].to_numpy()[order]
