"""Map of the evidence. Which ratings are known for which inspection, and from whom."""

import probstats as ps

wide = ps.load_panel("wide").sort_values("provider_type", kind="stable")
wide = wide[wide["provider_type"].isin(["crc", "nps", "pdu"])]
inspections = wide[["inspection_id"]].assign(section=wide["provider_type"].str.upper())
standards = {name: name for name in ps.data.STANDARD_NAMES.values()}

drawing = ps.figures.evidence_map(ps.data.provenance(), inspections, items=standards)
