"""Simulated rows for figures, and what every figure has to pass."""

import itertools
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import probstats as ps
from probstats.association.polychoric_results import PolychoricCorrelations
from probstats.data.scale import RATINGS
from probstats.errors import ProbstatsWarning
from probstats.figures.colours import contrast
from probstats.figures.style import THEMES, using
from probstats.missing import DeltaSensitivity
from probstats.specifications import SpecificationCurve

LONG = "A very long name of a group that must not be clipped"


class Checks:
    """What a reader needs of a figure, looked at in its artists."""

    def texts(self, drawing):
        """Return the texts that are drawn, laid out as they will be saved."""
        figure = drawing.figure
        with using(drawing._theme):
            FigureCanvasAgg(figure).draw()
        hidden = {id(label) for label in self._beyond_the_axes(figure)}
        return [
            text
            for text in figure.findobj(Text)
            if text.get_text().strip() and text.get_visible() and id(text) not in hidden
        ]

    @staticmethod
    def _beyond_the_axes(figure):
        """Return labels of ticks outside of the view, which matplotlib keeps and does not draw."""
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                low, high = low - 1e-9 * abs(low), high + 1e-9 * abs(high)
                for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                    if not low <= tick.get_loc() <= high:
                        yield from (tick.label1, tick.label2)

    def words(self, drawing):
        return " ".join(text.get_text() for text in self.texts(drawing))

    def inside(self, drawing):
        """No text leaves the figure."""
        frame = drawing.figure.bbox
        for text in self.texts(drawing):
            box = text.get_window_extent()
            if box.width:
                assert box.x0 >= frame.x0 - 1, text.get_text()
                assert box.x1 <= frame.x1 + 1, text.get_text()
                assert box.y0 >= frame.y0 - 1, text.get_text()
                assert box.y1 <= frame.y1 + 1, text.get_text()

    def apart(self, drawing):
        """No text lies on other text."""
        boxes = [(text.get_text(), text.get_window_extent()) for text in self.texts(drawing)]
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across <= 2 or down <= 2, (one, other)

    def legible(self, drawing):
        """Text has the sizes of the edition, and stands out from the ground, or from its box."""
        theme = drawing._theme
        for text in self.texts(drawing):
            assert text.get_fontsize() >= theme.small - 1e-9, text.get_text()
            if theme.enlarged == 1.0:
                assert 7 <= text.get_fontsize() <= 9, text.get_text()
            assert text.get_rotation() in (0.0, 90.0), text.get_text()

    def described(self, drawing):
        """The alt text is a paragraph that ends, without machine words or unformatted numbers."""
        words = drawing.alt_text
        assert len(words) > 40, words
        assert words[0].isupper() or words[0].isdigit(), words
        assert words.endswith("."), words
        assert not re.search(r"\d\.\d{5}|nan|None|\binf\b|_", words), words
        assert len(drawing.data)

    def sound(self, drawing, *, apart=True):
        """All of these."""
        self.inside(drawing)
        self.legible(drawing)
        self.described(drawing)
        if apart:
            self.apart(drawing)
        return drawing


@pytest.fixture(scope="session")
def checks():
    return Checks()


@pytest.fixture(params=list(THEMES))
def edition(request):
    """Each edition of the look in turn."""
    with ps.figures.style(request.param) as theme:
        yield theme


@pytest.fixture
def stands_out():
    """Return whether a colour has a contrast of 3 to the ground of a theme."""
    return lambda colour, theme: contrast(colour, theme.ground) >= 3


@pytest.fixture
def wide():
    return ps.load_panel("wide")


@pytest.fixture
def shares():
    """Simulated shares of two sections."""
    rows = [
        ("First", "2018", "Inadequate", 1), ("First", "2018", "Requires improvement", 3),
        ("First", "2018", "Good", 0), ("First", "2018", "Outstanding", 0),
        ("Second", LONG, "Inadequate", 40),
        ("Second", LONG, "Requires improvement", 1),
        ("Second", LONG, "Good", 0),
        ("Second", LONG, "Outstanding", 0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["section", "group", "rating", "n"])
    total = frame.groupby("group")["n"].transform("sum")
    return frame.assign(total=total, share=frame["n"] / total)


@pytest.fixture
def better(shares):
    groups = shares.drop_duplicates("group")[["section", "group", "total"]]
    return groups.assign(share=0.0, low=0.0, high=0.4)


@pytest.fixture
def ratios():
    """Simulated odds ratios, one of them without a finite estimate."""
    return pd.DataFrame(
        {
            "model": ["A", "A", "B"],
            "term": ["one", "two", "three"],
            "estimate": [1e-6, 1e6, float("nan")],
            "low": [1e-8, 1e4, float("nan")],
            "high": [1e-4, np.inf, float("nan")],
            "n": [116, 116, 14],
        }
    )


RATING = pd.CategoricalDtype(RATINGS, ordered=True)
NAME = "A group with a long name that goes over several lines, number"


class Simulated:
    """Simulated samples and fits to draw, of any size."""

    @staticmethod
    def ratings(size, seed=1):
        rng = np.random.default_rng(seed)
        vacancy = rng.uniform(0, 50, size)
        kinds = ["Probation Delivery Unit", "Community Rehabilitation Company"]
        area = np.arange(size) % max(size // 4, 2)
        effect = rng.normal(size=area.max() + 1)[area]
        latent = -0.06 * vacancy + effect + rng.logistic(size=size)
        return pd.DataFrame(
            {
                "vacancy": vacancy,
                "vacancy__qualifier": rng.choice(["exact", "about", "at least", "at most"], size),
                "kind": pd.Categorical(rng.choice(kinds, size)),
                "area": area,
                "rating": pd.Categorical.from_codes(np.digitize(latent, [-3, -1, 1]), dtype=RATING),
            }
        )

    def fit(self, size=80, formula="rating ~ vacancy + kind"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ProbstatsWarning)
            return ps.CumulativeLinkModel.from_formula(formula, self.ratings(size)).fit()

    def mixed_fit(self, groups=20):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ProbstatsWarning)
            return ps.CumulativeLinkMixedModel.from_formula(
                "rating ~ vacancy", self.ratings(4 * groups), groups="area"
            ).fit()

    @staticmethod
    def pairs(size=22):
        rng = np.random.default_rng(3)
        codes = {"before": rng.integers(0, 3, size), "after": rng.integers(0, 4, size)}
        return pd.DataFrame(
            {name: pd.Categorical.from_codes(code, dtype=RATING) for name, code in codes.items()}
        )

    @staticmethod
    def odds(rows):
        """Extreme and infinite ones among them."""
        rng = np.random.default_rng(4)
        estimate = np.exp(rng.normal(size=rows))
        frame = pd.DataFrame(
            {
                "model": "Simulated",
                "term": [f"{NAME} {n}" for n in range(rows)],
                "estimate": estimate,
                "low": estimate / 3,
                "high": estimate * 3,
                "n": 116,
            }
        )
        frame.loc[0, ["estimate", "low", "high"]] = [1e-6, 0.0, 1e-3]
        frame.loc[rows - 1, ["estimate", "low", "high"]] = [1e6, 1e2, np.inf]
        return frame

    @staticmethod
    def shares(groups):
        rng = np.random.default_rng(5)
        data = pd.DataFrame(
            {
                "group": np.repeat([f"{NAME} {n:03d}" for n in range(groups)], 12),
                "rating": pd.Categorical.from_codes(rng.integers(0, 4, 12 * groups), dtype=RATING),
            }
        )
        return ps.tables.rating_shares(data, "group")

    @staticmethod
    def known(inspections, items=6):
        """Return cells of an evidence map, and all inspections."""
        rng = np.random.default_rng(6)
        ids = [f"i{n}" for n in range(inspections)]
        cells = pd.MultiIndex.from_product([ids, [f"{NAME} {n}" for n in range(items)]])
        rows = pd.DataFrame(cells.tolist(), columns=["inspection_id", "item"])
        groups = ["Inspectorate", "Official statistics, parliament, audit", "Press and others"]
        drawn = pd.Categorical(rng.choice(groups, len(rows)), groups, ordered=True)
        rows = rows.assign(source_group=drawn)
        section = np.where(np.arange(inspections) < inspections / 2, "First", "Second")
        sections = pd.DataFrame({"inspection_id": ids, "section": section})
        return rows[rng.uniform(size=len(rows)) < 0.3], sections

    @staticmethod
    def flow(sets):
        names = [f"{NAME} {n}" for n in range(sets)]
        counts = [145 - n for n in range(sets)]
        return pd.DataFrame({"set": names, "inspections": counts, "within": [None, *names[:-1]]})

    @staticmethod
    def power(sizes):
        power = np.linspace(0.05, 0.97, sizes)
        return pd.DataFrame(
            {"odds_ratio": np.geomspace(1, 20, sizes), "power": power, "low": power - 0.03,
             "high": power + 0.03}
        )  # fmt: skip

    @staticmethod
    def delta(deltas):
        x = np.linspace(-10, 10, deltas)
        table = pd.DataFrame({"delta": x, "estimate": x / 20, "low": x / 20 - 1, "high": x / 20 + 1,
                              "clipped": 0.0, "warned": 0})  # fmt: skip
        extra = table.head(1).assign(delta=0.0, estimate=0.0)
        table = pd.concat([table, extra], ignore_index=True)
        tips = {"delta": [3.2], "change": ["the interval no longer includes 0"], "moved": [3.2]}
        return DeltaSensitivity(
            table, pd.DataFrame(tips), "vacancy_rate", "vacancy_rate", 0.0, 0.95, 40, 116, 20
        )

    @staticmethod
    def correlations(pairs):
        rng = np.random.default_rng(7)
        middle = rng.uniform(-0.9, 0.9, pairs)
        table = pd.DataFrame(
            {"first": [f"{NAME} {n}" for n in range(pairs)], "second": "leadership",
             "estimate": middle, "conf_low": np.maximum(middle - 0.3, -1),
             "conf_high": np.minimum(middle + 0.3, 1), "n": 40}
        )  # fmt: skip
        matrix = pd.DataFrame(np.eye(2))
        return PolychoricCorrelations(matrix, table, table.head(0), "likelihood", "wald", 0.95)

    def cross(self, size):
        rows = self.ratings(max(size, 12))
        lead = rows["rating"].cat.codes.to_numpy() + (np.arange(len(rows)) % 3 == 0)
        lead = pd.Categorical.from_codes(np.minimum(lead, 3), dtype=RATING)
        return ps.cross_table(rows.assign(leadership=lead), "rating", "leadership")

    @staticmethod
    def curve(analyses):
        rng = np.random.default_rng(8)
        estimate = rng.normal(-0.2, 0.2, analyses)
        table = pd.DataFrame(
            {"outcome": rng.choice(["overall", "supervision"], analyses), "exposure": "vacancy",
             "covariates": rng.choice(["none", "provider", "provider and year"], analyses),
             "subset": "all", "link": rng.choice(["logit", "probit"], analyses),
             "model": rng.choice(["likelihood", "bias-reduced"], analyses),
             "estimate": estimate, "low": estimate - 0.3, "high": estimate + 0.3,
             "p_value": 0.3, "n": 80, "failure": ""}
        )  # fmt: skip
        table.loc[analyses - 1, ["estimate", "low", "high"]] = [np.nan, np.nan, np.nan]
        table.loc[0, ["estimate", "low"]] = [-np.inf, -np.inf]
        none = table.head(0)
        return SpecificationCurve(table, none, none, none, "latent-sd", 0.95, {})


@pytest.fixture(scope="session")
def simulated():
    return Simulated()
