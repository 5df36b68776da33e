"""Which chosen values an import changes: as resolving before and after says, cell by cell."""

import probstats as ps

CELL = ["subject_id", "inspection_id", "population", "measure", "as_of_from", "as_of_to"]


def shared(folder, table_of):
    cells = ps.data.resolve("measures", folder=folder)
    key = [tuple("" if v != v else str(v) for v in row) for row in cells[CELL].to_numpy()]
    return dict(zip(key, cells[table_of], strict=True))


def test_a_figure_that_precedes(write, simulated, copied):
    records = [
        {"subject": "bench-crc", "inspection_id": "bench-crc-2019", "measure": "caseload_total",
         "value": "8123", "date": "2019", "source_kind": kind, "source_url": f"https://example.org/{kind}",
         "source_licence": "facts only"}
        for kind in ("inspectorate", "mirror")
    ]  # fmt: skip
    file = write("m.csv", simulated.records_as_csv(records))
    found = ps.data.preview_import(file, "template-measures", copied.path)
    before = shared(copied.path, "value")
    ps.data.import_table(file, "template-measures", copied.path)
    after = shared(copied.path, "value")
    assert [before[cell] for cell in before if before[cell] != after[cell]] == [7000]
    about = "bench-crc, bench-crc-2019, CRC, caseload_total, 2019-01-01, 2019-12-31"
    chosen = found.chosen.drop(columns="source_before").to_numpy().tolist()
    assert chosen == [["measure_claims", about, "at least 7000", "8123", "i0000-001"]]


def test_a_figure_that_follows_changes_nothing(write, simulated, copied):
    records = [
        {"subject": "durham-tees-valley-crc", "inspection_id": "durham-tees-valley-crc-2019",
         "measure": "caseload_total", "value": "9999", "date": "2018-11", "source_kind": "union",
         "source_url": "https://example.org/simulated", "source_licence": "facts only"}
    ]  # fmt: skip
    file = write("m.csv", simulated.records_as_csv(records))
    found = ps.data.preview_import(file, "template-measures", copied.path)
    assert len(found.disagreements) >= 1
    assert found.chosen.empty


def test_an_interval_is_narrowed(write, simulated, copied):
    ratings = ps.data.resolve("ratings", folder=copied.path)
    open_ones = ratings[ratings["rating_status"] == "interval"]
    one = open_ones.iloc[0]
    low = str(one["rating_low"])
    records = [
        {"inspection_id": one["inspection_id"], "standard": one["standard"], "rating": low,
         "source_kind": "inspectorate", "source_url": "https://example.org/simulated",
         "source_licence": "facts only"}
    ]  # fmt: skip
    file = write("r.csv", simulated.records_as_csv(records))
    found = ps.data.preview_import(file, "template-ratings", copied.path)
    assert found.chosen[["about", "before", "after"]].to_numpy().tolist() == [
        [f"{one['inspection_id']}, {one['standard']}", f"{low} to {one['rating_high']}", low]
    ]


def test_new_cells_change_nothing(valid):
    found = ps.data.preview_import(valid("omsq-caseload"), "omsq-caseload")
    assert found.chosen.empty
    assert list(found.chosen.columns) == [
        "table", "about", "before", "after", "source_before", "source_after",
    ]  # fmt: skip


def test_a_misprint_is_no_matter_of_definition(write, copied):
    claims = ps.data.load("measure_claims", copied.path)
    here = (claims["measure"] == "po_fte") & (claims["subject_id"] == "england-and-wales")
    old = claims[here & claims["as_of_to"].notna() & (claims["population"] == "unified")].iloc[0]
    day = f"{old['as_of_to']:%d/%m/%Y}"
    text = "Region,Grade,Date,FTE\nEngland and Wales,Band 4 probation officer,"
    text += f"{day},{old['value'] * 10}\n"
    file = write("staff.csv", text.encode())
    ps.data.import_table(file, "hmpps-workforce-long", copied.path)
    new = ps.data.load("measure_claims", copied.path).iloc[-1]
    assert new["printed_unit"] == "FTE"
    cell = ps.data.claims("measures", folder=copied.path)
    cell = cell[(cell["subject_id"] == "england-and-wales") & (cell["measure"] == "po_fte")]
    cell = cell[cell["as_of_to"] == old["as_of_to"]]
    assert "definition" not in set(cell["verdict"].astype(str))
    assert {"contradiction", "revision"} & set(cell["verdict"].astype(str))


def test_templates_print_the_unit_of_the_record(write, simulated):
    records = [
        simulated.measure_records()[0] | {"measure": measure, "unit": "", "value": "20"}
        for measure in ("caseload_per_po", "sickness_days", "po_fte", "trainee_fte")
    ]
    file = write("m.csv", simulated.records_as_csv(records))
    found = ps.data.preview_import(file, "template-measures").tables["measure_claims"]
    assert found["printed_unit"].tolist() == ["cases", "days", "FTE", "FTE"]
