"""Files whose heads are not ours: assigned once, remembered for the department."""

import io

import pytest

from gongshi.catalogue.columns import HEADS, REQUIRED_HEADS
from gongshi.catalogue.import_actions import assign_columns
from gongshi.catalogue.import_models import ColumnNames
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.errors import Invalid
from tests.catalogue.books import row, xlsx
from tests.catalogue.importing import checked, fresh, work
from tests.factories import make_camera


def renamed(**names: str) -> tuple[str, ...]:
    return tuple(names.get(head, head) for head in HEADS)


@pytest.mark.django_db
class TestColumns:
    def file(self, police: Department) -> io.BytesIO:
        """A file that calls the name 点位名 and has a column of its own."""
        cells = row(police)
        heads = (*renamed(设备名称="点位名"), "责任人")
        return xlsx([cells | {"点位名": cells["设备名称"], "责任人": "张三"}], heads=heads)

    def test_heads_that_are_none_of_ours_are_told(self, specialist: Person, police: Department) -> None:
        whole = checked(specialist, police, self.file(police))
        assert (whole.state, whole.missing_heads) == ("failed", ["设备名称"])
        assert whole.unknown_heads == ["点位名", "责任人"]
        assert "缺少列：设备名称" in whole.failure

    def test_what_is_assigned_is_checked_again_and_remembered(
        self, specialist: Person, police: Department
    ) -> None:
        whole = checked(specialist, police, self.file(police))
        assign_columns(actor=specialist, whole=whole, heads={"点位名": "设备名称", "责任人": ""})
        work()
        assert (fresh(whole).state, fresh(whole).new) == ("checked", 1)
        following = checked(specialist, police, self.file(police))
        assert (following.state, following.new, following.unknown_heads) == ("checked", 1, ["责任人"])

    def test_our_own_head_goes_before_a_remembered_name(self, specialist: Person, police: Department) -> None:
        ColumnNames.objects.create(
            department=police, heads={"责任人": "备注"}, set_by=specialist, set_at=clock.now()
        )
        cells = row(police, 备注="自己的备注") | {"责任人": "张三"}
        whole = checked(specialist, police, xlsx([cells], heads=(*HEADS, "责任人")))
        assert whole.rows.get().proposed["remarks"] == "自己的备注"

    @pytest.mark.parametrize(
        ("heads", "sentence"),
        [
            ({"没有的列": "设备名称"}, "文件没有“没有的列”这一列"),
            ({"点位名": "没有的列"}, "目录没有“没有的列”这一列"),
            ({"点位名": "设备名称", "责任人": "设备名称"}, "有两列都对应到“设备名称”"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, specialist: Person, police: Department, heads: dict[str, str], sentence: str
    ) -> None:
        whole = checked(specialist, police, self.file(police))
        with pytest.raises(Invalid, match=sentence):
            assign_columns(actor=specialist, whole=whole, heads=heads)
        assert not ColumnNames.objects.exists() and fresh(whole).state == "failed"

    def test_columns_that_are_left_out_leave_the_point_as_it_is(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police)
        needed = row(police, 视频编号=camera.code)
        heads = tuple(head for head in HEADS if head in REQUIRED_HEADS)
        whole = checked(specialist, police, xlsx([needed], heads=heads))
        assert whole.state == "checked"
        assert not {"vlan", "gateway", "paths", "remarks"} & set(whole.rows.get().proposed)
