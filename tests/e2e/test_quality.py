"""Looking at the quality of one camera of the demonstration, which really sends pictures (§5.2)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gongshi.demo.streamed_cameras import filmed_codes

SignIn = Callable[[str], Page]
Keep = Callable[[Page, str], None]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

INSPECTED_WITHIN_MS = 90_000


def test_the_bureau_inspects_a_camera_and_sees_its_numbers_and_picture(sign_in: SignIn, keep: Keep) -> None:
    code = filmed_codes()["river"]
    bureau = sign_in("dashuju")
    bureau.get_by_role("link", name="质量考核").click()
    bureau.get_by_role("link", name="检测点位").click()
    bureau.get_by_label("视频编号").fill(code)
    bureau.get_by_role("button", name="开始检测").click()
    expect(bureau.get_by_text("已完成")).to_be_visible(timeout=INSPECTED_WITHIN_MS)
    bureau.get_by_role("link", name="全部检测记录").click()
    row = bureau.get_by_role("row").filter(has_text=code)
    expect(row).to_contain_text("正常")
    row.get_by_role("link").first.click()
    expect(bureau.get_by_role("row").filter(has_text="画面冻结")).to_contain_text("正常")
    expect(bureau.get_by_text("1280×720")).to_be_visible()
    keep(bureau, "inspection")
    picture = bureau.get_by_role("link", name="查看缩略图").get_attribute("href")
    assert picture is not None
    answer = bureau.request.get(picture)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
