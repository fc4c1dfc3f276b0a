"""The kinds of cell in the catalogue's workbook: how each is read, shown and explained.

Values are plain JSON: text, numbers, None; days as ISO text; departments by key; addresses in short form.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from socket import AF_INET, inet_pton
from typing import Protocol

from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel import clock
from gongshi.kernel.problems import Unreadable

Value = str | int | float | None

DEGREE_DECIMALS = 7  # a centimetre
EARLIEST_INSTALLATION = date(1980, 1, 1)


class Cell(Protocol):
    """`read` raises Unreadable with a sentence; `show` undoes it; `labels` are the choices of a drop-down."""

    def read(self, text: str, names: DepartmentNames) -> Value: ...
    def show(self, value: Value, names: DepartmentNames) -> str: ...
    def labels(self, names: DepartmentNames) -> list[str]: ...
    @property
    def hint(self) -> str: ...


class Plain:
    """What most cells have in common: shown as they are, no drop-down."""

    def show(self, value: Value, names: DepartmentNames) -> str:
        return "" if value is None else str(value)

    def labels(self, names: DepartmentNames) -> list[str]:
        return []


@dataclass(frozen=True)
class Text(Plain):
    longest: int

    def read(self, text: str, names: DepartmentNames) -> str:
        if len(text) > self.longest:
            raise Unreadable(f"最多 {self.longest} 个字，现有 {len(text)} 个，请缩短。")
        return text

    @property
    def hint(self) -> str:
        return f"文字，最多 {self.longest} 个字"


_NUMBER_IN_SHORT = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_CODE = re.compile(r"[A-Za-z0-9-]{1,32}")


class Code(Plain):
    """视频编号: 20 digits (GB/T 28181 annex E), or the department's own scheme."""

    def read(self, text: str, names: DepartmentNames) -> str:
        if len(text) == 20 and text.isascii() and text.isdigit():  # as nearly all are
            return text
        text = folded(text)
        if _NUMBER_IN_SHORT.fullmatch(text):
            raise Unreadable("编号被表格软件存成了数字，后几位已丢失；请把该列设为“文本”格式后重新填写。")
        if not _CODE.fullmatch(text):
            raise Unreadable(
                f"{text} 不是有效编号，应为 20 位国标编码，或由字母、数字、连字符组成的不超过 32 位的编号。"
            )
        if text.isdigit() and len(text) != 20:
            raise Unreadable(f"国标编码应为 20 位数字，现为 {len(text)} 位；本部门自编的编号须含字母。")
        return text

    @property
    def hint(self) -> str:
        return "20 位国标编码，或含字母的自编编号（字母、数字、连字符，不超过 32 位）；按此编号新增或更新"


@dataclass(frozen=True)
class Label:
    """One of a code table, by its label or its code."""

    choices: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, choices: Iterable[tuple[str, str]]) -> "Label":
        return cls(tuple((str(code), str(label)) for code, label in choices))

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {folded(label): code for code, label in self.choices} | {
            code: code for code, _ in self.choices
        }

    def read(self, text: str, names: DepartmentNames) -> str:
        code = self._codes.get(folded(text))
        if code is not None:
            return code
        raise Unreadable(f"“{text}”不在可选范围内，请填写：{'、'.join(label for _, label in self.choices)}。")

    def show(self, value: Value, names: DepartmentNames) -> str:
        return dict(self.choices).get(str(value), "") if value else ""

    def labels(self, names: DepartmentNames) -> list[str]:
        return [label for _, label in self.choices]

    @property
    def hint(self) -> str:
        return f"从下拉框选择：{'、'.join(label for _, label in self.choices)}"


@dataclass(frozen=True)
class Labels:
    """Several of a code table, as codes set apart by "/" in the order of the table (国家一机一档)."""

    choices: tuple[tuple[str, str], ...]
    longest: int = 64

    @classmethod
    def of(cls, choices: Iterable[tuple[str, str]], longest: int = 64) -> "Labels":
        return cls(tuple((str(code), str(label)) for code, label in choices), longest)

    def read(self, text: str, names: DepartmentNames) -> str:
        one = Label(self.choices)
        # A label may itself have the mark between two in it.
        whole = [code for code, label in self.choices if folded(text) in {code, folded(label)}]
        parts = [part.strip() for part in _BETWEEN_LABELS.split(text) if part.strip()]
        found = set(whole or (one.read(part, names) for part in parts))
        codes = "/".join(code for code, _ in self.choices if code in found)
        if not codes:
            raise Unreadable(f"“{text}”不在可选范围内，请填写：{'、'.join(self.labels(names))}。")
        if len(codes) > self.longest:
            raise Unreadable(f"一次选择了 {len(found)} 项，过多，请只填写主要的几项。")
        return codes

    def show(self, value: Value, names: DepartmentNames) -> str:
        known = dict(self.choices)
        return "/".join(known[code] for code in str(value or "").split("/") if code in known)

    def labels(self, names: DepartmentNames) -> list[str]:
        return [label for _, label in self.choices]

    @property
    def hint(self) -> str:
        return f"可填多项，用“/”分开：{'、'.join(label for _, label in self.choices)}"


class Unit:
    """A department by its full name or code."""

    hint = "部门全称，须已在平台登记"

    def read(self, text: str, names: DepartmentNames) -> int:
        return names.id_of(text)

    def show(self, value: Value, names: DepartmentNames) -> str:
        return names.name_of(int(value)) if value else ""

    def labels(self, names: DepartmentNames) -> list[str]:
        return names.in_use


@dataclass(frozen=True)
class Degrees(Plain):
    """WGS-84 degrees, either of the two: which is which is a matter of the whole row."""

    example: str

    def read(self, text: str, names: DepartmentNames) -> float:
        try:
            degrees = _number_of(text)
        except ValueError:
            raise Unreadable(f"“{text}”不是数字，请填写十进制度数，如 {self.example}。") from None
        if not -180 <= degrees <= 180:
            raise Unreadable(f"{text} 超出了 -180 到 180 的范围，请填写十进制度数，如 {self.example}。")
        return round(degrees, DEGREE_DECIMALS)

    @property
    def hint(self) -> str:
        return f"WGS-84 坐标，十进制度数，如 {self.example}"


# Some labels have "、" in them, so it does not set labels apart.
_BETWEEN_LABELS = re.compile(r"[/／;；|\n]")


class Address(Plain):
    """IPv4 or IPv6, in its short form."""

    hint = "IPv4 或 IPv6 地址，如 10.1.2.3"

    def read(self, text: str, names: DepartmentNames) -> str:
        if _is_plain_ipv4(text):
            return text
        address = parsed_address(folded(text))
        if address is None:
            raise Unreadable(f"“{text}”不是有效的 IP 地址，请按 10.1.2.3 或 2001:db8::3 的样子填写。")
        if address.is_loopback or address.is_multicast or address.is_unspecified:
            raise Unreadable(f"{text} 是环回、组播或空地址，不能作为设备地址，请核对。")
        return str(address)


class Address6(Address):
    """IPv6 only, in its short form."""

    hint = "IPv6 地址，如 2001:db8::3"

    def read(self, text: str, names: DepartmentNames) -> str:
        address = super().read(text, names)
        if ":" not in address:
            raise Unreadable(f"{text} 是 IPv4 地址，请填写在“IP地址”列，本列填写 IPv6 地址。")
        return address


class Mac(Plain):
    """Six pairs of hexadecimal digits, kept as 00-11-22-AA-BB-CC."""

    hint = "如 00-11-22-AA-BB-CC"

    def read(self, text: str, names: DepartmentNames) -> str:
        digits = re.sub(r"[-:.]", "", folded(text)).upper()
        if not re.fullmatch(r"[0-9A-F]{12}", digits, re.ASCII):
            raise Unreadable(f"“{text}”不是有效的 MAC 地址，请按 00-11-22-AA-BB-CC 的样子填写。")
        if digits in {"0" * 12, "F" * 12}:
            raise Unreadable(f"{text} 是空地址或广播地址，不能作为设备地址，请核对。")
        return "-".join(digits[place : place + 2] for place in range(0, 12, 2))


class Mask(Plain):
    """A dotted mask or the length of the prefix, kept as it was written."""

    hint = "如 255.255.255.0；IPv6 填写前缀长度，如 64"

    def read(self, text: str, names: DepartmentNames) -> str:
        mask = folded(text).lstrip("/")
        try:
            if mask.isascii() and mask.isdigit():
                return mask if 0 < int(mask) <= 128 else _no_mask(text)
            IPv4Network(f"0.0.0.0/{mask}")
        except ValueError:
            return _no_mask(text)
        if int(IPv4Address(mask)) & 0x80000000 == 0:
            return _no_mask(text)
        return mask


def _no_mask(text: str) -> str:
    raise Unreadable(f"“{text}”不是有效的子网掩码，请按 255.255.255.0 的样子填写。")


@dataclass(frozen=True)
class Whole(Plain):
    low: int
    high: int

    def read(self, text: str, names: DepartmentNames) -> int:
        digits = folded(text)
        if not re.fullmatch(r"[+-]?\d{1,9}", digits, re.ASCII) or not self.low <= int(digits) <= self.high:
            raise Unreadable(f"“{text}”应为 {self.low} 到 {self.high} 之间的整数。")
        return int(digits)

    @property
    def hint(self) -> str:
        return f"整数，{self.low} 到 {self.high}"


# 20240301, 2024-03-01, 2024/3/1, 2024年3月1日; a time of day behind it is left out.
_DAY = re.compile(
    r"(\d{4})(?:(\d{2})(\d{2})|[-/.年](\d{1,2})[-/.月](\d{1,2})日?)(?:T?\d{2}:\d{2}(?::\d{2})?)?", re.ASCII
)


class Day(Plain):
    """A day, as ISO text."""

    hint = "日期，如 2024-03-01"

    def read(self, text: str, names: DepartmentNames) -> str:
        found = _DAY.fullmatch(folded(text))
        try:
            day = date(*(int(part) for part in found.groups() if part)) if found else None
        except ValueError:
            day = None
        if day is None:
            raise Unreadable(f"“{text}”不是有效日期，请按 2024-03-01 的样子填写。")
        if not EARLIEST_INSTALLATION <= day <= clock.today():
            raise Unreadable(f"{day} 早于 {EARLIEST_INSTALLATION.year} 年或晚于今天，请核对。")
        return day.isoformat()


def _number_of(text: str) -> float:
    """Raises ValueError; nan and the like are none."""
    try:
        return float(text if text[-1:].isdigit() else folded(text).rstrip("°EeNn"))
    except ValueError:
        return float(folded(text).rstrip("°EeNn"))


def folded(text: str) -> str:
    """Full-width letters and digits as half-width ones, without blanks around or inside."""
    if text.isascii():
        return "".join(text.split())
    return "".join(unicodedata.normalize("NFKC", text).split())


def _is_plain_ipv4(text: str) -> bool:
    """Whether this is an address of a device as it would be kept: the quick way for nearly all."""
    try:
        first = inet_pton(AF_INET, text)[0]
    except (OSError, ValueError):
        return False
    return first not in {0, 127} and first < 224


def parsed_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one in IPv6's clothes as IPv4; None when it is none, or is bound to a zone."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else (address.ipv4_mapped or address)
    return address
