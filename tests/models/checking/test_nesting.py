"""Is a model a special case of another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ModelError
from probstats.models import CumulativeLinkModel
from probstats.models.checking.nesting import require_nested


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "y": rng.integers(1, 5, 80),
            "x": rng.normal(size=80),
            "z": rng.normal(100, 1, 80),
            "g": pd.Categorical(rng.choice(list("abc"), 80)),
        }
    )


def model(formula, data, **options):
    return CumulativeLinkModel.from_formula(formula, data, **options)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (("y ~ 1", {}), ("y ~ x", {})),
        (("y ~ x", {}), ("y ~ z", {"nominal": "~ x"})),
        (("y ~ x + z", {}), ("y ~ I(2 * x) + I(z - 100) + g", {})),
        (("y ~ C(g, Treatment('b'))", {}), ("y ~ g + x", {})),
        (("y ~ 1", {"nominal": "~ I(z - 3)"}), ("y ~ x", {"nominal": "~ z"})),
        (("y ~ x", {"threshold": "equidistant"}), ("y ~ x", {})),
        (("y ~ x", {"threshold": "symmetric2"}), ("y ~ x", {"threshold": "symmetric"})),
        (("y ~ x", {"scale": "~ x"}), ("y ~ x", {"scale": "~ x + z"})),
        (("y ~ x", {"offset": "z"}), ("y ~ x + z", {})),
    ],
)
def test_special_cases_pass(data, small, large):
    require_nested(model(small[0], data, **small[1]), model(large[0], data, **large[1]))


@pytest.mark.parametrize(
    ("small", "large", "sentence"),
    [
        (("y ~ x", {}), ("y ~ g", {}), "column 'x' of its location"),
        (("y ~ x", {}), ("y ~ I(x**2) + z", {}), "column 'x' of its location"),
        (("y ~ 1", {"nominal": "~ x"}), ("y ~ x + g + z", {}), "column 'x' of its nominal"),
        (("y ~ x", {"scale": "~ z"}), ("y ~ x + z + g", {}), "column 'z' of its scale"),
        (("y ~ x", {"scale": "~ I(z - 1)"}), ("y ~ x", {"scale": "~ z"}), "of its scale"),
        (("y ~ x", {"link": "probit"}), ("y ~ x + z", {}), "different links, probit and logit"),
        (("y ~ x", {}), ("y ~ x + g", {"threshold": "equidistant"}), "'flexible' is no special"),
        (("y ~ x", {"offset": "z"}), ("y ~ x + g", {}), "different offsets"),
        (
            ("y ~ z", {"threshold": "symmetric2"}),
            ("y ~ I(z - 100)", {"threshold": "symmetric2"}),
            "column 'z' of its location",
        ),
    ],
)
def test_others_are_refused_by_name(data, small, large, sentence):
    with pytest.raises(ModelError, match=sentence):
        require_nested(model(small[0], data, **small[1]), model(large[0], data, **large[1]))
