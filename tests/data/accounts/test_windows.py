"""Which simulated inspections lie in a window."""

import pandas as pd
import pytest

from probstats.data.accounts.windows import day_bounds, place

LEVELS = ["Inadequate", "Requires improvement", "Good", "Outstanding"]
COLUMNS = {
    "provider_type": "pdu", "programme": "pdu-2022-23", "standards_set": "pdu-9",
    "region": "London", "rating_status_overall": "stated", "fieldwork_start_from": None,
    "fieldwork_start_to": None, "published_from": None, "published_to": None,
}  # fmt: skip
WINDOW = {
    "provider_types": "pdu", "programmes": None, "standards_sets": None, "regions": None,
    "regions_excluded": None, "fieldwork_from": None, "fieldwork_to": None,
    "published_from": None, "published_to": None,
}  # fmt: skip


def simulated(low="Good", high="Good", **changes):
    frame = pd.DataFrame([COLUMNS | changes])
    dates = [name for name in frame if name.endswith(("_from", "_to"))]
    frame[dates] = frame[dates].apply(pd.to_datetime)
    for end, level in (("low", low), ("high", high)):
        frame[f"rating_{end}_overall"] = pd.Categorical([level], LEVELS, ordered=True)
    return frame


def standing(window, **changes):
    days = {n: pd.Timestamp(v) if n.endswith(("_from", "_to")) else v for n, v in window.items()}
    row = place(simulated(**changes), WINDOW | days).iloc[0]
    return row["standing"], row["reason"]


@pytest.mark.parametrize(
    ("window", "changes", "expected"),
    [
        ({}, {}, ("in", "rated Good")),
        ({}, {"low": "Inadequate"}, ("in", "rated Inadequate to Good")),
        ({}, {"low": None, "high": None}, ("in", "rating not seen")),
        ({}, {"provider_type": "crc"}, ("out", "provider type crc, not pdu")),
        ({"provider_types": "crc pdu"}, {}, ("in", "rated Good")),
        ({}, {"rating_status_overall": "not rated"}, ("out", "not rated")),
        ({"programmes": "core-2018-19"}, {}, ("out", "programme pdu-2022-23, not core-2018-19")),
        ({"standards_sets": "pdu-7 pdu-9"}, {}, ("in", "rated Good")),
        (
            {"standards_sets": "pdu-7"},
            {"standards_set": None},
            ("out", "standards set not given, not pdu-7"),
        ),
        ({"regions": "Kent, Surrey and Sussex; London"}, {}, ("in", "rated Good")),
        ({"regions": "Wales"}, {"region": None}, ("out", "region not given, not Wales")),
        ({"regions_excluded": "Wales"}, {"region": None}, ("in", "rated Good")),
        (
            {"regions_excluded": "Wales; London"},
            {},
            ("out", "region London, which the window leaves out"),
        ),
    ],
)
def test_conditions(window, changes, expected):
    assert standing(window, **changes) == expected


YEAR = {"published_from": "2022-01-01", "published_to": "2022-12-31"}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2022-01-01", "2022-12-31", "in"),
        ("2022-12-31", "2023-01-01", "undecided"),
        ("2023-01-01", "2023-01-01", "out"),
        (None, "2022-06-30", "in"),  # fieldwork, and so publication, not before the programme
        ("2022-06-01", None, "undecided"),
        (None, None, "undecided"),
    ],
)
def test_days_known_as_intervals(first, last, expected):
    changes = {"published_from": first, "published_to": last}
    assert standing(YEAR, **changes)[0] == expected


def test_what_is_out_for_one_reason_is_not_undecided_for_another():
    assert standing(YEAR, provider_type="crc") == ("out", "provider type crc, not pdu")


def test_the_reason_names_the_days():
    found = standing(YEAR, published_from="2022-12-31", published_to="2023-01-02")
    assert found == (
        "undecided",
        "published between 2022-12-31 and 2023-01-02; window 2022-01-01 to 2022-12-31",
    )


def test_dates_narrow_each_other():
    frame = simulated(programme="core-2018-19", published_to="2019-05-03")
    first, last = day_bounds(frame, "fieldwork")
    assert (str(first[0].date()), str(last[0].date())) == ("2018-01-01", "2019-05-03")
    frame = simulated(programme="national-2025", fieldwork_start_from="2025-02-01")
    first, last = day_bounds(frame, "published")
    assert (str(first[0].date()), last.isna()[0]) == ("2025-02-01", True)


@pytest.mark.parametrize("event", ["fieldwork", "published"])
def test_bounds_of_the_record_hold_no_contradiction(wide, event):
    first, last = day_bounds(wide, event)
    assert not (first > last).any()
    known = {"fieldwork": "fieldwork_start", "published": "published"}[event]
    assert not (wide[f"{known}_to"] < first).any()
    assert not (wide[f"{known}_from"] > last).any()
