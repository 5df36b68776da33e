"""Ordinal models for any frame with any ordered outcome."""

from probstats.models.checking.accuracy import accuracy
from probstats.models.checking.calibration import calibrate
from probstats.models.checking.explore import explore
from probstats.models.checking.goodness_of_fit import goodness_of_fit
from probstats.models.checking.likelihood_ratio import likelihood_ratio_test
from probstats.models.checking.parallel_lines import parallel_lines_test
from probstats.models.checking.split_estimates import split_estimates
from probstats.models.checking.term_tests import nominal_test, scale_test
from probstats.models.checking.validation import validate
from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.detection import detect_separation
from probstats.models.mixed.fixed_effects import FixedEffectsOrderedLogit
from probstats.models.mixed.mixed_model import CumulativeLinkMixedModel
from probstats.models.mixed.pairs import paired_change_test
from probstats.models.mixed.within_between import within_between

__all__ = [
    "CumulativeLinkMixedModel",
    "CumulativeLinkModel",
    "FixedEffectsOrderedLogit",
    "accuracy",
    "calibrate",
    "detect_separation",
    "explore",
    "goodness_of_fit",
    "likelihood_ratio_test",
    "nominal_test",
    "paired_change_test",
    "parallel_lines_test",
    "scale_test",
    "split_estimates",
    "validate",
    "within_between",
]
