"""How random effects are integrated out: what a user may ask for, and what does it."""

from __future__ import annotations

from typing import Any

from probstats.errors import ModelError
from probstats.models.fit_options import is_whole
from probstats.models.mixed.crossed import CrossedMarginal
from probstats.models.mixed.effects import RandomEffects
from probstats.models.mixed.marginal import GroupMarginal

MOST_NODES = 100
MOST_POINTS = 10_000

Marginal = GroupMarginal | CrossedMarginal


def make_marginal(model: Any, rows: Any, nodes: int) -> Marginal:
    """Return the marginal log-likelihood of a model over well-scaled or other rows."""
    effects: RandomEffects = model.random
    if effects.crossed:
        return CrossedMarginal(rows, model.link, effects.parts)
    return GroupMarginal(rows, model.link, effects.parts[0], nodes)


def read_integration(effects: RandomEffects, integration: str, nodes: int | None) -> int:
    """Return the number of nodes in each direction, 1 for Laplace's method.

    Raises
    ------
    ModelError
        If the method is not known, or cannot be had with these random effects or nodes.
    """
    if integration not in ("laplace", "agq"):
        raise ModelError(f"integration={integration!r} is not known; choose 'laplace' or 'agq'")
    if integration == "laplace":
        if nodes not in (None, 1):
            raise ModelError(
                f"integration='laplace' has one node; nodes={nodes!r} goes with integration='agq'"
            )
        return 1
    if effects.crossed:
        raise ModelError(
            "adaptive quadrature integrates over one grouping factor; with several use "
            "integration='laplace'"
        )
    count = 10 if nodes is None else nodes
    if not is_whole(count) or not 1 <= count <= MOST_NODES:
        raise ModelError(f"nodes={nodes!r} must be a whole number from 1 to {MOST_NODES}")
    if count ** effects.parts[0].n_effects > MOST_POINTS:
        raise ModelError(
            f"nodes={nodes!r} in {effects.parts[0].n_effects} directions are too many; use fewer, "
            f"or integration='laplace'"
        )
    return int(count)
