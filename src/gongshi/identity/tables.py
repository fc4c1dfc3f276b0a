"""Lists of departments and people."""

import django_tables2 as tables

from gongshi.identity.models import Department, Person
from gongshi.kernel.lists import CODE, WRAP, ListTable


class DepartmentTable(ListTable):
    name = tables.Column(attrs=WRAP)
    code = tables.Column(attrs=CODE)
    supervisor = tables.Column(accessor="supervisor__name", attrs=WRAP)
    head = tables.Column(accessor="head__name")

    class Meta(ListTable.Meta):
        model = Department
        fields = ("code", "name", "short_name", "region", "level", "kind", "supervisor", "head")


class PersonTable(ListTable):
    account = tables.Column(attrs=CODE)
    department = tables.Column(accessor="department__name", attrs=WRAP)
    role_names = tables.Column("角色", orderable=False, attrs=WRAP)
    is_active = tables.BooleanColumn(yesno="在用,停用")

    class Meta(ListTable.Meta):
        model = Person
        fields = ("account", "name", "department", "title", "role_names", "clearance", "is_active")
