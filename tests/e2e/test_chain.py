"""The main job as its people do it: from the map to a moving picture, and its end when the right ends."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

SignIn = Callable[[str], Page]
Keep = Callable[[Page, str], None]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

UNCONDITIONAL, RESTRICTED = "莲都区中山街与解放街路口球机", "莲都区南明湖水域球机"
LIST = "城区临水路段"
PURPOSE = "汛期国省道临水路段通行监测与应急疏导"

# Brightness of a 16 x 9 copy of the picture: how much it varies tells whether it is one colour.
SPREAD = """video => {
    const canvas = document.createElement('canvas');
    canvas.width = 16; canvas.height = 9;
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 16, 9);
    const { data } = context.getImageData(0, 0, 16, 9);
    const grey = Array.from({ length: 144 }, (_, at) => data[4 * at] + data[4 * at + 1] + data[4 * at + 2]);
    return Math.max(...grey) - Math.min(...grey);
}"""


# The wall says once a minute that somebody watches; here twice a second.
MINUTES_FLY = """
    const real = window.setInterval;
    window.setInterval = (what, every) => real(what, every === 60_000 ? 500 : every);
"""


def test_from_the_map_to_the_picture_and_back(sign_in: SignIn, keep: Keep) -> None:
    number = ask_for_cameras(sign_in("jiaotong"), keep)
    confirm_as_source(sign_in("shuili"), number, keep)
    review_as_bureau(sign_in("dashuju"), number, keep)
    switch_on(sign_in("yunwei"), number, keep)
    accept(sign_in("dashuju-yanshou"), number, keep)
    viewer = sign_in("jiaotong-kan")
    watch(viewer, keep)
    revoke(sign_in("dashuju"), keep)
    pane = viewer.locator(".wall-panes [data-state]").first
    expect(pane).to_have_attribute("data-state", "ended", timeout=20_000)
    expect(pane).to_contain_text("授权")
    keep(viewer, "wall-ended")
    register(sign_in("shenji"), keep)


def ask_for_cameras(page: Page, keep: Keep) -> str:
    """Pick two points on the map, name the list, ask; gives the demand's number."""
    page.get_by_role("link", name="点位一张图").click()
    for name in (UNCONDITIONAL, RESTRICTED):
        page.get_by_label("具体位置").fill(name)
        page.get_by_role("button", name=f"加入清单：{name}").click()
    keep(page, "map")
    page.get_by_role("tab", name="清单").click()
    expect(page.get_by_text("其中 1 个需数源部门审核")).to_be_visible()
    page.get_by_label("清单名称").fill(LIST)
    page.get_by_role("button", name="提交清单").click()
    page.get_by_role("link", name="发起需求").click()
    page.get_by_label("业务事项", exact=False).first.select_option(index=1)
    page.get_by_label("用途说明").fill(PURPOSE)
    page.get_by_label("使用起始").fill(date.today().isoformat())
    page.get_by_label("使用截止").fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_label("陆行舟").check()
    page.get_by_label("联系人").last.fill("柳溪桥")
    page.get_by_label("联系电话").fill("13800000011")
    expect(page.locator("#forecast")).to_contain_text("丽水市水利局")
    keep(page, "demand-form")
    page.get_by_role("button", name="提交需求").click()
    page.wait_for_url("**/demands/*/")
    keep(page, "demand")
    number = page.get_by_role("heading", level=1).inner_text().split()[-1]
    assert number.startswith("XQ-")
    expect(page.get_by_text("系统自动判定").first).to_be_visible()
    return number


def open_todo(page: Page, kind: str, of: str) -> None:
    """From the workbench straight to what waits for this person, of this number or department."""
    row = page.get_by_role("row").filter(has_text=kind).filter(has_text=of)
    row.get_by_role("link", name="办理").first.click()


def confirm_as_source(page: Page, number: str, keep: Keep) -> None:
    keep(page, "workbench")
    open_todo(page, "数源确认", number)
    expect(page.get_by_text(PURPOSE)).to_be_visible()
    keep(page, "confirmation")
    page.get_by_role("button", name="提交确认结果").click()
    expect(page.get_by_role("status").first).to_be_visible()


def review_as_bureau(page: Page, number: str, keep: Keep) -> None:
    for _ in range(2):  # one lane of unconditional points, one of 水利局
        page.goto("/")
        open_todo(page, "大数据局审核", number)
        keep(page, "review")
        page.get_by_role("button", name="通过，派发工单").click()
        expect(page.get_by_role("status").first).to_be_visible()


def switch_on(page: Page, number: str, keep: Keep) -> None:
    open_todo(page, "实施工单", "市交通局")
    expect(page.get_by_text(number)).to_be_visible()
    page.get_by_role("button", name="领取工单").click()
    page.get_by_label("全选").check()
    keep(page, "work-order")
    page.get_by_role("button", name="所选已开通").click()
    expect(page.get_by_text("已登记 2 / 2 个点位")).to_be_visible()


def accept(page: Page, number: str, keep: Keep) -> None:
    open_todo(page, "验收", "市交通局")
    for _ in range(2):
        page.get_by_role("button", name="验收通过，授权生效").first.click()
        expect(page.get_by_role("status").first).to_be_visible()
    keep(page, "acceptance")


def watch(page: Page, keep: Keep) -> None:
    page.add_init_script(MINUTES_FLY)
    page.get_by_role("link", name="实时查看").click()
    page.locator(".tree-camera").filter(has_text=RESTRICTED).click()
    page.get_by_label("查看事由").last.fill("防汛值班巡查")
    page.get_by_role("button", name="开始查看").click()
    pane = page.locator(".wall-panes [data-state]").first
    expect(pane).to_have_attribute("data-state", "playing", timeout=30_000)
    video = pane.locator("video")
    first = video.evaluate("video => video.currentTime")
    page.wait_for_timeout(2_000)
    assert video.evaluate("video => video.currentTime") > first
    assert video.evaluate("video => video.videoWidth") == 1280
    assert video.evaluate(SPREAD) > 100
    assert pane.locator("canvas").count() == 1, "the watermark lies over the picture"
    with page.expect_response("**/api/v1/viewing/watching") as answer:
        pass
    assert answer.value.json()["playing"], "who watches is not signed out for being idle"
    keep(page, "wall")


def revoke(page: Page, keep: Keep) -> None:
    page.get_by_role("link", name="授权", exact=True).click()
    ours = page.get_by_role("row").filter(has_text=RESTRICTED).filter(has_text="丽水市交通运输局")
    ours.get_by_role("link").first.click()
    page.get_by_label("理由").fill("用途已结束")
    page.get_by_role("button", name="撤销").click()
    keep(page, "revocation")
    page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销").first).to_be_visible()


def register(page: Page, keep: Keep) -> None:
    page.get_by_role("link", name="信息调用登记").click()
    row = page.get_by_role("row").filter(has_text=RESTRICTED)
    expect(row).to_contain_text("防汛值班巡查")
    expect(row).to_contain_text("陆行舟")
    keep(page, "register")
