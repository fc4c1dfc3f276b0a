"""People, departments, proposals of accounts and their reviews."""

from gongshi.identity.actions import lock_person
from gongshi.identity.models import AccountReview, Person
from gongshi.identity.proposal_actions import propose_account
from gongshi.identity.review_actions import begin_reviews
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from tests.factories import make_department, make_person
from tests.identity.workbooks import workbook as filled_in
from tests.matrix.prepared import REASON, Body, Prepared

# One row of each workbook, by head.
DEPARTMENT = {
    "部门编码": "331100-9998",
    "部门名称": "丽水市地震局",
    "简称": "地震局",
    "行政区域": "丽水市",
    "层级": "市级",
    "类别": "政府部门",
    "上级部门": "",
    "主管部门": "",
}
ACCOUNT = {
    "账号": "sun-li",
    "姓名": "孙丽",
    "职务": "",
    "联系电话": "",
    "密级权限": "L2",
    "角色": "使用人员",
}


def people(made: Prepared) -> None:
    head = made.cast["department_head@asking"]
    page, api = "people/<int:pk>/", "api/v1/people/<int:person_id>"
    made.about(page, f"{page}edit/", f"{page}lock/", f"{page}phone/", pk=head.pk)
    made.about(f"{page}propose/<slug:kind>/", pk=head.pk, kind="lock")
    made.about(api, f"{api}/lock", f"{api}/phone", f"{api}/proposals", person_id=head.pk)
    locked = make_person(Role.VIEWER, department=made.city.department)
    lock_person(actor=made.cast["security_administrator@other"], person=locked, reason=REASON)
    made.about(f"{page}unlock/", pk=locked.pk)
    made.about(f"{api}/unlock", person_id=locked.pk)
    reason, edit = {"reason": REASON}, {"name": "王建国"}
    made.takes(f"POST {page}edit/", edit)
    made.takes(f"PUT {api}", edit)
    for act in ("lock", "unlock", "phone"):
        made.takes(f"POST {page}{act}/", reason)
        made.takes(f"POST {api}/{act}", reason)
    made.takes(f"POST {page}propose/<slug:kind>/", reason)
    made.takes(f"POST {api}/proposals", reason | {"kind": "lock"})

    empty = make_department()
    account = {"account": "zhang-wei", "name": "张伟", "clearance": "L2"}
    first = account | {"roles": ["data_specialist"]}
    made.takes("POST people/new/", first | {"department": empty.pk})
    made.takes("POST api/v1/people", first | {"department": empty.code})


def departments(made: Prepared) -> None:
    department, empty = made.city.department, make_department()
    content = {
        "code": "331100-9999",
        "name": "丽水市气象局",
        "short_name": "气象局",
        "region": "331100",
        "level": "city",
        "kind": "government",
    }
    made.takes("POST people/departments/new/", content)
    made.takes("POST api/v1/people/departments", content)
    page, api = "people/departments/<int:pk>/", "api/v1/people/departments/<code>"
    made.about(page, f"{page}edit/", f"{page}head/", pk=department.pk)
    made.about(f"{page}merger/", pk=empty.pk)
    made.about(api, f"{api}/head", code=department.code)
    made.about(f"{api}/merger", code=empty.code)
    renamed = {name: value for name, value in content.items() if name != "code"}
    made.takes(f"POST {page}edit/", renamed)
    made.takes(f"PUT {api}", renamed)
    head = made.cast["department_head@asking"]
    made.takes(f"POST {page}head/", {"head": head.pk})
    made.takes(f"POST {api}/head", {"head": head.account})
    made.takes(f"POST {page}merger/", {"into": department.pk, "reason": REASON})
    made.takes(f"POST {api}/merger", {"into": department.code, "reason": REASON})

    def workbook(_: Person) -> Body:
        return {"file": filled_in(tuple(DEPARTMENT), [tuple(DEPARTMENT.values())])}

    made.takes("POST people/departments/import/", workbook)
    made.takes("POST api/v1/people/departments/import", workbook)


def proposals(made: Prepared) -> None:
    """What the specialist of the asking department wants of the security administrator."""
    specialist, department = made.cast["data_specialist@asking"], made.city.department
    account = {"account": "li-na", "name": "李娜", "clearance": "L2", "reason": REASON}
    opened = propose_account(actor=specialist, department=department, roles=["viewer"], **account)
    page, api = "people/proposals/<str:number>/", "api/v1/people/proposals/<number>"
    made.about(page, f"{page}withdrawal/", number=opened.number)
    made.about(f"{api}/decision", f"{api}/withdrawal", number=opened.number)
    made.takes(f"POST {page}", {"proposals": [opened.pk], "verdict": "approve"})
    made.takes(f"POST {api}/decision", {"approve": True})

    def another(person: Person) -> Body:
        """Specialists ask for people of their departments, administrators for administrators."""
        role = "audit_administrator" if SEPARATED_ADMINISTRATORS & person.roles else "viewer"
        return account | {"account": "zhao-lei", "department": person.department_id, "roles": [role]}

    made.takes("POST people/proposals/new/", another)
    made.takes(
        "POST api/v1/people/proposals",
        lambda person: another(person) | {"department": person.department.code},
    )

    def workbook(person: Person) -> Body:
        file = filled_in(tuple(ACCOUNT), [tuple(ACCOUNT.values())])
        return {"department": person.department_id, "reason": REASON, "file": file}

    made.takes("POST people/proposals/import/", workbook)
    made.takes(
        "POST api/v1/people/proposals/import",
        lambda person: workbook(person) | {"department": person.department.code},
    )


def reviews(made: Prepared) -> None:
    begin_reviews()
    review = AccountReview.objects.get(department=made.city.department)
    made.about("people/reviews/<int:pk>/", pk=review.pk)
    api = "api/v1/people/reviews/<int:review_id>"
    made.about(api, f"{api}/confirmation", review_id=review.pk)
    confirmed = {"people": [made.city.viewer.pk]}
    made.takes("POST people/reviews/<int:pk>/", confirmed)
    made.takes(f"POST {api}/confirmation", confirmed)
