"""What each page is for, done by the people whose page it is; the chain itself is in `test_chain.py`."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from playwright.sync_api import FilePayload, Page, expect

from gongshi.identity.models import Department
from tests.catalogue.books import row, xlsx
from tests.e2e.conftest import Window, give_password

SignIn = Callable[[str], Page]
Keep = Callable[[Page, str], None]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

POLICE = Department(name="丽水市公安局")
# One account for each kind of navigation.
WALKERS = ("jiaotong", "dashuju", "shenji", "anquan", "xitong")
_number = count(1)
# Buttons, links and fields that a screen reader could not name.
UNNAMED = """() => [
    ...[...document.querySelectorAll('a, button')].filter(
        one => !one.textContent.trim() && !one.ariaLabel && !one.title),
    ...[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(
        one => !one.labels.length && !one.ariaLabel),
].map(one => one.outerHTML)"""

# A job checks the file and another hands it in.
CHECKED_WITHIN_MS = 60_000


def workbook(name: str, **cells: str) -> FilePayload:
    """A workbook of one good and one particular camera of the police; the particular one is in row 3."""
    serial = next(_number)
    rows = [
        row(POLICE, 视频编号=f"3311020000132077{serial:02d}01"),
        row(POLICE, 视频编号=f"3311020000132077{serial:02d}02", 设备名称=name, **cells),
    ]
    return {
        "name": f"{name}.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": xlsx(rows).read(),
    }


def test_a_workbook_goes_from_its_errors_to_the_map(sign_in: SignIn, keep: Keep) -> None:
    name = "莲都区万象山观景台球机"
    compiler = sign_in("gongan-zhuanyuan")
    compiler.get_by_role("link", name="编目提交").click()
    compiler.get_by_label("点位文件").set_input_files(workbook(name, IP地址="10.1.2.999"))
    compiler.get_by_role("button", name="上传并检查").click()
    problem = compiler.get_by_role("row").filter(has_text="10.1.2.999")
    expect(problem.get_by_role("cell").nth(0)).to_have_text("3", timeout=CHECKED_WITHIN_MS)
    expect(problem).to_contain_text("IP地址")
    keep(compiler, "import-problems")
    compiler.get_by_role("button", name="确认提交").click()
    compiler.get_by_role("dialog").get_by_role("button", name="确认提交").click()
    expect(compiler.get_by_text("有 1 行有误，不能整体提交")).to_be_visible()
    compiler.get_by_role("link", name="返回导入").click()
    compiler.get_by_role("button", name="放弃").click()
    compiler.get_by_role("dialog").get_by_role("button").last.click()
    expect(compiler.get_by_text("已放弃该次导入")).to_be_visible()

    compiler.get_by_role("link", name="编目提交").first.click()
    compiler.get_by_label("点位文件").set_input_files(workbook(name))
    compiler.get_by_role("button", name="上传并检查").click()
    compiler.get_by_role("button", name="确认提交").click(timeout=CHECKED_WITHIN_MS)
    compiler.get_by_role("dialog").get_by_role("button", name="确认提交").click()
    batch = compiler.get_by_role("link", name="BM-")
    expect(batch).to_be_visible(timeout=CHECKED_WITHIN_MS)
    number = batch.inner_text()
    assert number.startswith("BM-")
    keep(compiler, "import-done")

    bureau = sign_in("dashuju")
    bureau.get_by_role("row").filter(has_text=number).get_by_role("link", name="办理").click()
    expect(bureau.get_by_text(name).first).to_be_visible()
    keep(bureau, "submission")
    bureau.get_by_role("button", name="提交审核结论").click()
    bureau.get_by_role("dialog").get_by_role("button", name="提交审核结论").click()
    expect(bureau.get_by_text(f"编目 {number} 已审核")).to_be_visible()

    bureau.get_by_role("link", name="点位一张图").click()
    bureau.get_by_label("具体位置").fill(name)
    expect(bureau.locator(".atlas-total")).to_have_text("共 1 个点位")
    compiler.goto("/notices/")
    expect(compiler.get_by_role("link", name=number).first).to_be_visible()


def test_a_specialist_adds_a_category_and_an_item(sign_in: SignIn) -> None:
    page = sign_in("shuili-zhuanyuan")
    page.get_by_role("link", name="业务事项库").click()
    expect(page.get_by_text("还没有业务事项")).to_be_visible()
    page.get_by_role("link", name="新增业务事项").click()
    page.get_by_role("link", name="新增业务分类").click()
    page.get_by_label("业务分类").fill("水旱灾害防御")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row").filter(has_text="水旱灾害防御")).to_be_visible()
    page.get_by_role("link", name="业务事项库").last.click()
    page.get_by_role("link", name="新增业务事项").click()
    page.get_by_label("业务分类").select_option(label="水旱灾害防御")
    page.get_by_label("事项名称").fill("山洪易发河段巡查")
    page.get_by_label("业务处室").fill("水旱灾害防御处")
    page.get_by_label("处室联系人").fill("凌清浅")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请填写法律依据。")).to_be_visible()
    expect(page.get_by_label("法律依据")).to_be_focused()
    page.get_by_label("法律依据").fill("《中华人民共和国防洪法》第四十条")
    page.get_by_role("button", name="保存").click()
    row_of_item = page.get_by_role("row").filter(has_text="山洪易发河段巡查")
    expect(row_of_item).to_contain_text("水旱灾害防御")
    expect(row_of_item).to_contain_text("SX-")


def test_a_refusal_reaches_the_requester_with_its_reason(sign_in: SignIn, keep: Keep) -> None:
    reason = "与申请用途不符，超出履行职责所需范围"
    requester = sign_in("jiaotong")
    number = ask(requester, "莲都区黄村水库大坝球机", "水库周边道路")

    reviewer = sign_in("shuili")
    reviewer.get_by_role("row").filter(has_text=number).get_by_role("link", name="办理").click()
    refuse(reviewer)
    expect(reviewer.get_by_label("意见")).to_be_focused()
    expect(reviewer.locator(".field-error:visible")).to_contain_text("理由")
    keep(reviewer, "refusal")
    reviewer.get_by_label("意见").fill(reason)
    refuse(reviewer)
    expect(reviewer.get_by_text(f"需求 {number} 已确认，当前为“数源拒绝”")).to_be_visible()

    requester.goto("/")
    requester.get_by_role("link", name=f"丽水市水利局拒绝了需求 {number}").click()
    expect(requester.get_by_role("heading", level=1)).to_have_text(f"需求 {number}")
    expect(requester.locator(".page-head")).to_contain_text("数源拒绝")
    expect(requester.locator(".steps .bad")).to_contain_text(reason)
    expect(requester.locator(".sidenav-link.active")).to_have_text("需求响应结果")
    keep(requester, "refused-demand")


def ask(page: Page, camera: str, list_name: str) -> str:
    """A demand for one camera, from the map; on the way the form shows only what its type asks for."""
    page.get_by_role("link", name="点位一张图").click()
    page.get_by_label("具体位置").fill(camera)
    page.get_by_role("button", name=f"加入清单：{camera}").click()
    page.get_by_role("tab", name="清单").click()
    page.get_by_label("清单名称").fill(list_name)
    page.get_by_role("button", name="提交清单").click()
    page.get_by_role("link", name="发起需求").click()
    page.get_by_label("业务事项", exact=False).first.select_option(index=1)
    page.get_by_label("历史视频").check()
    page.get_by_label("需求类型").select_option(label="视频结构化数据")
    expect(page.get_by_label("机动车", exact=True)).to_be_visible()
    expect(page.get_by_label("共享方式")).to_be_hidden()
    expect(page.get_by_label("陆行舟")).to_be_hidden()
    page.get_by_label("需求类型").select_option(label="视频流查看")
    expect(page.get_by_label("机动车", exact=True)).to_be_hidden()
    expect(page.get_by_label("历史视频")).to_be_checked()
    page.get_by_label("用途说明").fill("汛期水库周边国省道通行监测")
    page.get_by_label("使用截止").fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_label("陆行舟").check()
    page.get_by_role("button", name="提交需求").click()
    page.wait_for_url("**/demands/*/")
    return page.get_by_role("heading", level=1).inner_text().split()[-1]


def refuse(page: Page) -> None:
    page.get_by_role("button", name="全部拒绝").click()
    page.get_by_role("dialog").get_by_role("button", name="全部拒绝").click()
    page.get_by_role("dialog").wait_for(state="hidden")


def test_an_account_is_proposed_approved_and_used(sign_in: SignIn, window: Window, keep: Keep) -> None:
    specialist = sign_in("jiaotong")
    specialist.get_by_role("link", name="账号申请").click()
    specialist.get_by_role("link", name="申请账号").click()
    specialist.get_by_label("账号", exact=False).first.fill("Jiaotong Er")
    specialist.get_by_label("姓名").fill("杨帆远")
    specialist.get_by_label("使用人员").check()
    specialist.get_by_label("申请理由").fill("新入职，负责路况监测")
    specialist.get_by_role("button", name="提交申请").click()
    expect(specialist.get_by_label("账号", exact=False).first).to_be_focused()
    expect(specialist.get_by_label("姓名")).to_have_value("杨帆远")
    specialist.get_by_label("账号", exact=False).first.fill("jiaotong-er")
    specialist.get_by_role("button", name="提交申请").click()
    number = specialist.get_by_role("heading", level=1).inner_text().split()[-1]

    security = sign_in("anquan")
    security.get_by_role("link", name=number).first.click()
    security.get_by_role("button", name="提交审批结论").click()
    expect(security.get_by_role("heading", level=1)).to_have_text("初始密码")
    row_of_account = security.get_by_role("row").filter(has_text="jiaotong-er")
    password = row_of_account.get_by_role("cell").last.inner_text()
    keep(security, "initial-password")

    newcomer = window("jiaotong-er")
    newcomer.goto("/")
    give_password(newcomer, "jiaotong-er", password)
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("修改密码")


def test_a_list_is_filtered_and_exported_as_shown(sign_in: SignIn) -> None:
    page = sign_in("dashuju")
    page.get_by_role("link", name="目录", exact=True).click()
    everything = shown(page)
    page.get_by_role("form", name="筛选").get_by_label("行政区域").select_option(label="云和县")
    page.wait_for_url("**region=*")
    filtered = shown(page)
    assert 0 < filtered < everything

    page.get_by_role("link", name="编目审核").click()
    page.get_by_role("button", name="列", exact=True).click()
    page.get_by_label("编目人").uncheck()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("columnheader", name="编目人")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert "编目批次" in head and "编目人" not in head
    assert len(rows) == shown(page)
    page.get_by_role("button", name="列", exact=True).click()
    page.get_by_role("button", name="恢复默认").click()
    expect(page.get_by_role("columnheader", name="编目人")).to_be_visible()


def shown(page: Page) -> int:
    """How many rows the list says it has."""
    return int(page.locator(".list-bar .total b").inner_text())


def test_the_map_filters_opens_a_card_and_takes_an_area(sign_in: SignIn, keep: Keep) -> None:
    page = sign_in("jiaotong")
    page.get_by_role("link", name="点位一张图").click()
    total = page.locator(".atlas-total")
    expect(total).to_contain_text("个点位")
    everything = total.inner_text()
    page.get_by_label("非共享").check()
    page.wait_for_url("**sharing_level=none*")
    expect(total).not_to_have_text(everything)
    few = total.inner_text()
    page.reload()
    expect(total).to_have_text(few)
    expect(page.get_by_label("非共享")).to_be_checked()

    stage = page.locator(".atlas-map canvas").first
    expect(stage).to_be_visible()
    tool = page.get_by_role("button", name="框选")
    tool.click()
    expect(tool).to_have_attribute("aria-pressed", "true")
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 60, box["y"] + box["height"] - 80)
    page.mouse.up()
    expect(page.get_by_text("已加入")).to_be_visible()
    expect(page.get_by_role("tab", name="清单")).to_have_attribute("aria-selected", "true")
    keep(page, "map-area")

    page.get_by_role("tab", name="点位").click()
    page.locator(".atlas-result").first.click()
    card = page.locator(".atlas-card")
    expect(card.get_by_text("数源部门")).to_be_visible()
    expect(card.get_by_text("IP地址")).to_have_count(0)
    expect(card.get_by_role("button", name="移出清单")).to_be_visible()
    keep(page, "map-card")
    card.get_by_role("button", name="关闭").click()
    expect(card).to_be_hidden()


def test_signing_out_leads_to_the_login_page(sign_in: SignIn) -> None:
    page = sign_in("jiaotong-kan")
    page.get_by_role("button", name="陆行舟").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/account/login/")
    page.go_back()
    expect(page.get_by_label("密码")).to_be_visible()
    expect(page.get_by_text("陆行舟")).to_have_count(0)
    page.goto("/grants/")
    expect(page.get_by_label("密码")).to_be_visible()
    page.goto("/nothing-here/")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    expect(page.get_by_role("button", name="退出登录")).to_have_count(0)


def test_what_is_not_ones_own_says_so_on_a_page(sign_in: SignIn) -> None:
    page = sign_in("jiaotong-kan")
    page.goto("/people/")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有权限")
    page.goto("/demands/999999/")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    page.get_by_role("main").get_by_role("link", name="回到工作台").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")


@pytest.mark.parametrize("account", WALKERS)
def test_every_entry_opens_a_page_that_fits_and_marks_itself(account: str, sign_in: SignIn) -> None:
    page = sign_in(account)
    entries = page.locator(".sidenav-link")
    for name in entries.all_inner_texts():
        page.get_by_role("navigation", name="主导航").get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".sidenav-link.active")).to_have_text(name)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.title().endswith(" · 共视"), name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert page.evaluate("[...document.querySelectorAll('th')].every(head => head.scope)"), name
        assert page.evaluate(UNNAMED) == [], name
