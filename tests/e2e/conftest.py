"""A running demonstration and a real browser, once for all browser tests."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.instance import Instance, demonstration
from gongshi.demo.accounts import PASSWORD
from tests.browser import arguments, executable

# Software WebGL, for the map.
WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SIZE = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def portal() -> Iterator[Instance]:
    # Not under pytest's own folder, which the database's system user could not reach.
    with tempfile.TemporaryDirectory(prefix="gongshi-e2e-") as folder, demonstration(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable(), args=arguments() + WEBGL)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What browsers complained of; there must be nothing in the end."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def sign_in(browser: Browser, portal: Instance, complaints: list[str]) -> Iterator[Callable[[str], Page]]:
    """A fresh browser window in which this account is signed in."""
    contexts = []

    def begin(account: str) -> Page:
        context = browser.new_context(viewport=SIZE, locale="zh-CN", base_url=portal.url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"{account}: {error}"))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.goto("/account/login/")
        page.fill("[name=login]", account)
        page.fill("[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url("**/")
        return page

    yield begin
    for context in contexts:
        context.close()


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a screenshot under test-results/, to be looked at."""
    folder = Path(str(request.config.rootpath)) / "test-results"

    def take(page: Page, name: str) -> None:
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")

    return take
