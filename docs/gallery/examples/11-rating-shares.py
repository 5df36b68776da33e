"""Shares of ratings. Overall ratings by kind of provider, beside the share of better ones."""

import probstats as ps

wide = ps.load_panel("wide")
wide = wide[wide["provider_type"].isin(["crc", "nps", "pdu"])]
wide["group"] = wide["provider_type"].map(ps.data.PROVIDER_NAMES)
shares = ps.tables.rating_shares(wide, "group", "rating_overall")
better = ps.tables.at_least_shares(wide, "group", "Good", "rating_overall")

drawing = ps.figures.rating_shares(shares, better, "Good or Outstanding")
