"""A camera above one's clearance says so wherever its picture could be opened (§10)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

SignIn = Callable[[str], Page]
Keep = Callable[[Page, str], None]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# He has had a grant for this camera of L2 since the demonstration began.
ACCOUNT, NAME = "yingji-kan", "易平安"
CAMERA = "莲都区南明湖水域球机"
BARRED = "密级不足"


def test_whose_clearance_is_lowered_reads_so_on_the_wall_and_on_the_map(sign_in: SignIn, keep: Keep) -> None:
    viewer = sign_in(ACCOUNT)
    viewer.get_by_role("link", name="实时查看").click()
    expect(viewer.locator(".tree-camera").filter(has_text=CAMERA)).not_to_contain_text(BARRED)
    # A page that is open would leave for the log-in by itself.
    viewer.close()
    approve(sign_in("anquan"), lower_clearance(sign_in("yingji")))

    viewer = sign_in(ACCOUNT)
    viewer.get_by_role("link", name="实时查看").click()
    expect(viewer.locator(".tree-camera").filter(has_text=CAMERA)).to_contain_text(BARRED)
    keep(viewer, "barred-tree")
    viewer.get_by_role("link", name="点位一张图").click()
    viewer.get_by_label("具体位置").fill(CAMERA)
    viewer.locator(".atlas-result").filter(has_text=CAMERA).click()
    card = viewer.locator(".atlas-card")
    expect(card).to_contain_text(BARRED)
    expect(card.get_by_role("link", name="实时查看")).to_have_count(0)
    keep(viewer, "barred-card")


def lower_clearance(specialist: Page) -> str:
    """Ask for it as his department's specialist; gives the number of the proposal."""
    specialist.get_by_role("link", name="账号", exact=True).click()
    specialist.get_by_role("row").filter(has_text=NAME).get_by_role("link").first.click()
    specialist.get_by_role("link", name="调整权限").click()
    specialist.get_by_label("密级权限").select_option("L1")
    specialist.get_by_label("申请理由").fill("岗位调整，不再接触二级点位")
    specialist.get_by_role("button", name="提交申请").click()
    return specialist.get_by_role("heading", level=1).inner_text().split()[-1]


def approve(security: Page, number: str) -> None:
    security.goto("/people/proposals/")
    security.get_by_role("link", name=number).first.click()
    security.get_by_role("button", name="提交审批结论").click()
    expect(security.get_by_role("status").first).to_be_visible()
