"""Ratings by standard. What is known of each inspection, with gaps visible as gaps."""

import probstats as ps
from probstats.study.choices import GRID_STANDARDS

panel = ps.load_panel().sort_values(["provider_type", "programme"], kind="stable")
panel = panel[panel["provider_type"].isin(["crc", "nps", "pdu"])]
panel["section"] = panel["provider_type"].str.upper()
standards = {name: ps.data.STANDARD_NAMES[name] for name in GRID_STANDARDS}

drawing = ps.figures.rating_grid(panel, standards)
