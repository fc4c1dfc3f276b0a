"""A parameter that can be raised."""

from gongshi.kernel.parameters import PARAMETERS
from tests.matrix.prepared import REASON, Prepared


def parameters(made: Prepared) -> None:
    parameter = next(each for each in PARAMETERS.values() if each.highest > each.default)
    made.about("parameters/<str:key>/", "api/v1/parameters/<str:key>", key=parameter.key)
    setting = {"seen": parameter.default, "value": parameter.default + 1, "reason": REASON}
    made.takes("POST parameters/<str:key>/", setting)
    made.takes("PUT api/v1/parameters/<str:key>", setting)
