"""Formulas: design matrices, rows lost, categories, new data."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ModelError
from probstats.models.reading.design import read_formula

ROWS = 24


@pytest.fixture
def data():
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "rating": np.arange(ROWS) % 3,
            "hours": rng.uniform(1, 9, ROWS),
            "cost": rng.normal(size=ROWS),
            "town": pd.Categorical(np.resize(["york", "hull", "york", "leeds"], ROWS)),
            "new": np.arange(ROWS) % 4 == 0,
            "staff per head": rng.normal(size=ROWS),
            "text": np.resize(["a", "b"], ROWS),
        },
        index=[f"row{number}" for number in range(ROWS)],
    )


def columns(formula, data):
    return read_formula(formula, data, "drop").covariates.location.columns.tolist()


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("rating ~ hours", ["hours"]),
        ("rating ~ 1", []),
        ("rating ~ hours + cost", ["hours", "cost"]),
        ("rating ~ town", ["town[leeds]", "town[york]"]),
        ("rating ~ np.log(hours)", ["np.log(hours)"]),
        ("rating ~ I(hours ** 2)", ["I(hours ** 2)"]),
        ("rating ~ hours * cost", ["hours", "cost", "hours:cost"]),
        ("rating ~ hours:town", ["hours:town[hull]", "hours:town[leeds]", "hours:town[york]"]),
        (
            "rating ~ hours * town",
            ["hours", "town[leeds]", "town[york]", "hours:town[leeds]", "hours:town[york]"],
        ),
        ("rating ~ C(rating)", ["C(rating)[1]", "C(rating)[2]"]),
        ("rating ~ new", ["new"]),
        ("rating ~ `staff per head`", ["staff per head"]),
        ("rating ~ scale(hours)", ["scale(hours)"]),
        ("rating ~ hours + hours", ["hours"]),
    ],
)
def test_columns_of_the_design_matrix(data, formula, expected):
    assert columns(formula, data) == expected


def test_values_of_the_design_matrix(data):
    design = read_formula("rating ~ np.log(hours) + town + hours:cost", data, "raise")
    np.testing.assert_array_equal(
        design.covariates.location["np.log(hours)"], np.log(data["hours"])
    )
    np.testing.assert_array_equal(
        design.covariates.location["town[york]"], (data["town"] == "york").astype(float)
    )
    np.testing.assert_allclose(
        design.covariates.location["hours:cost"], data["hours"] * data["cost"]
    )
    assert design.covariates.location.index.equals(data.index)
    pd.testing.assert_series_equal(design.outcome, data["rating"])


@pytest.mark.parametrize("written", ["{}", "1 + {}", "{} + 1", "0 + {}", "{} - 1", "-1 + {}"])
def test_the_intercept_is_carried_by_the_thresholds(data, written):
    for covariates in ("town", "hours", "hours * town"):
        formula = f"rating ~ {written.format(covariates)}"
        expected = read_formula(f"rating ~ {covariates}", data, "drop").covariates.location
        pd.testing.assert_frame_equal(
            read_formula(formula, data, "drop").covariates.location, expected
        )


def test_the_first_category_is_the_reference(data):
    towns = pd.Categorical(data["town"], categories=["york", "hull", "leeds"])
    assert columns("rating ~ town", data.assign(town=towns)) == ["town[hull]", "town[leeds]"]


class TestMissing:
    @pytest.fixture
    def holed(self, data):
        data.loc[["row1", "row2"], "hours"] = np.nan
        data.loc[["row2", "row5"], "cost"] = np.nan
        data.loc["row7", "town"] = None
        data.loc["row9", "staff per head"] = np.nan
        return data

    def test_rows_lost_are_counted_by_column(self, holed):
        design = read_formula("rating ~ hours + cost + town", holed, "drop")
        assert design.dropped.to_dict() == {"cost": 2, "hours": 2, "town": 1}
        assert design.n_dropped == 4
        lost = ["row1", "row2", "row5", "row7"]
        assert design.covariates.location.index.tolist() == holed.index.drop(lost).tolist()
        assert holed.index[~design.used].tolist() == lost

    def test_columns_outside_of_the_formula_lose_no_rows(self, holed):
        design = read_formula("rating ~ town", holed, "drop")
        assert design.n_dropped == 1
        assert read_formula("rating ~ new", holed, "drop").dropped.empty

    def test_a_missing_outcome_counts_too(self, data):
        data["rating"] = data["rating"].astype("Int64")
        data.loc["row3", "rating"] = pd.NA
        assert read_formula("rating ~ hours", data, "drop").dropped.to_dict() == {"rating": 1}

    def test_raise(self, holed):
        with pytest.raises(ModelError, match=r"rows miss values \(cost 2, hours 2\); drop or fill"):
            read_formula("rating ~ hours + cost", holed, "raise")
        assert read_formula("rating ~ new", holed, "raise").n_dropped == 0

    def test_unknown_option(self, data):
        with pytest.raises(ModelError, match="missing='keep' is not known; choose 'drop' or"):
            read_formula("rating ~ hours", data, "keep")

    def test_no_rows_left(self, data):
        data["hours"] = np.nan
        with pytest.raises(ModelError, match=r"no rows are left of 24 after .*\(hours 24\)"):
            read_formula("rating ~ hours", data, "drop")
        with pytest.raises(ModelError, match=r"no rows are left of 0.*\(no rows\)"):
            read_formula("rating ~ cost", data[:0], "drop")


class TestErrors:
    @pytest.mark.parametrize(
        ("formula", "message"),
        [
            ("rating ~ hourz", r"names column 'hourz', which .* did you mean hours\?"),
            ("rating ~ zzz", "names column 'zzz'.*columns are rating, hours, cost"),
            ("ratings ~ hours", r"names column 'ratings'.*did you mean rating\?"),
            ("rating ~ text", r"'text' has type str; declare its categories first.*astype\('cat"),
            ("rating ~ C(text)", "'text' has type str; declare its categories first"),
            ("rating ~ hours +* (", "cannot be read"),
            ("rating ~ cost ~ hours", "has several parts"),
            ("rating ~ .", "name the covariates"),
            (
                "rating ~ hours + (1|town)",
                "random effects; pass groups= to CumulativeLinkMixedModel",
            ),
            ("~ hours", "needs one outcome: write 'outcome ~ covariates'"),
            ("hours + cost", "needs one outcome"),
            ("", "needs one outcome"),
            ("rating + cost ~ hours", "must be a column of the data, not an expression"),
            ("interval(rating) ~ hours", r"write 'interval\(lowest, highest\) ~ covariates'"),
            ("rating ~ cost + offset(hours)", "takes no offset.*pass offset='column' instead"),
            ("rating ~ hours | cost", "has several parts"),
            ("np.log(hours) ~ cost", "must be a column of the data, not an expression"),
            ("rating ~ np.nothing(hours)", "cannot be evaluated"),
        ],
    )
    def test_formulas(self, data, formula, message):
        with pytest.raises(ModelError, match=message):
            read_formula(formula, data, "drop")

    def test_the_names_of_a_wide_frame_are_cut(self):
        wide = pd.DataFrame({f"c{number}": [1, 2] for number in range(40)})
        with pytest.raises(ModelError, match=r"c11 \.\.\.$"):
            read_formula("c1 ~ zzz", wide, "drop")

    def test_variables_of_the_caller_are_not_seen(self, data):
        secret = data["hours"]
        assert len(secret) == ROWS
        with pytest.raises(ModelError, match="names column 'secret'"):
            read_formula("rating ~ secret", data, "drop")

    @pytest.mark.parametrize(
        ("kind", "message"),
        [("datetime64[ns]", "holds dates"), ("object", "declare its categories first")],
    )
    def test_other_types_must_be_declared(self, data, kind, message):
        data["when"] = pd.Series(pd.to_datetime("2020-01-01"), index=data.index).astype(kind)
        with pytest.raises(ModelError, match=message):
            read_formula("rating ~ when", data, "drop")

    def test_categories_no_row_has(self, data):
        data["town"] = data["town"].cat.add_categories(["bath"])
        message = r"column 'town': no row used has category 'bath'.*remove_unused_categories"
        with pytest.raises(ModelError, match=message):
            read_formula("rating ~ town", data, "drop")

    def test_a_reference_category_lost_with_missing_values(self, data):
        data.loc[data["town"] == "hull", "hours"] = np.nan
        with pytest.raises(ModelError, match="no row used has category 'hull'"):
            read_formula("rating ~ town + hours", data, "drop")

    def test_two_columns_of_one_name(self, data):
        doubled = pd.concat([data, data[["hours"]]], axis=1)
        with pytest.raises(ModelError, match="more than one column 'hours'; rename them"):
            read_formula("rating ~ hours", doubled, "drop")
        assert read_formula("rating ~ cost", doubled, "drop").covariates.location.shape == (ROWS, 1)

    @pytest.mark.parametrize("kind", [dict, list])
    def test_data_must_be_a_frame(self, data, kind):
        with pytest.raises(ModelError, match=f"needs a data frame with.*, not a {kind.__name__}"):
            read_formula("rating ~ hours", kind(data), "drop")

    def test_undefined_logarithms_lose_no_rows_silently(self, data):
        data.loc["row4", "hours"] = -1.0
        with np.errstate(invalid="ignore"):
            design = read_formula("rating ~ np.log(hours)", data, "drop")
        assert len(design.covariates.location) == len(design.outcome) == ROWS


class TestOtherParts:
    def test_scale_and_nominal_have_designs_of_their_own(self, data):
        design = read_formula("rating ~ hours", data, "drop", nominal="~ town", scale="~ 0 + cost")
        assert design.covariates.nominal.columns.tolist() == ["town[leeds]", "town[york]"]
        assert design.covariates.scale.columns.tolist() == ["cost"]
        assert {name: part.variables for name, part in design.parts.items()} == {
            "location": ["hours"],
            "scale": ["cost"],
            "nominal": ["town"],
        }

    def test_terms_know_their_columns(self, data):
        part = read_formula("rating ~ hours * town", data, "drop").parts["location"]
        assert part.terms == {"hours": [0], "town": [1, 2], "hours:town": [3, 4]}

    @pytest.mark.parametrize("name", ["weights", "offset"])
    def test_numbers_may_be_a_column_a_series_or_an_array(self, data, name):
        for given in ("hours", data["hours"], data["hours"].to_numpy(), list(data["hours"])):
            design = read_formula("rating ~ cost", data, "drop", **{name: given})
            found = design.weights if name == "weights" else design.covariates.offset
            pd.testing.assert_series_equal(found, data["hours"], check_names=False)

    @pytest.mark.parametrize("side", ["nominal", "scale", "weights", "offset"])
    def test_missing_values_of_every_part_lose_rows(self, data, side):
        data.loc[["row4", "row8"], "hours"] = np.nan
        given = "hours" if side in {"weights", "offset"} else "~ hours"
        design = read_formula("rating ~ cost", data, "drop", **{side: given})
        assert design.n_dropped == 2
        assert len(design.covariates.location) == len(design.covariates.nominal) == ROWS - 2
        assert design.covariates.index.equals(data.index.drop(["row4", "row8"]))

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"nominal": "hours"}, "nominal and scale are one-sided formulas such as '~ x', not"),
            ({"scale": "rating ~ hours"}, "one-sided formulas such as '~ x', not 'rating ~ hours'"),
            ({"scale": ["hours"]}, "one-sided formulas"),
            ({"nominal": "~ hourz"}, r"names column 'hourz'.*did you mean hours\?"),
            ({"weights": "hourz"}, r"weights='hourz' is no column.*did you mean hours\?"),
            ({"weights": "text"}, "weights must be numbers, not str"),
            ({"offset": [1.0, 2.0]}, r"offset has shape \(2,\); the data have 24 rows"),
            ({"offset": pd.Series(np.zeros(ROWS))}, "offset has another index than the data"),
        ],
    )
    def test_errors(self, data, options, message):
        with pytest.raises(ModelError, match=message):
            read_formula("rating ~ cost", data, "drop", **options)

    @pytest.mark.parametrize("left", ["interval(low, high)", " interval( low , `high` ) "])
    def test_an_interval_is_two_columns(self, data, left):
        data = data.assign(low=data["rating"], high=data["rating"] + 1)
        design = read_formula(f"{left} ~ hours", data, "drop")
        pd.testing.assert_frame_equal(design.outcome, data[["low", "high"]])

    def test_new_data_bring_their_offset_where_it_is_a_column(self, data):
        by_name = read_formula("rating ~ cost", data, "drop", offset="hours")
        np.testing.assert_array_equal(by_name.matrix(data[:3]).offset, data["hours"][:3])
        with pytest.raises(ModelError, match="names column 'hours', which the data do not have"):
            by_name.matrix(data[["cost"]])
        by_value = read_formula("rating ~ cost", data, "drop", offset=data["hours"])
        assert by_value.matrix(data[["cost"]]).offset is None


class TestNewData:
    def test_the_design_matrix_is_made_again(self, data):
        formula = "rating ~ scale(hours) * town + np.log(hours) + new"
        design = read_formula(formula, data, "drop")
        pd.testing.assert_frame_equal(design.matrix(data).location, design.covariates.location)
        pd.testing.assert_frame_equal(
            design.matrix(data[5:6]).location, design.covariates.location[5:6]
        )

    def test_it_needs_no_outcome_and_keeps_the_index(self, data):
        design = read_formula("rating ~ hours", data, "drop")
        new = pd.DataFrame({"hours": [1.0, 2.0]}, index=["a", "a"])
        assert design.matrix(new).location.index.tolist() == ["a", "a"]

    def test_rows_with_missing_values_stay_missing(self, data):
        design = read_formula("rating ~ hours + town", data, "drop")
        new = pd.DataFrame({"hours": [1.0, np.nan, 3.0], "town": ["york", "hull", None]})
        found = design.matrix(new).location
        assert found.isna().all(axis=1).tolist() == [False, True, True]
        assert found.loc[0].tolist() == [1.0, 0.0, 1.0]
        assert design.matrix(new[1:]).location.isna().all(axis=None)
        assert design.matrix(new[:0]).location.shape == (0, 3)

    def test_text_and_other_orders_of_categories_are_matched_by_value(self, data):
        design = read_formula("rating ~ town", data, "drop")
        text = pd.DataFrame({"town": ["york", "hull"]})
        turned = pd.DataFrame({"town": pd.Categorical(["york", "hull"], ["york", "hull"])})
        pd.testing.assert_frame_equal(design.matrix(text).location, design.matrix(turned).location)
        assert design.matrix(text).location["town[york]"].tolist() == [1.0, 0.0]

    @pytest.mark.parametrize("formula", ["rating ~ town", "rating ~ hours:C(town)"])
    def test_unknown_categories(self, data, formula):
        design = read_formula(formula, data, "drop")
        new = pd.DataFrame({"town": ["york", "bath", "ely", "bath"], "hours": 1.0})
        message = "'town' has 'bath', 'ely', which the fit did not see; it knows 'hull', 'leeds'"
        with pytest.raises(ModelError, match=message):
            design.matrix(new)

    def test_a_number_is_not_the_text_of_it(self, data):
        data["town"] = pd.Categorical(np.resize(["1", "2"], ROWS))
        design = read_formula("rating ~ town", data, "drop")
        with pytest.raises(ModelError, match="'town' has 2, which the fit did not see"):
            design.matrix(pd.DataFrame({"town": [2]}))

    def test_unknown_values_of_numbers_taken_as_categories(self, data):
        data["year"] = 2020 + np.arange(ROWS) % 3
        design = read_formula("rating ~ C(year)", data, "drop")
        assert design.matrix(pd.DataFrame({"year": [2022]})).location.iloc[0].tolist() == [0.0, 1.0]
        with pytest.raises(ModelError, match=r"cannot be evaluated.*2030"):
            design.matrix(pd.DataFrame({"year": [2020, 2030]}))

    def test_missing_columns(self, data):
        design = read_formula("rating ~ hours + cost", data, "drop")
        with pytest.raises(ModelError, match="names column 'cost', which the data do not have"):
            design.matrix(data[["hours"]])

    def test_new_data_must_be_a_frame(self, data):
        design = read_formula("rating ~ hours", data, "drop")
        with pytest.raises(ModelError, match=r"needs a data frame.*not a ndarray"):
            design.matrix(np.ones((2, 1)))

    def test_pickle(self, data):
        design = read_formula("rating ~ scale(hours) * town", data, "drop")
        copy = pickle.loads(pickle.dumps(design))
        pd.testing.assert_frame_equal(copy.matrix(data).location, design.matrix(data).location)
