"""A notice for everybody."""

from gongshi.notices.actions import notify
from tests.matrix.prepared import Prepared


def notices(made: Prepared) -> None:
    notify(made.cast.values(), "请办理")
