"""Rows of a workbook through the form of a page: one declaration of fields for typing and for importing.

The heads are the labels of the form's fields; the drop-downs their choices; several choices in a cell are set
apart by "、".
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from django import forms

from gongshi.kernel.problems import Problem
from gongshi.kernel.template_workbook import TemplateColumn, template_workbook
from gongshi.kernel.workbook import Row, unprintable

_BETWEEN_CHOICES = re.compile(r"[、,，;；\s]+")

Form = Callable[[dict[str, Any]], forms.Form]


def heads_of(form: forms.Form) -> tuple[str, ...]:
    return tuple(str(field.label) for field in form.fields.values())


def form_template(form: forms.Form, sheet: str, notes: Sequence[str]) -> bytes:
    """An empty workbook with the fields of this form as columns."""
    columns = [
        TemplateColumn(
            str(field.label),
            str(field.help_text),
            field.required,
            _labels(field),
            several=isinstance(field, forms.MultipleChoiceField),
        )
        for field in form.fields.values()
    ]
    return template_workbook(sheet, columns, notes)


def read_rows(rows: Sequence[Row], form: Form) -> tuple[list[tuple[Row, dict[str, Any]]], list[Problem]]:
    """What the form makes of each row, and what is wrong, by row and column."""
    read: list[tuple[Row, dict[str, Any]]] = []
    problems: list[Problem] = []
    for row in rows:
        filled, faults = _fill(row, form)
        problems += faults
        if not faults:
            read.append((row, filled))
    return read, problems


def _fill(row: Row, form: Form) -> tuple[dict[str, Any], list[Problem]]:
    fields = form({}).fields
    bad = [head for head, text in row.cells.items() if unprintable(text)]
    if bad:
        sentence = "含有无法识别的字符，请重新输入。"
        return {}, [Problem(row.number, head, sentence, "unprintable") for head in bad]
    filled = form({name: _value(field, row.cells[str(field.label)]) for name, field in fields.items()})
    faults = [
        Problem(row.number, str(fields[name].label) if name in fields else "", str(sentence))
        for name, sentences in filled.errors.items()
        for sentence in sentences
    ]
    return filled.cleaned_data, faults


def _labels(field: forms.Field) -> list[str]:
    if not isinstance(field, forms.ChoiceField):
        return []
    return [label for value, label in _choices(field) if value]


def _value(field: forms.Field, text: str) -> Any:
    """What a browser would send for what stands in the cell; an empty cell is the field's first value."""
    if isinstance(field, forms.MultipleChoiceField):
        return [_choice(field, part) for part in _BETWEEN_CHOICES.split(text) if part]
    if isinstance(field, forms.ChoiceField):
        return _choice(field, text) if text else (field.initial or "")
    return text


def _choice(field: forms.ChoiceField, text: str) -> str:
    return {label: value for value, label in _choices(field)}.get(text, text)


def _choices(field: forms.ChoiceField) -> list[tuple[str, str]]:
    pairs = cast("Iterable[tuple[object, object]]", field.choices)
    return [(str(value), str(label)) for value, label in pairs]
