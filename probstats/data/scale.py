"""The words of the field: the rating scale, the standards, the kinds of provider."""

RATINGS = ("Inadequate", "Requires improvement", "Good", "Outstanding")
"""The four ratings of HM Inspectorate of Probation, worst to best."""

OVERALL = "overall"

SUPERVISION = ("assessment", "planning", "implementation_and_delivery", "reviewing")
"""The four standards on the supervision of cases."""

RATED_PROVIDERS = ("crc", "nps", "pdu")
"""Kinds of provider whose own overall rating does not pool that of others."""

PROVIDER_NAMES = {
    "crc": "Community Rehabilitation Company",
    "nps": "National Probation Service division",
    "pdu": "Probation Delivery Unit",
    "lda": "Local delivery area",
    "region": "Probation region",
    "national": "England and Wales",
}

STANDARD_NAMES = {
    OVERALL: "Overall",
    "leadership": "Leadership",
    "staffing": "Staffing",
    "services": "Services",
    "information_and_facilities": "Information and facilities",
    "assessment": "Assessment",
    "planning": "Planning",
    "implementation_and_delivery": "Implementation and delivery",
    "reviewing": "Reviewing",
    "court_reports": "Court reports",
    "unpaid_work": "Unpaid work",
    "resettlement": "Resettlement",
    "statutory_victim_work": "Victim work",
    "public_protection": "Public protection",
    "desistance": "Desistance",
}
"""Standards by the names used here, in the order in which reports give them."""
