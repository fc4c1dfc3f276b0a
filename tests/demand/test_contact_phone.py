"""The phone of a demand's contact: masked wherever it is shown, in full for a reason that is kept (§10)."""

from typing import Any

import pytest
from django.urls import reverse

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.demand import actions
from gongshi.demand.models import Demand
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Forbidden, Invalid
from tests.demand.making import City
from tests.demand.test_api import API, get, post
from tests.demand.test_pages import browsing, page
from tests.demand.unchanged import refused, snapshot
from tests.factories import browser_of, make_camera, make_person

pytestmark = pytest.mark.django_db

FULL, MASKED = "0578-2091234", "057*******34"
REASON = {"reason": "核实点位用途"}
# Who sees a demand without being of its department.
CONCERNED = ("water_reviewer", "administrator", "operator")
READERS = (*CONCERNED, "specialist", "viewer")


def looks(demand: Demand) -> list[tuple[int | None, str]]:
    events = AuditEvent.objects.filter(action=AuditAction.DemandPhoneRevealed, object_id=demand.pk)
    return list(events.order_by("id").values_list("actor_id", "reason"))


def ask_on_the_page(person: Person, demand: Demand, body: dict[str, Any]) -> tuple[int, str]:
    response = browser_of(person).post(reverse("demand:phone", args=[demand.pk]), body)
    return response.status_code, response.content.decode()


class TestMasked:
    @pytest.mark.parametrize("who", READERS)
    def test_it_is_masked_on_the_page_and_over_the_interface(self, city: City, who: str) -> None:
        demand, person = city.submit(city.restricted()), getattr(city, who)
        text = page(person, "demand:demand", demand.pk)
        assert MASKED in text and FULL not in text
        assert get(person, f"/demands/{demand.pk}")["phone"] == MASKED

    def test_it_is_masked_where_lanes_are_decided_and_delivered(self, city: City) -> None:
        lane, order = city.confirming(), city.claimed()
        pages = [
            page(city.water_reviewer, "demand:confirm_lane", lane.pk),
            page(city.administrator, "demand:review_lane", city.reviewing().pk),
            page(city.operator, "delivery:order", order.pk),
        ]
        assert [(MASKED in text, FULL in text) for text in pages] == [(True, False)] * 3

    def test_no_export_and_no_list_tells_it(self, city: City) -> None:
        demand = city.submit(city.restricted())
        browser = browser_of(city.administrator)
        for view, arguments in (("demands", []), ("monitor", []), ("lines", [demand.pk])):
            for query in ({}, {"_export": "csv"}):
                text = browser.get(reverse(f"demand:{view}", args=arguments), query).content.decode()
                assert FULL not in text, view
        assert FULL not in str(get(city.administrator, "/demands"))

    def test_a_draft_keeps_it_for_who_may_edit_the_draft_only(self, city: City) -> None:
        demand = city.draft()
        assert FULL in page(city.specialist, "demand:edit", demand.pk)
        assert get(city.specialist, f"/demands/{demand.pk}")["phone"] == FULL
        assert get(city.viewer, f"/demands/{demand.pk}")["phone"] == MASKED
        assert FULL not in page(city.viewer, "demand:demand", demand.pk)

    def test_the_form_of_a_demand_that_was_submitted_does_not_tell_it(self, city: City) -> None:
        demand = city.submit()
        assert FULL not in page(city.specialist, "demand:edit", demand.pk)


class TestRevealing:
    @pytest.mark.parametrize("who", READERS)
    def test_whoever_reads_the_demand_is_told_it_for_a_reason_that_is_recorded(
        self, city: City, who: str
    ) -> None:
        demand, person = city.submit(city.restricted()), getattr(city, who)
        status, text = ask_on_the_page(person, demand, REASON)
        assert (status, FULL in text) == (200, True)
        assert post(browser_of(person), f"/demands/{demand.pk}/phone", REASON) == {"phone": FULL}
        assert looks(demand) == [(person.pk, REASON["reason"])] * 2

    def test_the_look_stands_in_the_audit_log_and_not_among_the_steps_of_the_demand(self, city: City) -> None:
        demand = city.submit(city.restricted())
        actions.reveal_demand_phone(actor=city.operator, demand=demand, **REASON)
        assert AuditEvent.objects.filter(after__icontains=FULL).count() == 0
        assert REASON["reason"] not in page(city.specialist, "demand:demand", demand.pk)

    def test_the_page_that_asks_does_not_tell_it(self, city: City) -> None:
        demand = city.submit()
        assert FULL not in page(city.administrator, "demand:phone", demand.pk)
        assert looks(demand) == []

    def test_without_a_reason_nothing_is_told(self, city: City) -> None:
        demand = city.submit()
        with refused(Invalid) as refusal:
            actions.reveal_demand_phone(actor=city.operator, demand=demand, reason="  ")
        assert refusal.value.field == "reason"
        client, before = browsing(city.operator)
        response = client.post(reverse("demand:phone", args=[demand.pk]), {"reason": ""})
        assert FULL not in response.content.decode()
        assert FULL not in str(post(client, f"/demands/{demand.pk}/phone", {"reason": ""}, 422))
        assert snapshot() == before

    def test_who_may_not_read_the_demand_is_told_nothing(self, city: City) -> None:
        demand = city.submit(make_camera(city.water))
        strangers = [
            make_person(Role.DATA_SPECIALIST),
            city.traffic_reviewer,
            # Of the department, but without a part in the business.
            make_person(Role.SECURITY_ADMINISTRATOR, department=city.department),
            make_person(Role.AUDIT_ADMINISTRATOR),
        ]
        for person in strangers:
            client, before = browsing(person)
            response = client.post(reverse("demand:phone", args=[demand.pk]), REASON)
            assert (response.status_code, FULL in response.content.decode()) == (404, False)
            answer = client.post(f"{API}/demands/{demand.pk}/phone", REASON, "application/json")
            assert (answer.status_code, FULL in answer.content.decode()) == (404, False)
            assert snapshot() == before
            with refused(Forbidden):
                actions.reveal_demand_phone(actor=person, demand=demand, **REASON)

    @pytest.mark.parametrize("who", CONCERNED)
    def test_a_draft_stays_at_home(self, city: City, who: str) -> None:
        demand, person = city.draft(city.restricted()), getattr(city, who)
        client, before = browsing(person)
        assert client.post(reverse("demand:phone", args=[demand.pk]), REASON).status_code == 404
        assert snapshot() == before
        with refused(Forbidden):
            actions.reveal_demand_phone(actor=person, demand=demand, **REASON)
