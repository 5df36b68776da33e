"""Flow of the sample. How many inspections are left for which analysis."""

import probstats as ps

flow = ps.tables.sample_flow(ps.load_panel("wide"))

drawing = ps.figures.sample_flow(flow)
