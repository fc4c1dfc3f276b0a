"""A department's own scheme of codes (自编编号规则): a pattern that people can read, not an expression."""

import re
from dataclasses import dataclass
from functools import cached_property

from gongshi.kernel.errors import Invalid

LONGEST_PATTERN = 32
_MARKS = {"#": "[0-9]", "@": "[A-Z]"}


@dataclass(frozen=True)
class Scheme:
    """`text` as it is written: # for a digit, @ for a capital letter, everything else as it stands."""

    text: str

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile("".join(_MARKS.get(letter) or re.escape(letter) for letter in self.text), re.ASCII)

    def fits(self, code: str) -> bool:
        return self._expression.fullmatch(code) is not None

    @property
    def in_words(self) -> str:
        return "#为数字，@为大写字母"

    @property
    def example(self) -> str:
        return self.text.replace("#", "1").replace("@", "A")


def checked_scheme(text: str) -> Scheme:
    """The scheme as it is kept. Raises Invalid."""
    text = text.strip()
    if not text:
        raise Invalid("请填写编号规则，如 GA-######。", field="pattern")
    if len(text) > LONGEST_PATTERN:
        raise Invalid(f"编号规则最多 {LONGEST_PATTERN} 位，请缩短。", field="pattern")
    if not re.fullmatch(r"[A-Za-z0-9#@-]+", text, re.ASCII):
        raise Invalid("编号规则只能由字母、数字、连字符、#（数字）、@（大写字母）组成。", field="pattern")
    # Digits alone are taken for the national code.
    if not re.search(r"[A-Za-z@-]", text):
        raise Invalid("自编编号须含字母或连字符，以便与 20 位国标编码区分。", field="pattern")
    if not re.search(r"[#@]", text):
        raise Invalid("编号规则须有 # 或 @ 表示变化的部分，如 GA-######。", field="pattern")
    return Scheme(text)
