"""What an open page does by itself when its login ends, or is about to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.instance import Instance
from gongshi.demo.accounts import PASSWORD
from tests.e2e.conftest import SIZE, give_password

Keep = Callable[[Page, str], None]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# A viewer, who needs no code, and whom no other test takes.
ACCOUNT = "gongan-kan"


@contextmanager
def signed_in(browser: Browser, portal: Instance) -> Iterator[Page]:
    """A window of its own: here an account comes in twice on purpose, and a page is refused on purpose."""
    context = browser.new_context(viewport=SIZE, locale="zh-CN", base_url=portal.url)
    page = context.new_page()
    page.goto("/account/login/")
    give_password(page, ACCOUNT, PASSWORD)
    yield page
    context.close()


def test_an_open_page_leaves_by_itself_when_the_account_comes_in_elsewhere(
    browser: Browser, portal: Instance, keep: Keep
) -> None:
    with signed_in(browser, portal) as old:
        old.goto("/notices/?page=1")
        with signed_in(browser, portal) as new:
            old.wait_for_url("**/account/login/?next=%2Fnotices%2F%3Fpage%3D1", timeout=60_000)
            told = "本次登录已结束。如非本人操作，请立即联系安全管理员。"
            expect(old.locator("main")).to_contain_text(told)
            keep(old, "login-ended")
            new.reload()
            expect(new.locator(".topbar-person")).to_be_visible()


def test_a_page_warns_before_the_end_and_goes_on_at_a_click(
    browser: Browser, portal: Instance, keep: Keep
) -> None:
    with signed_in(browser, portal) as page:
        asked = "**/api/v1/sessions/current"
        page.route(asked, lambda route: route.fulfill(json={"seconds_left": 100}))
        page.goto("/notices/")
        warning = page.locator("#login-warning")
        expect(warning).to_be_visible(timeout=60_000)
        expect(warning).to_contain_text("即将自动退出")
        keep(page, "login-warning")
        page.unroute(asked)
        warning.get_by_role("button", name="继续使用").click()
        expect(warning).to_be_hidden()
        expect(page.locator(".topbar-person")).to_be_visible()
