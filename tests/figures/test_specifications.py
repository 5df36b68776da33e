"""The choices below a specification curve."""

import numpy as np
import pandas as pd

import probstats as ps


def test_choices_stand_in_the_order_in_which_they_were_given():
    rng = np.random.default_rng(4)
    simulated = pd.DataFrame({"x": rng.normal(size=60), "z": rng.normal(size=60)})
    simulated["y"] = np.digitize(simulated["x"] - simulated["z"] + rng.logistic(size=60), [-1, 1])
    estimates = {}
    for sets in ({"none": [], "with z": ["z"]}, {"with z": ["z"], "none": []}):
        curve = ps.specification_curve(simulated, "y", "x", covariate_sets=sets, models="wald")
        bottom = ps.figures.specification_curve(curve).figure.axes[1]
        assert [label.get_text() for label in bottom.get_yticklabels()] == list(sets)
        estimates[tuple(sets)] = sorted(curve.table["estimate"])
    assert len({tuple(found) for found in estimates.values()}) == 1
