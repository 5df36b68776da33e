import pytest
from matplotlib.figure import Figure

import probstats as ps
from probstats import figures


@pytest.fixture
def drawing(ratios):
    return figures.coefficients(ratios)


def test_save_writes_image_data_and_words(drawing, tmp_path):
    files = drawing.save(tmp_path / "folder" / "estimates")
    assert [file.name for file in files] == [
        "estimates.svg", "estimates.png", "estimates.csv", "estimates.txt",
    ]  # fmt: skip
    assert (tmp_path / "folder" / "estimates.txt").read_text().strip() == drawing.alt_text
    assert sorted(p.name for p in (tmp_path / "folder").iterdir()) == sorted(f.name for f in files)


def test_a_dot_in_the_name_is_part_of_the_name(drawing, tmp_path):
    assert drawing.save(tmp_path / "v1.2", formats=("png",))[0].name == "v1.2.png"


def test_bytes_are_equal_on_redraw(ratios, tmp_path):
    formats = ("svg", "png", "pdf")
    first = figures.coefficients(ratios).save(tmp_path / "first", formats)
    second = figures.coefficients(ratios).save(tmp_path / "second", formats)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.suffix


def test_rendering_leaves_the_layout_as_it_is(shares, better):
    drawing = figures.rating_shares(shares, better, "Good or Outstanding")
    first = drawing.render("svg"), drawing.render("png", dpi=60)
    assert (drawing.render("svg"), drawing.render("png", dpi=60)) == first


def test_the_layout_of_a_figure_that_is_given_stays_with_its_owner(ratios):
    figure = Figure(layout="constrained")
    figures.coefficients(ratios, ax=figure.subplots()).render("png", dpi=60)
    assert type(figure.get_layout_engine()).__name__ == "ConstrainedLayoutEngine"


def test_an_unwritable_folder_is_one_sentence(drawing, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ps.ProbstatsError, match=r"file is a file, not a folder; choose"):
        drawing.save(blocked / "estimates")
    assert blocked.read_text() == "not a folder"


def test_html_carries_the_words(drawing):
    page = drawing._repr_html_()
    assert 'alt="Odds ratio' in page
    assert "data:image/png;base64," in page


def test_drawing_is_short_in_a_console(drawing):
    assert repr(drawing).startswith("Drawing: Odds ratio")
    assert isinstance(drawing.figure, Figure)


@pytest.mark.parametrize("formats", [("jpg",), "png"])
def test_an_unknown_format_is_one_sentence(drawing, tmp_path, formats):
    with pytest.raises(ps.ProbstatsError, match="formats is a tuple of svg, png, pdf"):
        drawing.save(tmp_path / "estimates", formats)
