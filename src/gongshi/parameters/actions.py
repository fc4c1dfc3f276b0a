"""Setting a parameter."""

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.models import ParameterValue
from gongshi.kernel.parameters import Parameter
from gongshi.parameters.models import REASON_LENGTH, ParameterChange
from gongshi.parameters.rules import Permission


@transaction.atomic
def set_parameter(
    *, actor: Person, parameter: Parameter, value: int, seen: int, reason: str
) -> ParameterChange:
    """Put another number in force. `seen` is the one that the actor saw in force when he decided.

    Raises Conflict when somebody else has set it meanwhile, Invalid with the field at fault.
    """
    authorise(actor, Permission.SetParameter)
    chosen = _locked(parameter)
    before = parameter.in_force(chosen)
    if seen != before:
        raise Conflict(
            f"{parameter.label}刚刚已由他人改为 {parameter.text(before)}，请刷新页面，核对后再修改。"
        )
    _check(parameter, before=before, after=value, reason=reason)
    chosen.value = value
    chosen.save(update_fields=["value"])
    change = ParameterChange.objects.create(
        key=parameter.key, before=before, after=value, reason=reason.strip(), by=actor, at=clock.now()
    )
    record(
        AuditAction.ParameterSet,
        actor=actor,
        thing=chosen,
        label=parameter.label,
        before={parameter.key: before},
        after={parameter.key: value},
        reason=change.reason,
    )
    return change


def _locked(parameter: Parameter) -> ParameterValue:
    """The row of a parameter, which nobody else can change now; made when it was never set."""
    ParameterValue.objects.get_or_create(key=parameter.key, defaults={"value": parameter.default})
    return ParameterValue.objects.select_for_update().get(key=parameter.key)


def _check(parameter: Parameter, *, before: int, after: int, reason: str) -> None:
    if not reason.strip():
        raise Invalid("请填写修改理由。", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(f"修改理由最多 {REASON_LENGTH} 字，请缩短。", field="reason")
    if after == before:
        raise Invalid("新值与现行值相同，无需修改。", field="value")
    if parameter.only_upward and after < before:
        sentence = f"{parameter.label}是法定期限，只能延长：请填写大于 {parameter.text(before)} 的值。"
        raise Invalid(sentence, field="value")
    if not parameter.lowest <= after <= parameter.highest:
        bounds = f"{parameter.lowest} 至 {parameter.text(parameter.highest)}"
        raise Invalid(f"{parameter.label}须在 {bounds} 之间，请重新填写。", field="value")
