"""点位一张图 under the hand: each way of choosing points, and that all that is shown agrees."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import FilePayload, Locator, Page, Request, expect

from benchmarks.instance import Instance
from gongshi.config.postgres import PostgresServer, Role

SignIn = Callable[[str], Page]
Keep = Callable[[Page, str], None]
Row = tuple[Any, ...]
Ask = Callable[..., list[Row]]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# A data specialist whose cards and lists no other test counts.
ACCOUNT = "jiaotong"
PUBLISHED = "publication = 'published'"
# As the browser shows the map; ids as they are chosen stand in the tab's own storage.
LISTED = "JSON.parse(sessionStorage.getItem('gongshi.point-list') ?? '{\"ids\": []}').ids"
A_STREET = "中山街"
DRAWN_WITHIN_MS = 20_000


@pytest.fixture
def ask(portal: Instance) -> Iterator[Ask]:
    """What the database says."""
    with psycopg.connect(PostgresServer(portal.var).dsn(Role.ADMIN), autocommit=True) as database:
        yield lambda sql, *values: database.execute(sql, values).fetchall()


@pytest.fixture
def atlas(sign_in: SignIn) -> Callable[[str], Page]:
    """The map at an address, drawn."""

    def begin(query: str = "") -> Page:
        page = sign_in(ACCOUNT)
        page.goto(f"/atlas/{query}")
        expect(page.get_by_role("button", name="框选")).to_be_enabled(timeout=DRAWN_WITHIN_MS)
        expect(page.locator(".atlas-stage[data-state=shown][data-drawn]")).to_be_visible(
            timeout=DRAWN_WITHIN_MS
        )
        return page

    return begin


def total(page: Page) -> Locator:
    return page.locator(".atlas-total")


def count_of(ask: Ask, condition: str = "true", *values: object) -> int:
    return int(ask(f"SELECT count(*) FROM catalogue_camera WHERE {PUBLISHED} AND {condition}", *values)[0][0])


def listed(page: Page) -> list[int]:
    return [int(pk) for pk in page.evaluate(LISTED)]


def middle(page: Page) -> tuple[float, float]:
    box = page.locator(".atlas-map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def area_of(request: Request) -> str:
    """The area that `select` was asked for."""
    return str(json.loads(request.post_data or "")["filters"]["area"][0])


def a_lonely_camera(ask: Ask) -> Row:
    """id, name, longitude, latitude, code of a camera with no other within some hundred metres."""
    return ask(
        f"""
        SELECT id, name, longitude, latitude, code FROM catalogue_camera one
        WHERE {PUBLISHED} AND NOT EXISTS (
            SELECT FROM catalogue_camera other WHERE other.id <> one.id AND other.{PUBLISHED}
            AND abs(other.longitude - one.longitude) < 0.004 AND abs(other.latitude - one.latitude) < 0.004
        ) ORDER BY id LIMIT 1
        """
    )[0]


def test_the_counts_are_those_of_the_database(atlas: Callable[[str], Page], ask: Ask, keep: Keep) -> None:
    page = atlas("")
    everything = count_of(ask)
    expect(total(page)).to_have_text(f"共 {everything:,} 个点位")
    keep(page, "map-whole")
    restricted = count_of(ask, "sharing_level = 'restricted'")
    choice = page.locator("label.facet").filter(has_text="受限共享").first
    expect(choice.locator(".count")).to_have_text(f"{restricted:,}")
    choice.get_by_role("checkbox").check()
    expect(total(page)).to_have_text(f"共 {restricted:,} 个点位")
    expect(page.get_by_role("grid", name="点位列表")).to_have_attribute("aria-rowcount", str(restricted))
    # A value's own filter leaves its neighbours' counts alone.
    expect(page.locator("label.facet").filter(has_text="无条件共享").locator(".count")).not_to_have_text("0")
    chip = page.locator(".atlas-chip")
    expect(chip).to_have_text("共享级别：受限共享")
    chip.click()
    expect(total(page)).to_have_text(f"共 {everything:,} 个点位")


def test_the_address_holds_the_whole_view(atlas: Callable[[str], Page], sign_in: SignIn, ask: Ask) -> None:
    page = atlas("")
    page.get_by_label("关键词", exact=True).fill(A_STREET)
    page.wait_for_url("**q=*")
    page.locator("label.facet").filter(has_text="在线").first.get_by_role("checkbox").check()
    page.wait_for_url("**status=online*")
    page.locator(".atlas-result").first.click()
    card = page.locator(".atlas-card")
    expect(card.get_by_role("heading", level=2)).to_be_visible()
    title = card.get_by_role("heading", level=2).inner_text()
    page.wait_for_url("**view=*card=*")
    page.wait_for_timeout(800)  # the map flies to the card's point
    found, address = total(page).inner_text(), page.url

    other = sign_in(ACCOUNT)
    other.goto(address)
    expect(total(other)).to_have_text(found)
    expect(other.get_by_label("关键词", exact=True)).to_have_value(A_STREET)
    expect(other.locator(".atlas-card").get_by_role("heading", level=2)).to_have_text(title)
    expect(other.locator(".atlas-chip").first).to_have_text(f"搜索：{A_STREET}")
    other.wait_for_timeout(800)
    assert other.url == address
    words = f"%{A_STREET}%"
    both = "(code LIKE %s OR name LIKE %s OR address LIKE %s) AND status = 'online'"
    assert found == f"共 {count_of(ask, both, words, words, words):,} 个点位"


def test_a_click_opens_the_card_and_with_control_adds(atlas: Callable[[str], Page], ask: Ask) -> None:
    pk, name, lon, lat, _ = a_lonely_camera(ask)
    page = atlas(f"?view={lon},{lat},17")
    x, y = middle(page)
    page.mouse.move(x, y)
    expect(page.locator(".atlas-hover")).to_contain_text(name)
    page.mouse.click(x, y)
    card = page.locator(".atlas-card")
    expect(card.get_by_role("heading", level=2)).to_have_text(name)
    card.get_by_role("button", name="加入清单").click()
    assert listed(page) == [pk]
    card.get_by_role("button", name="关闭").click()
    page.keyboard.down("Control")
    page.mouse.click(x, y)
    page.keyboard.up("Control")
    assert listed(page) == []
    page.get_by_role("button", name="点选").click()
    page.mouse.click(x, y)
    assert listed(page) == [pk]
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="点选")).to_have_attribute("aria-pressed", "false")


def test_a_box_takes_what_is_in_it_and_can_be_undone(
    atlas: Callable[[str], Page], ask: Ask, keep: Keep
) -> None:
    page = atlas("?view=119.92,28.45,12")
    x, y = middle(page)
    with page.expect_request("**/atlas/select") as asked:
        page.keyboard.down("Shift")
        page.mouse.move(x - 150, y - 120)
        page.mouse.down()
        page.mouse.move(x + 150, y + 120, steps=4)
        page.mouse.up()
        page.keyboard.up("Shift")
    area = area_of(asked.value)
    west, south, east, north = (float(part) for part in area.removeprefix("box:").split(","))
    inside = "longitude BETWEEN %s AND %s AND latitude BETWEEN %s AND %s"
    expected = count_of(ask, inside, west, east, south, north)
    hint = page.locator(".atlas-hint")
    expect(hint).to_contain_text(f"已加入 {expected} 个点位")
    assert len(listed(page)) == expected
    expect(page.get_by_role("tab", name="清单")).to_have_attribute("aria-selected", "true")
    keep(page, "map-box")
    hint.get_by_role("button", name="撤销").click()
    expect(hint).to_be_hidden()
    assert listed(page) == []


def test_a_polygon_is_drawn_by_clicks_and_mended_by_backspace(
    atlas: Callable[[str], Page], keep: Keep
) -> None:
    page = atlas("?view=119.92,28.45,12")
    x, y = middle(page)
    tool = page.get_by_role("button", name="多边形")
    tool.click()
    page.mouse.click(x - 150, y - 100)
    page.keyboard.press("Escape")
    expect(tool).to_have_attribute("aria-pressed", "false")
    tool.click()
    for dx, dy in ((-150, -100), (150, -100), (300, 300), (150, 120)):
        page.mouse.click(x + dx, y + dy)
        if dx == 300:
            page.keyboard.press("Backspace")
    keep(page, "map-polygon")
    with page.expect_request("**/atlas/select") as asked:
        page.keyboard.press("Enter")
    area = area_of(asked.value)
    assert area.startswith("polygon:") and area.count(";") == 2
    expect(page.locator(".atlas-hint")).to_contain_text("已加入")
    assert listed(page)


def test_a_line_takes_more_with_a_wider_buffer(atlas: Callable[[str], Page], keep: Keep) -> None:
    page = atlas("?view=119.92,28.45,12")
    x, y = middle(page)
    page.get_by_role("button", name="沿线").click()
    page.mouse.click(x - 200, y - 60)
    page.mouse.click(x, y)
    page.mouse.dblclick(x + 200, y + 40)
    hint = page.locator(".atlas-hint")
    expect(hint.get_by_role("status")).to_be_visible()
    narrow = set(listed(page))
    with page.expect_response("**/atlas/select"):
        hint.get_by_label("两侧各").fill("1500")
    expect(hint).to_contain_text("已加入")
    page.wait_for_function(f"{LISTED}.length > {len(narrow)}")
    assert narrow < set(listed(page))
    keep(page, "map-line")
    hint.get_by_role("button", name="只看范围内").click()
    expect(total(page)).to_have_text(f"共 {len(listed(page)):,} 个点位")
    expect(page.locator(".atlas-chip")).to_have_text("沿线范围")
    page.reload()
    expect(total(page)).to_have_text(f"共 {len(listed(page)):,} 个点位")


def test_a_circle_is_pulled_from_its_centre(atlas: Callable[[str], Page]) -> None:
    page = atlas("?view=119.92,28.45,12")
    x, y = middle(page)
    page.get_by_role("button", name="圆形").click()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=4)
    expect(page.locator(".atlas-hint")).to_contain_text(re.compile(r"半径 [\d.]+ (米|公里)"))
    with page.expect_response("**/atlas/select") as answer:
        page.mouse.up()
    page.wait_for_function(f"{LISTED}.length === {answer.value.json()['total']}")


def test_pasted_and_uploaded_codes_are_added_and_the_others_named(
    atlas: Callable[[str], Page], ask: Ask
) -> None:
    rows = ask(f"SELECT id, code FROM catalogue_camera WHERE {PUBLISHED} ORDER BY code LIMIT 3")
    (first, *others) = [code for _, code in rows]
    page = atlas("")
    page.get_by_role("button", name="编号").click()
    dialog = page.get_by_role("dialog", name="按视频编号选取")
    dialog.get_by_label("粘贴视频编号").fill(f"{first}\n99999999999999999999")
    dialog.get_by_role("button", name="加入清单").click()
    expect(dialog).to_contain_text("这些编号里 1 个没找到：99999999999999999999。")
    assert listed(page) == [rows[0][0]]
    text = "\n".join(["视频编号", *others]).encode()
    file: FilePayload = {"name": "codes.csv", "mimeType": "text/csv", "buffer": text}
    dialog.get_by_label("或上传文件").set_input_files(file)
    dialog.get_by_role("button", name="加入清单").click()
    expect(dialog).to_be_hidden()
    assert set(listed(page)) == {pk for pk, _ in rows}


def test_the_drawers_totals_are_those_of_the_database(
    atlas: Callable[[str], Page], ask: Ask, keep: Keep
) -> None:
    page = atlas("?region=331102")
    page.get_by_role("button", name="全部加入").click()
    everything = ask(
        f"""
        SELECT department.name, count(*), count(*) FILTER (WHERE sharing_level <> 'unconditional')
        FROM catalogue_camera camera
        JOIN identity_department department ON department.id = source_department_id
        WHERE camera.{PUBLISHED} AND camera.region = '331102' GROUP BY 1 ORDER BY 2 DESC, 1
        """
    )
    count, review = sum(row[1] for row in everything), sum(row[2] for row in everything)
    drawer = page.locator(".atlas-list")
    expect(drawer).to_contain_text(f"共 {count:,} 个点位，其中 {review:,} 个需数源部门审核")
    for name, points, _ in everything:
        cells = (
            drawer.get_by_role("row")
            .filter(has=page.get_by_role("cell", name=name, exact=True))
            .get_by_role("cell")
        )
        numbers = [text.replace(",", "") for text in cells.all_inner_texts()[1:4]]
        assert sum(int(text) for text in numbers if text.isdigit()) == points
    keep(page, "map-drawer")

    gone, points, _ = everything[0]
    drawer.get_by_role("button", name=f"移出{gone}的点位").click()
    page.get_by_role("dialog").get_by_role("button", name="移出").click()
    expect(drawer).to_contain_text(f"共 {count - points:,} 个点位")
    assert len(listed(page)) == count - points


def test_a_list_is_saved_found_by_a_colleague_changed_and_deleted(
    atlas: Callable[[str], Page], ask: Ask
) -> None:
    page = atlas("?region=331121")
    for at in range(3):
        page.locator(".atlas-results .virtual-row").nth(at).get_by_role("button", name="加入清单").click()
    page.get_by_role("tab", name="清单").click()
    page.get_by_role("button", name="提交清单").click()
    expect(page.locator(".atlas-list .field-error")).to_contain_text("请给清单起一个名称")
    page.get_by_label("清单名称").fill("青田临时布控")
    page.get_by_role("button", name="提交清单").click()
    expect(page.get_by_role("link", name="发起需求")).to_be_visible()
    points = """
        SELECT count(*) FROM atlas_pointlist_cameras
        JOIN atlas_pointlist list ON list.id = pointlist_id WHERE name = %s
    """
    assert ask(points, "青田临时布控") == [(3,)]

    page.locator(".atlas-list .virtual-row").first.get_by_role("button", name="移出").click()
    page.get_by_role("button", name="保存修改（加 0，减 1）").click()
    expect(page.get_by_role("link", name="发起需求")).to_be_visible()
    assert ask(points, "青田临时布控") == [(2,)]
    page.get_by_text("改名", exact=True).click()
    page.get_by_label("新名称").fill("青田临时布控点")
    page.get_by_role("button", name="保存名称").click()
    expect(page.get_by_role("link", name="青田临时布控点")).to_be_visible()
    with page.expect_download() as file:
        page.get_by_role("link", name="CSV").click()
    assert file.value.suggested_filename.endswith(".csv")

    page.get_by_role("button", name="放下").click()
    page.get_by_text("打开本部门已存的清单").click()
    page.get_by_role("button", name="青田临时布控点").first.click()
    expect(page.get_by_role("tab", name="清单")).to_contain_text("2")
    page.get_by_text("打开本部门已存的清单").click()
    page.get_by_role("button", name="删除：青田临时布控点").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(page.get_by_text("清单“青田临时布控点”已删除")).to_be_visible()
    assert ask(points, "青田临时布控点") == [(0,)]


def test_everything_can_be_done_by_keyboard(atlas: Callable[[str], Page], ask: Ask, keep: Keep) -> None:
    page = atlas("")
    page.get_by_label("关键词", exact=True).focus()
    page.keyboard.type("331102")
    page.wait_for_url("**q=331102*")
    grid = page.get_by_role("grid", name="点位列表")
    rows = ask(
        f"""
        SELECT id, name FROM catalogue_camera
        WHERE {PUBLISHED} AND concat_ws(' ', code, name, address) LIKE '%%331102%%' ORDER BY code LIMIT 6
        """
    )
    # Another set begins at its first row again, so it has to be there.
    found = count_of(ask, "concat_ws(' ', code, name, address) LIKE '%%331102%%'")
    expect(grid).to_have_attribute("aria-rowcount", str(found))
    expect(grid.get_by_role("row").first).to_contain_text(rows[0][1])
    page.get_by_role("button", name="全部加入").focus()
    page.keyboard.press("Tab")
    expect(grid.get_by_role("row").first).to_be_focused()
    page.keyboard.press("Space")
    assert listed(page) == [rows[0][0]]
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("button", name="加入所选 4 个")).to_be_visible()
    expect(grid.locator("[aria-selected=true]")).to_have_count(4)
    page.keyboard.press("Space")
    page.wait_for_function(f"{LISTED}.length === 5")
    assert listed(page) == [pk for pk, _ in rows[:5]]

    page.get_by_role("tab", name="清单").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.getAttribute('role')") != "row":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    card = page.locator(".atlas-card")
    expect(card).to_be_focused()
    keep(page, "map-keyboard")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("End")
    expect(grid.get_by_role("row").last).to_be_focused()


def test_nothing_found_says_what_to_do(atlas: Callable[[str], Page], keep: Keep) -> None:
    page = atlas("?q=没有这个地方")
    expect(total(page)).to_have_text("共 0 个点位")
    expect(page.get_by_text("请减少筛选条件")).to_be_visible()
    expect(page.get_by_role("button", name="全部加入")).to_be_disabled()
    keep(page, "map-empty")
    page.get_by_role("button", name="清除筛选").click()
    expect(total(page)).not_to_have_text("共 0 个点位")


def test_points_over_each_other_fan_out_and_are_listed(
    atlas: Callable[[str], Page], ask: Ask, keep: Keep
) -> None:
    [(lon, lat, *names)] = ask(
        f"""
        SELECT (one.longitude + other.longitude) / 2, (one.latitude + other.latitude) / 2,
            one.name, other.name
        FROM catalogue_camera one JOIN catalogue_camera other ON one.id < other.id
            AND abs(one.longitude - other.longitude) < 0.0003 AND abs(one.latitude - other.latitude) < 0.0003
        WHERE one.{PUBLISHED} AND other.{PUBLISHED} AND NOT EXISTS (
            SELECT FROM catalogue_camera third WHERE third.id NOT IN (one.id, other.id) AND third.{PUBLISHED}
            AND abs(third.longitude - one.longitude) < 0.003 AND abs(third.latitude - one.latitude) < 0.003
        ) ORDER BY abs(one.longitude - other.longitude) + abs(one.latitude - other.latitude), one.id LIMIT 1
        """
    )
    page = atlas(f"?view={lon},{lat},13")
    x, y = middle(page)
    page.mouse.click(x, y)
    crowd = page.locator(".atlas-crowd")
    expect(crowd.get_by_role("heading", level=2)).to_have_text("此处有 2 个点位")
    for name in names:
        expect(crowd.get_by_role("button", name=f"加入清单：{name}")).to_be_visible()
    page.wait_for_timeout(500)
    keep(page, "map-fan")
    crowd.get_by_role("button", name="全部加入").click()
    assert len(listed(page)) == 2
