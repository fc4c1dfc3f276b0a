"""The annotated copy of a file: the uploader's own table with the problems in it, and nothing else."""

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from gongshi.catalogue import import_storage
from gongshi.catalogue.columns import HEADS
from gongshi.catalogue.import_actions import take_out_copy
from gongshi.catalogue.import_models import Import, PieceKind
from gongshi.identity.models import Department, Person
from gongshi.kernel.errors import Conflict
from tests.catalogue.books import csv_file, row, xlsx
from tests.catalogue.importing import checked
from tests.factories import make_camera


@pytest.mark.django_db
class TestCopy:
    def copy_of(self, whole: Import) -> list[list[str]]:
        content = import_storage.kept(whole, PieceKind.COPY)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python()

    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    def test_it_is_the_table_with_the_problems_in_the_last_column(
        self, specialist: Person, police: Department, kind: str
    ) -> None:
        rows = [row(police, 设备名称="@枪机"), row(police, VLAN="0", 网关="10.9.9.9")]
        file = xlsx(rows) if kind == "xlsx" else csv_file(rows)
        whole = checked(specialist, police, file, f"a.{kind}")
        assert whole.has_copy
        heads, good, bad = self.copy_of(whole)
        assert [*heads] == [*HEADS, "问题"]
        assert good[: len(HEADS)] == [rows[0][head] for head in HEADS]
        assert bad[: len(HEADS)] == [rows[1][head] for head in HEADS]
        assert "VLAN：“0”应为 1 到 4094 之间的整数。" in bad[-1] and "网关：10.9.9.9 不在" in bad[-1]

    def test_cells_at_fault_have_their_sentence_as_a_comment(
        self, specialist: Person, police: Department
    ) -> None:
        whole = checked(specialist, police, xlsx([row(police, VLAN="0")]))
        archive = zipfile.ZipFile(io.BytesIO(import_storage.kept(whole, PieceKind.COPY)))
        comments = archive.read("xl/comments1.xml").decode()
        assert "“0”应为 1 到 4094 之间的整数。" in comments
        assert "F8B4B4" in archive.read("xl/styles.xml").decode()

    def test_it_holds_nothing_that_was_not_uploaded(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police, name="目录里的名字", remarks="目录里的备注")
        whole = checked(specialist, police, xlsx([row(police, 视频编号=camera.code), row(police, VLAN="0")]))
        text = str(self.copy_of(whole))
        assert "目录里的" not in text
        assert camera.ip_address not in text

    def test_without_problems_there_is_none(self, specialist: Person, police: Department) -> None:
        whole = checked(specialist, police, xlsx([row(police)]))
        assert (whole.new, whole.doubtful, whole.has_copy) == (1, 0, False)
        with pytest.raises(Conflict, match="标注副本尚未生成"):
            take_out_copy(actor=specialist, whole=whole)

    def test_it_can_be_mended_and_uploaded_again(self, specialist: Person, police: Department) -> None:
        whole = checked(specialist, police, xlsx([row(police, VLAN="0")]))
        again = checked(specialist, police, io.BytesIO(import_storage.kept(whole, PieceKind.COPY)))
        assert (again.state, again.faulty, again.unknown_heads) == ("checked", 1, [])
