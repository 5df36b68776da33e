"""The public record on probation inspections, as tables and as one tidy panel."""

from probstats.data.accounts.conflicts import conflicts
from probstats.data.accounts.coverage import coverage, measures_coverage
from probstats.data.accounts.dictionary import describe
from probstats.data.accounts.explain import explain
from probstats.data.accounts.provenance import provenance
from probstats.data.accounts.reconcile import reconcile, reconciled_inspections
from probstats.data.exports.export import Exported, export
from probstats.data.exports.release import release
from probstats.data.imports.importing import import_table, imports, undo_import
from probstats.data.imports.layout import Layout, layout_names, read_layout
from probstats.data.imports.preview import ImportPreview, preview_import
from probstats.data.imports.templates import describe_template, template
from probstats.data.merging.derived import derive
from probstats.data.merging.formulas import formulas
from probstats.data.merging.merge import Merged, merge
from probstats.data.panels.built import load_panel
from probstats.data.panels.series import national_staffing, national_staffing_claims
from probstats.data.record.tables import check, load, table_names
from probstats.data.register.events import policy_events
from probstats.data.register.matching import match_subject, match_subjects
from probstats.data.register.owners import owners
from probstats.data.register.subjects import subjects
from probstats.data.resolution.resolve import claims, resolve
from probstats.data.rules.deductions import deduce
from probstats.data.rules.rating_rules import RatingRules, rating_rules
from probstats.data.scale import PROVIDER_NAMES, RATINGS, STANDARD_NAMES, SUPERVISION

__all__ = [
    "PROVIDER_NAMES",
    "RATINGS",
    "STANDARD_NAMES",
    "SUPERVISION",
    "Exported",
    "ImportPreview",
    "Layout",
    "Merged",
    "RatingRules",
    "check",
    "claims",
    "conflicts",
    "coverage",
    "deduce",
    "derive",
    "describe",
    "describe_template",
    "explain",
    "export",
    "formulas",
    "import_table",
    "imports",
    "layout_names",
    "load",
    "load_panel",
    "match_subject",
    "match_subjects",
    "measures_coverage",
    "merge",
    "national_staffing",
    "national_staffing_claims",
    "owners",
    "policy_events",
    "preview_import",
    "provenance",
    "rating_rules",
    "read_layout",
    "reconcile",
    "reconciled_inspections",
    "release",
    "resolve",
    "subjects",
    "table_names",
    "template",
    "undo_import",
]


def __dir__() -> list[str]:
    return __all__
