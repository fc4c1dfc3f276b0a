"""A grant in force."""

from tests.matrix.prepared import REASON, Prepared


def grants(made: Prepared) -> None:
    grant = made.city.accepted().lines.latest("pk").grant
    made.about("grants/<int:pk>/", pk=grant.pk)
    made.about("api/v1/grants/<int:grant_id>", "api/v1/grants/<int:grant_id>/revocation", grant_id=grant.pk)
    made.takes("POST grants/<int:pk>/", {"reason": REASON})
    made.takes("POST api/v1/grants/<int:grant_id>/revocation", {"reason": REASON})
