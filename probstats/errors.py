"""Errors and warnings: one clear sentence each, and one family to catch."""


class ProbstatsError(Exception):
    """Base of every error this package raises on purpose."""


class DataError(ProbstatsError, ValueError):
    """A table, a row or a value is not what its description says."""


class ModelError(ProbstatsError, ValueError):
    """A model cannot be set up or fitted as asked."""


class StudyError(ProbstatsError):
    """A step of the study cannot be run."""


class JobError(ProbstatsError):
    """A long run cannot be started, shared out or taken up as asked."""


class ProbstatsWarning(UserWarning):
    """Base of every warning this package gives."""


class ConvergenceWarning(ProbstatsWarning):
    """The optimiser stopped before it found a maximum."""


class SeparationWarning(ConvergenceWarning):
    """The likelihood has no maximum at finite values of the parameters."""


class EmptyLevelWarning(ProbstatsWarning):
    """A level of the outcome was never observed and is left out."""


class MergedLevelsWarning(ProbstatsWarning):
    """No row tells some neighbouring levels of the outcome apart; they are one level."""


class ClusterWarning(ProbstatsWarning):
    """The clusters do not carry the errors asked for."""


class CrossingWarning(ProbstatsWarning):
    """Thresholds cross where predictions are asked for, so that there are no probabilities."""


class PrecedenceWarning(ProbstatsWarning):
    """The order of precedence between claims is not the one the tables are described with."""


class SparseWarning(ProbstatsWarning):
    """Expected counts are so small that the reference distribution of a test may not hold."""


class FewGroupsWarning(ProbstatsWarning):
    """A test has so few groups that it has little power."""


class ResampleWarning(ProbstatsWarning):
    """So many resamples could not be used that the result may be biased."""


class PowerWarning(ProbstatsWarning):
    """A simulated test rejects too often without an effect, or no effect has the power aimed at."""


class SpecificationWarning(ProbstatsWarning):
    """Some analyses of a specification curve have no result."""


class BoundaryWarning(ProbstatsWarning):
    """A standard deviation of random effects is estimated at zero, or a correlation at one."""


class IndefiniteWarning(ProbstatsWarning):
    """A matrix of correlations estimated pair by pair is not positive semidefinite."""


class MissingWarning(ProbstatsWarning):
    """So much is missing, or so few imputations are made, that the result hangs on that."""
