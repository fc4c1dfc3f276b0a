"""Setting a department's own scheme of codes (自编编号规则)."""

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.models import CodeScheme
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.schemes import checked_scheme
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid

LONGEST_EXPLANATION = 200


@transaction.atomic
def set_code_scheme(
    *, actor: Person, department: Department, pattern: str, explanation: str = ""
) -> CodeScheme | None:
    """Say how a department numbers new points itself; an empty pattern takes the scheme away, giving None.

    Points that are in the catalogue keep their codes. Raises Invalid with the field at fault.
    """
    authorise(actor, Permission.KeepCodeScheme, department)
    explanation = explanation.strip()
    if len(explanation) > LONGEST_EXPLANATION:
        raise Invalid(f"说明最多 {LONGEST_EXPLANATION} 个字，请精简。", field="explanation")
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    there = CodeScheme.objects.filter(department=department).first()
    before = {"pattern": there.pattern if there else ""}
    if not pattern.strip():
        if there is None:
            raise Invalid("该部门没有设置自编编号规则，无需取消。", field="pattern")
        record(AuditAction.CodeSchemeSet, actor=actor, thing=department, before=before, after={"pattern": ""})
        there.delete()
        return None
    text = checked_scheme(pattern).text
    if there and (there.pattern, there.explanation) == (text, explanation):
        raise Invalid("与现行规则相同，无需修改。", field="pattern")
    scheme, _ = CodeScheme.objects.update_or_create(
        department=department,
        defaults={"pattern": text, "explanation": explanation, "set_by": actor, "set_at": clock.now()},
    )
    record(AuditAction.CodeSchemeSet, actor=actor, thing=department, before=before, after={"pattern": text})
    return scheme
