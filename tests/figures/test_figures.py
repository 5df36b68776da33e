"""What the figures show: artists, order, words, sizes."""

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

import probstats as ps
from probstats import figures
from probstats.data.scale import STANDARD_NAMES
from probstats.figures.style import THEMES, WIDTHS


@pytest.fixture
def drawings(wide, shares, better, ratios):
    series, claims = ps.data.national_staffing(), ps.data.national_staffing_claims()
    panel = ps.load_panel()
    panel = panel[panel["provider_type"].isin(["crc", "nps", "pdu"])]
    panel = panel.sort_values("provider_type").assign(section=lambda d: d["provider_type"])
    return {
        "shares": figures.rating_shares(shares, better, "Good or Outstanding"),
        "grid": figures.rating_grid(panel, {n: STANDARD_NAMES[n] for n in ("overall", "planning")}),
        "trend": figures.staffing_trend(series, claims, "2021-06-26"),
        "coefficients": figures.coefficients(ratios),
    }


def test_all_are_a_page_wide_with_words_and_data(drawings, checks):
    for name, drawing in drawings.items():
        assert drawing.figure.get_figwidth() == pytest.approx(WIDTHS["page"]), name
        checks.sound(drawing, apart=name != "grid")


def test_shares_are_stacked_in_the_order_of_ratings(drawings):
    left = drawings["shares"].figure.axes[0]
    bars = [p for p in left.patches if isinstance(p, Rectangle)]
    first = [bar for bar in bars if bar.get_y() == bars[0].get_y()]
    assert [bar.get_x() for bar in first] == [0, 0.25, 1, 1]
    assert [bar.get_width() for bar in first] == [0.25, 0.75, 0, 0]
    colours = [mpl_hex(bar.get_facecolor()) for bar in first]
    assert colours == [look.colour.lower() for look in THEMES["journal"].ratings]


def mpl_hex(colour):
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in colour[:3])


def test_small_segments_carry_no_count(drawings):
    labels = [text.get_text() for text in drawings["shares"].figure.axes[0].texts]
    assert "40" in labels
    assert labels.count("1") == 1  # 1 of 4 is labelled, 1 of 41 does not fit


def test_shares_carry_intervals(drawings):
    right = drawings["shares"].figure.axes[1]
    intervals = [list(line.get_xdata()) for line in right.lines if line.get_linestyle() == "-"]
    assert intervals == [[0.0, 0.4], [0.0, 0.4]]


def test_grid_shows_gaps_and_both_colours_of_an_interval(drawings):
    drawing = drawings["grid"]
    axes = drawing.figure.axes[0]
    triangles = [path for part in axes.collections for path in part.get_paths()
                 if len(path.vertices) == 4]  # fmt: skip
    both = drawing.data["rating_low"] != drawing.data["rating_high"]
    known = drawing.data["rating_low"].notna()
    assert len(triangles) == int((both & known).sum()) > 0
    assert sum(len(part.get_paths()) for part in axes.collections) == len(drawing.data) + len(
        triangles
    )


def test_grid_names_no_area(drawings, checks):
    drawing = drawings["grid"]
    shown = checks.words(drawing) + drawing.alt_text
    for name in ps.data.load("subjects")["name"]:
        assert name not in shown
    assert "inspection_id" not in drawing.data


def test_grid_with_a_single_inspection(checks):
    panel = ps.load_panel()
    one = panel[panel["inspection_id"] == "south-yorkshire-crc-2019"].assign(section="one")
    drawing = figures.rating_grid(one, {"overall": "Overall", "planning": "Planning"})
    assert "1 inspections by 2 standards" in drawing.alt_text
    checks.inside(drawing)


def test_trend_is_broken_between_populations(drawings):
    top = drawings["trend"].figure.axes[0]
    lines = [line for line in top.lines if line.get_linestyle() == "-"]
    break_date = pd.Timestamp("2021-06-26")
    for line in lines:
        dates = pd.to_datetime(line.get_xdata())
        assert (dates < break_date).all() or (dates > break_date).all()
    assert len(lines) == 4


def test_trend_shows_claims_that_differ(drawings):
    top = drawings["trend"].figure.axes[0]
    open_marks = [
        line for line in top.lines if line.get_markerfacecolor() == THEMES["journal"].ground
    ]
    values = {value for line in open_marks for value in line.get_ydata()}
    assert 4627 in values  # the revised figure of June 2023
    assert "53% in March 2021" in drawings["trend"].alt_text


def test_coefficients_draw_on_a_log_axis_and_name_what_has_no_estimate(drawings, checks):
    drawing = drawings["coefficients"]
    axes = drawing.figure.axes[0]
    assert axes.get_xscale() == "log"
    assert "no finite estimate" in checks.words(drawing)
    assert "B, three: no finite estimate" in drawing.alt_text
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # first row on top


def test_many_rows_and_few(checks):
    many = pd.DataFrame(
        {"model": "M", "term": [f"term {n}" for n in range(60)], "estimate": 1.0, "low": 0.5,
         "high": 2.0, "n": 10}
    )  # fmt: skip
    checks.sound(figures.coefficients(many))
    checks.sound(figures.coefficients(many.iloc[:1]))


def test_an_axis_within_a_decade_has_ticks_to_read(checks):
    rows = pd.DataFrame(
        {"model": "M", "term": ["one"], "estimate": 1.2, "low": 0.8, "high": 1.9, "n": 10}
    )
    drawing = figures.coefficients(rows)
    shown = {text.get_text() for text in checks.texts(drawing)}
    assert {"1", "1.2", "1.5"} <= shown


@pytest.mark.parametrize("width", ["column", "wide", "page"])
def test_two_panels_fit_in_every_width_and_edition(width, edition, wide, checks):
    """Shares beside the share of better ones; staffing with the names of its populations."""
    groups = wide[wide["provider_type"].isin(["crc", "nps", "pdu"])]
    groups = groups.assign(group=groups["provider_type"].map(ps.data.PROVIDER_NAMES))
    shares = ps.tables.rating_shares(groups, "group", "rating_overall")
    better = ps.tables.at_least_shares(groups, "group", "Good", "rating_overall")
    drawing = figures.rating_shares(shares, better, "Good or Outstanding", width=width)
    checks.sound(drawing)
    left, right = (axes.get_position() for axes in drawing.figure.axes)
    assert right.x0 - left.x1 < 0.12  # the key does not push the panels apart
    series, claims = ps.data.national_staffing(), ps.data.national_staffing_claims()
    checks.sound(figures.staffing_trend(series, claims, "2021-06-26", width=width))


def test_diverging_bars_halve_the_middle_level():
    levels = pd.CategoricalDtype(list("abc"), ordered=True)
    data = pd.DataFrame({"group": "one", "rating": pd.Series(list("aabbbbcc"), dtype=levels)})
    drawing = figures.rating_shares(ps.tables.rating_shares(data, "group"), diverging=True)
    bars = [p for p in drawing.figure.axes[0].patches if isinstance(p, Rectangle)]
    assert [bar.get_x() for bar in bars] == [-0.5, -0.25, 0.25]


def test_a_sample_size_stays_on_one_line(checks):
    good = pd.CategoricalDtype(["Good"], ordered=True)
    data = pd.DataFrame({"group": "A group of middle size", "rating": ["Good"] * 100})
    shares = ps.tables.rating_shares(data.astype({"rating": good}), "group")
    texts = checks.texts(figures.rating_shares(shares, width="column"))
    (name,) = (text.get_text() for text in texts if "100)" in text.get_text())
    assert "(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}100)" in name
