"""Departments by the names that people write into workbooks, loaded once for a whole file or page."""

from collections.abc import Iterable
from difflib import get_close_matches

from gongshi.identity.models import Department
from gongshi.kernel.problems import Unreadable

MAX_SUGGESTIONS = 5


class DepartmentNames:
    """Full names and codes to departments, and back."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self._by_id = {department.pk: department for department in departments}
        self._by_text = {department.code: department for department in self._by_id.values()}
        self._by_text |= {department.name: department for department in self._by_id.values()}

    @classmethod
    def load(cls) -> "DepartmentNames":
        """All of them, in one query; those no longer in use too, since old rows name them."""
        return cls(Department.objects.all())

    def id_of(self, text: str) -> int:
        """The key of the department with this name or code. Raises Unreadable, naming similar ones."""
        department = self._by_text.get(text)
        if department is None or not department.is_active:
            raise Unreadable(f"没有名为“{text}”的在用部门，{self._suggestion(text)}")
        return department.pk

    def name_of(self, key: int) -> str:
        return self._by_id[key].name

    def department(self, key: int) -> Department:
        return self._by_id[key]

    @property
    def in_use(self) -> list[str]:
        return [department.name for department in self._by_id.values() if department.is_active]

    def _suggestion(self, text: str) -> str:
        names = self.in_use
        close = get_close_matches(text, names, n=MAX_SUGGESTIONS, cutoff=0.4)
        if close:
            return f"可填写：{'、'.join(close)}。"
        if len(names) <= MAX_SUGGESTIONS:
            return f"可填写：{'、'.join(names)}。"
        return f"可填写：{'、'.join(names[:MAX_SUGGESTIONS])} 等 {len(names)} 个部门的全称，见模板“说明”表。"
