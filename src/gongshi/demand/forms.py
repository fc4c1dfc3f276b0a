"""What is asked for items, demands and decisions."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.urls import reverse
from django.utils.html import format_html

from gongshi.atlas.models import PointList
from gongshi.atlas.queries import point_lists_visible_to
from gongshi.demand import queries
from gongshi.demand.models import BusinessCategory, BusinessItem, DemandLine, DemandType, ObjectKind
from gongshi.grants.models import Way
from gongshi.identity.models import Person
from gongshi.identity.queries import colleagues
from gongshi.kernel import clock

REFUSAL_REASONS = (
    "与申请用途不符，超出履行职责所需范围",
    "点位涉及敏感区域，不宜共享",
    "使用期限过长，请缩短后重新提交",
    "设备正在整改，暂不具备共享条件",
    "使用人员范围过大，请明确具体人员",
)
REJECTION_REASONS = (
    "用途说明不充分，请补充法定职责依据",
    "点位与业务事项不相关",
    "使用人员与业务事项不相符",
    "共享方式不适用，请改选其他方式",
)
# A form may send a thousand fields; above this many lines one reason stands for all refused.
LINES_WITH_OWN_REASON = 300


class CategoryForm(forms.Form):
    name = forms.CharField(label="业务分类", max_length=64, help_text="例如：防汛防台、交通治理、校园安全。")


class ItemForm(forms.Form):
    category = forms.ModelChoiceField(
        BusinessCategory.objects.none(),
        label="业务分类",
        empty_label="请选择",
    )
    name = forms.CharField(label="事项名称", max_length=128)
    section = forms.CharField(label="业务处室", max_length=64)
    section_contact = forms.CharField(label="处室联系人", max_length=64)
    business_system = forms.CharField(label="业务系统", max_length=128, required=False)
    legal_basis = forms.CharField(
        label="法律依据",
        max_length=300,
        help_text="写明法律、法规或“三定”规定的名称和条款。",
        widget=forms.Textarea(attrs={"rows": 2, "wide": True}),
    )

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["category"].queryset = queries.categories_visible_to(person)  # type: ignore[attr-defined]
        self.fields["category"].help_text = format_html(
            '没有合适的分类？<a href="{}">新增业务分类</a>', reverse("demand:create_category")
        )


class PersonChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, person: Person) -> str:
        return f"{person.name}（{person.title or person.role_names}）"


class Section(NamedTuple):
    """A part of the form; `only_for` is the demand type that it belongs to, empty for both."""

    title: str
    fields: list[forms.BoundField]
    only_for: str


class DemandForm(forms.Form):
    """A demand on one page; `sections` is the order in which it is filled in."""

    item = forms.ModelChoiceField(BusinessItem.objects.none(), label="业务事项", empty_label="请选择业务事项")
    point_list = forms.ModelChoiceField(
        PointList.objects.none(),
        label="视频点位需求清单",
        empty_label="请选择清单",
        help_text="清单在“点位一张图”上选点生成。",
    )
    type = forms.ChoiceField(label="需求类型", choices=DemandType.choices, initial=DemandType.STREAM)
    way = forms.ChoiceField(
        label="共享方式",
        choices=Way.choices,
        required=False,
        initial=Way.ACCOUNT,
    )
    live = forms.BooleanField(label="实时视频", required=False, initial=True)
    history = forms.BooleanField(label="历史视频", required=False)
    object_kinds = forms.MultipleChoiceField(
        label="数据对象",
        choices=ObjectKind.choices,
        required=False,
        help_text="至少选择一类。",
        widget=forms.CheckboxSelectMultiple(attrs={"wide": True}),
    )
    purpose = forms.CharField(
        label="用途说明",
        max_length=500,
        help_text="至少 10 个字：为履行什么职责、查看什么内容、怎样使用。",
        widget=forms.Textarea(attrs={"rows": 3, "wide": True}),
    )
    period_from = forms.DateField(
        label="使用起始", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    period_until = forms.DateField(
        label="使用截止",
        help_text="最长一年。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    viewers = PersonChoices(
        Person.objects.none(),
        label="使用人员",
        required=False,
        help_text="只有这些人可以查看，一人一号，不得转借。",
        widget=forms.CheckboxSelectMultiple(attrs={"wide": True}),
    )
    contact = forms.CharField(label="联系人", max_length=64)
    phone = forms.CharField(label="联系电话", max_length=32)

    SECTIONS = (
        ("业务事项", ("item",)),
        ("视频点位需求清单", ("point_list",)),
        ("类型与方式", ("type", "way", "live", "history", "object_kinds")),
        ("用途与期限", ("purpose", "period_from", "period_until")),
        ("使用人员", ("viewers",)),
        ("联系人", ("contact", "phone")),
    )
    # What is asked for demands of one type only.
    ONLY_FOR: ClassVar[dict[str, DemandType]] = {
        "way": DemandType.STREAM,
        "live": DemandType.STREAM,
        "history": DemandType.STREAM,
        "viewers": DemandType.STREAM,
        "object_kinds": DemandType.STRUCTURED,
    }

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = {
            "item": queries.items_visible_to(person),
            "point_list": point_lists_visible_to(person),
            "viewers": colleagues(person),
        }
        for name, things in choices.items():
            self.fields[name].queryset = things  # type: ignore[attr-defined]
        today = clock.today()
        for name, value in {
            "contact": person.name,
            "phone": person.phone,
            "period_from": today,
            "period_until": today + timedelta(days=180),
        }.items():
            self.fields[name].initial = value
        for name, type_ in self.ONLY_FOR.items():
            self.fields[name].only_for = type_.value  # type: ignore[attr-defined]

    def sections(self) -> Iterator[Section]:
        for title, names in self.SECTIONS:
            types = {self.ONLY_FOR.get(name) for name in names}
            only_for = types.pop() if len(types) == 1 else None
            yield Section(title, [self[name] for name in names], only_for or "")


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label="撤回理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3, "wide": True})
    )


class LineChoice(NamedTuple):
    """A line with what the reviewer has typed for it so far."""

    line: DemandLine
    refused: bool
    reason: str


class ConfirmationForm(forms.Form):
    """Which lines are refused and why; everything else is agreed."""

    refused = forms.TypedMultipleChoiceField(coerce=int, required=False, label="拒绝的点位")
    reason = forms.CharField(
        label="意见",
        max_length=300,
        required=False,
        help_text="拒绝的点位没有单独填写理由时，以此为理由。",
        widget=forms.TextInput(attrs={"list": "refusal-reasons", "autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, lines: list[DemandLine], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lines = lines
        self.fields["refused"].choices = [(line.pk, str(line.camera)) for line in lines]  # type: ignore[attr-defined]
        self.own_reasons = len(lines) <= LINES_WITH_OWN_REASON

    def choices(self) -> list[LineChoice]:
        chosen = {str(pk) for pk in self["refused"].value() or ()}
        return [LineChoice(line, str(line.pk) in chosen, self._typed(line)) for line in self.lines]

    def clean_refused(self) -> dict[int, str]:
        """Line id → its own reason, of the refused lines; all of them with “全部拒绝”."""
        chosen = set(self.cleaned_data["refused"])
        everything = "refuse_all" in self.data
        return {line.pk: self._typed(line) for line in self.lines if everything or line.pk in chosen}

    def _typed(self, line: DemandLine) -> str:
        return str(self.data.get(f"reason_{line.pk}", ""))


class ReviewForm(forms.Form):
    decision = forms.ChoiceField(choices=[("approve", "通过"), ("reject", "不通过")], label="结论")
    reason = forms.CharField(
        label="意见",
        max_length=300,
        required=False,
        help_text="不通过时必填，需求部门将看到。",
        widget=forms.TextInput(attrs={"list": "rejection-reasons", "autocomplete": "off"}),
    )
