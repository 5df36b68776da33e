"""What users get from ``resolve`` and ``claims``: the record, their own claims, another order."""

import pandas as pd
import pytest

import probstats as ps
from probstats.data.resolution.resolve import MEASURE_CELL, ordered
from probstats.errors import DataError


@pytest.fixture
def own():
    """Return simulated claims on one figure of the record's own subject, by two sources."""
    claims = ps.data.load("measure_claims")
    one = claims[claims["source_id"] == "s212"].head(1)
    return pd.concat([one, one.assign(source_id="s359", value=1.0)], ignore_index=True)


@pytest.fixture
def own_ratings():
    return ps.data.load("rating_claims").head(12)


def sentence(call):
    with pytest.raises(DataError) as error:
        call()
    assert "\n" not in str(error.value)
    return str(error.value)


class TestTheRecord:
    @pytest.mark.parametrize("what", ["measures", "ratings"])
    def test_every_claim_stands_once_in_one_cell(self, records, what):
        table = {"measures": "measure_claims", "ratings": "rating_claims"}[what]
        claims, cells = ps.data.claims(what), ps.data.resolve(what)
        assert len(claims) == len(records[table])
        counted = "n_claims" if what == "measures" else "rating_claims"
        assert cells[counted].sum() == len(claims)
        assert claims["chosen"].sum() == len(cells)
        key = MEASURE_CELL if what == "measures" else ["inspection_id", "standard"]
        assert not cells.duplicated(key).any()
        assert claims.groupby(key, dropna=False)["chosen"].sum().eq(1).all()

    def test_the_chosen_claims_are_those_of_claims(self):
        claims = ps.data.claims("measures")
        first = claims[claims["chosen"]].reset_index(drop=True)
        cells = ps.data.resolve("measures")
        for name in ("value", "source_id", "decided_by", *MEASURE_CELL):
            pd.testing.assert_series_equal(first[name], cells[name])

    def test_others_are_the_sources_of_the_claims_not_chosen(self):
        claims = ps.data.claims("measures")
        sources = claims[~claims["chosen"]].groupby(MEASURE_CELL, dropna=False)["source_id"]
        expected = sorted(" ".join(names) for _, names in sources)
        found = ps.data.resolve("measures")["others"]
        assert sorted(found[found != ""]) == expected
        assert expected

    def test_first_published_before_revised(self):
        cells = ps.data.resolve()
        nation = cells[cells["subject_id"] == "england-and-wales"].set_index(
            ["measure", "population", "as_of_to"]
        )
        cell = nation.loc[("po_fte", "unified", pd.Timestamp(2023, 6, 30))]
        assert (cell["value"], cell["others"], cell["verdict"]) == (4418.0, "s213", "revision")
        assert not cell["agrees"]

    def test_with_another_order_other_claims_are_chosen(self):
        table = ps.data.load("precedence")
        table.loc[table["value"] == "derived", "rank"] = 0
        cells = ps.data.resolve(precedence=table)
        here = (cells["measure"] == "po_fte") & (cells["as_of_to"] == "2023-06-30")
        assert cells.loc[here, "value"].tolist() == [4627.0]

    def test_with_the_table_of_a_folder_the_panel_follows(self, copied, wide):
        rows = {
            basis: copied.row_of("precedence", criterion="basis", value=basis)
            for basis in ("stated", "derived")
        }
        copied.cell("precedence", rows["stated"], "rank", "4")
        copied.cell("precedence", rows["derived"], "rank", "1")
        with pytest.warns(ps.errors.PrecedenceWarning, match="precedence.csv"):
            panel = ps.load_panel("wide", copied.path)
        columns = ["inspection_id", "po_fte__nation"]
        assert not panel[columns].equals(wide[columns])
        ratings = [name for name in wide if name.startswith("rating_")]
        pd.testing.assert_frame_equal(panel[ratings], wide[ratings])


class TestOwnClaims:
    def test_figures(self, own):
        cell = ps.data.resolve(claims=own).iloc[0]
        assert (cell["source_id"], cell["others"]) == ("s212", "s359")
        assert cell["decided_by"] == "source kind"

    def test_labels_and_order_of_rows_do_not_matter(self, own):
        shuffled = own.iloc[::-1].set_axis([5, 5])
        pd.testing.assert_frame_equal(ps.data.resolve(claims=own), ps.data.resolve(claims=shuffled))

    def test_ratings(self, own_ratings):
        cells = ps.data.resolve("ratings", claims=own_ratings)
        assert cells["rating_claims"].sum() == 12

    def test_ratings_as_plain_words(self, own_ratings):
        words = own_ratings.astype({"rating_low": "str", "rating_high": "str"})
        pd.testing.assert_frame_equal(
            ps.data.resolve("ratings", claims=words),
            ps.data.resolve("ratings", claims=own_ratings),
        )

    @pytest.mark.parametrize("what", ["measures", "ratings"])
    def test_none_at_all(self, what):
        empty = ps.data.claims(what).iloc[:0]
        found = ps.data.resolve(what, claims=empty)
        assert len(found) == 0
        assert set(ps.data.resolve(what).columns) == set(found.columns)

    def test_a_column_is_missing(self, own):
        found = sentence(lambda: ps.data.resolve(claims=own.drop(columns="basis")))
        assert "'basis'" in found
        assert "measure_claims" in found

    @pytest.mark.parametrize("source", [None, "s99999"])
    def test_no_such_source(self, own, source):
        own.loc[1, "source_id"] = source
        found = sentence(lambda: ps.data.resolve(claims=own))
        assert "row 1" in found
        assert "source_id" in found

    def test_a_rating_that_is_none(self, own_ratings):
        words = own_ratings.astype({"rating_low": "str"})
        words.loc[3, "rating_low"] = "Excellent"
        found = sentence(lambda: ps.data.resolve("ratings", claims=words))
        assert "row 3, column rating_low" in found
        assert "'Excellent'" in found

    @pytest.mark.parametrize(
        ("column", "value"),
        [("value", "many"), ("value_low", "few"), ("as_of_to", "soon"), ("as_of_from", "then")],
    )
    def test_numbers_and_dates_that_are_none(self, own, column, value):
        words = own.astype({column: object})
        words.loc[1, column] = value
        found = sentence(lambda: ps.data.resolve(claims=words))
        assert f"row 1, column {column}" in found
        assert repr(value) in found

    def test_a_figure_without_a_value(self, own):
        own.loc[1, "value"] = None
        assert "row 1, column value" in sentence(lambda: ps.data.resolve(claims=own))

    def test_dates_as_text_are_read_as_the_tables_write_them(self, own):
        text = own.assign(as_of_to=own["as_of_to"].dt.strftime("%Y-%m-%d"))
        pd.testing.assert_frame_equal(ps.data.resolve(claims=text), ps.data.resolve(claims=own))
        british = own.assign(as_of_to=own["as_of_to"].dt.strftime("%d/%m/%Y"))
        assert "YYYY-MM-DD" in sentence(lambda: ps.data.resolve(claims=british))


@pytest.mark.parametrize("function", [ps.data.resolve, ps.data.claims, ordered])
def test_what_is_not_known(function):
    found = sentence(lambda: function("owners"))
    assert "'owners'" in found
    assert "measures, ratings" in found
