"""Planning: power, smallest detectable effects and the width of intervals to expect."""

from probstats.planning.powering import power
from probstats.planning.results import Detectable, SimulatedPower
from probstats.planning.whitehead import FormulaPower

__all__ = ["Detectable", "FormulaPower", "SimulatedPower", "power"]


def __dir__() -> list[str]:
    return __all__
