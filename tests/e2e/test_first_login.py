"""The way in of somebody who signs in for the first time, and of one whose telephone is not at hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gongshi.credentials import one_time_codes
from gongshi.demo.accounts import NEWCOMER, PASSWORD
from tests.e2e.conftest import Window, give_code_if_asked, give_password

Keep = Callable[[Page, str], None]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

OWN_PASSWORD = "Baiyun-58-Lishui"
NAME = "米初来"


def test_a_newcomer_is_led_in_and_a_recovery_code_replaces_the_telephone(window: Window, keep: Keep) -> None:
    page = window(NEWCOMER)
    page.goto("/work-orders/")
    give_password(page, NEWCOMER, PASSWORD)
    choose_password(page, keep)
    recovery_code = set_second_factor(page, keep)
    sign_undertaking(page, keep)
    page.wait_for_url("**/work-orders/")
    expect(page.get_by_role("heading", level=1)).to_have_text("实施工单")

    page.get_by_role("button", name=NAME).click()
    page.get_by_role("button", name="退出登录").click()
    give_password(page, NEWCOMER, OWN_PASSWORD)
    expect(page.get_by_text("演示验证码")).to_have_count(0)
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="验证").click()
    expect(page.locator(".field-error")).to_contain_text("验证码不正确")
    expect(page.get_by_label("验证码")).to_be_focused()
    keep(page, "login-code-wrong")
    page.get_by_label("验证码").fill(recovery_code)
    page.get_by_role("button", name="验证").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")

    page.get_by_role("button", name=NAME).click()
    page.get_by_role("link", name="二次验证").click()
    expect(page.get_by_text("9 个")).to_be_visible()
    keep(page, "second-factor")


def choose_password(page: Page, keep: Keep) -> None:
    page.get_by_label("原密码").fill(PASSWORD)
    page.get_by_label("新密码").first.fill(OWN_PASSWORD)
    page.get_by_label("再次填写新密码").fill(OWN_PASSWORD)
    keep(page, "first-login-password")
    page.get_by_role("button", name="修改密码").last.click()


def set_second_factor(page: Page, keep: Keep) -> str:
    """Gives one of the recovery codes."""
    expect(page.get_by_role("heading", level=1)).to_have_text("设置二次验证")
    expect(page.get_by_alt_text("供验证器应用扫描的二维码")).to_be_visible()
    assert page.get_by_alt_text("供验证器应用扫描的二维码").evaluate("picture => picture.naturalWidth") > 0
    keep(page, "first-login-second-factor")
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_label("验证码").fill(one_time_codes.code_at(secret, one_time_codes.current_step()))
    page.get_by_label("登录密码").fill(OWN_PASSWORD)
    page.get_by_role("button", name="启用").click()
    codes = page.get_by_role("list", name="恢复码").get_by_role("listitem").all_inner_texts()
    assert len(set(codes)) == 10
    keep(page, "first-login-recovery-codes")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    assert set(codes) <= set(download.value.path().read_text("utf-8").splitlines())
    page.get_by_role("link", name="已保存，继续").click()
    return codes[2]


def sign_undertaking(page: Page, keep: Keep) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("公共安全视频数据使用承诺书")
    keep(page, "first-login-undertaking")
    page.get_by_label("我已阅读并同意以上承诺").check()
    page.get_by_label("签名").fill(NAME)
    page.get_by_role("button", name="签署承诺书").click()


def test_a_visitor_of_the_demonstration_only_clicks(window: Window, keep: Keep) -> None:
    page = window("yunwei2")
    page.goto("/account/login/")
    page.get_by_text("演示账号").click()
    keep(page, "login")
    page.get_by_role("button", name="dashuju", exact=True).click()
    expect(page.get_by_label("账号", exact=True)).to_have_value("dashuju")
    expect(page.get_by_label("密码", exact=True)).to_have_value(PASSWORD)
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_focused()


def test_one_may_go_back_from_the_code_and_come_in_as_oneself(window: Window, keep: Keep) -> None:
    page = window("yunwei2")
    page.goto("/account/login/")
    give_password(page, "yunwei2", PASSWORD)
    keep(page, "login-code")
    page.get_by_role("button", name="返回登录").click()
    expect(page.get_by_label("密码", exact=True)).to_be_visible()
    give_password(page, "yunwei2", PASSWORD)
    give_code_if_asked(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")
