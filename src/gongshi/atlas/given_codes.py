"""Points by codes that people paste or upload."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gongshi.atlas import queries
from gongshi.atlas.actions import MOST_POINTS
from gongshi.identity.models import Person
from gongshi.kernel.errors import Invalid
from gongshi.kernel.workbook import MAX_BYTES, column_of

HEAD: Final = "视频编号"
MOST_NAMED: Final = 200
_SHOWN: Final = 10
_BETWEEN: Final = re.compile(r"[\s,，、;；|]+")


@dataclass(frozen=True)
class GivenCodes:
    """What became of given codes; `ids` are in their order."""

    ids: list[int]
    missing: list[str]

    @property
    def found(self) -> int:
        return len(self.ids)

    @property
    def missing_named(self) -> list[str]:
        """Some of those that are missing."""
        return self.missing[:MOST_NAMED]

    @property
    def message(self) -> str:
        if not self.missing:
            return ""
        more = " 等" if len(self.missing) > _SHOWN else ""
        return f"这些编号里 {len(self.missing)} 个没找到：{'、'.join(self.missing[:_SHOWN])}{more}。"


def codes_in(text: str) -> list[str]:
    return _BETWEEN.split(text.strip())


def codes_in_file(content: bytes, file_name: str) -> list[str]:
    """The column 视频编号, or the first; all of a plain text. Raises WorkbookRefused, Invalid."""
    if not file_name.lower().endswith(".txt"):
        return column_of(content, file_name, HEAD)
    if len(content) > MAX_BYTES:
        raise Invalid(f"文件超过 {MAX_BYTES // 1024**2} MB，请分成几个文件上传。", field="file")
    try:
        return codes_in(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid("文本文件的编码无法识别，请另存为 UTF-8 再上传。", field="file") from None


def look_up(person: Person, codes: Iterable[str]) -> GivenCodes:
    """The published points of these codes. Raises Invalid for none and for too many."""
    wanted = list(dict.fromkeys(code for each in codes if (code := each.strip())))
    if not wanted:
        raise Invalid("没有读到视频编号，请粘贴编号，或上传含“视频编号”一列的文件。", field="codes")
    if len(wanted) > MOST_POINTS:
        raise Invalid(f"一次最多 {MOST_POINTS} 个编号，现有 {len(wanted)} 个，请分几次。", field="codes")
    found = queries.ids_of_codes(person, wanted)
    return GivenCodes(
        [found[code] for code in wanted if code in found], [code for code in wanted if code not in found]
    )
