"""The people of the demonstration: the whole chain is possible and nobody must decide twice."""

import re

from gongshi.demo.city import BUSINESS_CATEGORIES, BUSINESS_ITEMS, DEPARTMENTS, PERSONS
from gongshi.identity.regions import REGIONS

BY_ACCOUNT = {person.account: person for person in PERSONS}
SEPARATED = {"system_administrator", "security_administrator", "audit_administrator"}


def test_codes_names_and_accounts_are_unique() -> None:
    assert len({department.code for department in DEPARTMENTS}) == len(DEPARTMENTS)
    assert len({department.name for department in DEPARTMENTS}) == len(DEPARTMENTS)
    assert len(BY_ACCOUNT) == len(PERSONS)
    assert len({person.name for person in PERSONS}) == len(PERSONS)
    assert len({person.phone for person in PERSONS}) == len(PERSONS)


def test_accounts_and_phones_are_well_formed() -> None:
    for person in PERSONS:
        assert re.fullmatch(r"[a-z][a-z0-9-]{2,31}", person.account)
        assert re.fullmatch(r"138\d{8}", person.phone)


def test_departments_lie_in_a_known_region_and_third_parties_have_a_supervisor() -> None:
    codes = {department.code for department in DEPARTMENTS}
    for department in DEPARTMENTS:
        assert department.region in REGIONS
        assert (department.level == "city") == (department.region == "331100")
        assert department.supervisor_code is None or department.supervisor_code in codes
        assert department.supervisor_code or department.kind not in {"enterprise", "social"}


def test_the_supervisor_comes_before_those_it_leads() -> None:
    order = [department.code for department in DEPARTMENTS]
    for department in DEPARTMENTS:
        if department.supervisor_code:
            assert order.index(department.supervisor_code) < order.index(department.code)


def test_every_step_of_a_demand_has_a_different_person() -> None:
    chain = {
        "jiaotong": ("331100-JT", "data_specialist"),
        "jiaotong-kan": ("331100-JT", "viewer"),
        "jiaotong-fuzeren": ("331100-JT", "department_head"),
        "gongan": ("331100-GA", "source_reviewer"),
        "shuili": ("331100-SL", "source_reviewer"),
        "jiaoyu": ("331100-JY", "source_reviewer"),
        "dashuju": ("331100-DSJ", "bureau_administrator"),
        "dashuju-yanshou": ("331100-DSJ", "bureau_administrator"),
        "yunwei": ("331100-YW", "operator"),
        "yunwei2": ("331100-YW", "operator"),
    }
    for account, (department, role) in chain.items():
        assert BY_ACCOUNT[account].department_code == department
        assert BY_ACCOUNT[account].roles == (role,)


def test_the_three_administrators_hold_one_role_each() -> None:
    found = {account: BY_ACCOUNT[account].roles for account in ("xitong", "anquan", "shenji")}
    assert found == {
        "xitong": ("system_administrator",),
        "anquan": ("security_administrator",),
        "shenji": ("audit_administrator",),
    }
    assert all(len(person.roles) == 1 for person in PERSONS if SEPARATED & set(person.roles))


def test_business_items_hang_together() -> None:
    categories = {category.code: category for category in BUSINESS_CATEGORIES}
    people = {person.name: person for person in PERSONS}
    assert {category.department_code for category in BUSINESS_CATEGORIES} == {
        "331100-JT",
        "331100-YJ",
        "331100-ZF",
    }
    assert {item.category_code for item in BUSINESS_ITEMS} == categories.keys()
    for item in BUSINESS_ITEMS:
        assert item.legal_basis and item.business_system and item.section
        if item.contact in people:
            assert people[item.contact].department_code == categories[item.category_code].department_code
