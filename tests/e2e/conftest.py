"""A running demonstration and a real browser, once for all browser tests."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    StorageState,
    ViewportSize,
    sync_playwright,
)

from benchmarks.instance import Instance, demonstration
from gongshi.demo.accounts import PASSWORD
from gongshi.demo.clips import render_clip
from gongshi.demo.scenes import SCENES
from gongshi.demo.streamed_cameras import filmed_codes
from tests.browser import arguments, executable

# Software WebGL, for the map.
WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SIZE = ViewportSize(width=1366, height=768)
CLIP_S = 4


@pytest.fixture(scope="session")
def portal() -> Iterator[Instance]:
    # Not under pytest's own folder, which the database's system user could not reach.
    with tempfile.TemporaryDirectory(prefix="gongshi-e2e-") as folder:
        film_shortly(Path(folder) / "clips")
        with demonstration(Path(folder)) as running:
            yield running


def film_shortly(clips: Path) -> None:
    """The demonstration's clips of twenty seconds take longer to make than all else of its start."""
    clips.mkdir()
    codes = filmed_codes()
    for scene in SCENES:
        render_clip(clips / f"{scene.name}.mp4", codes[scene.name], scene, seconds=CLIP_S)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable(), args=arguments() + WEBGL)
        yield launched
        launched.close()


@dataclass
class Complaints:
    """What browsers complained of. A refused page (4xx) is no complaint: the test looks at that page."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)

    def listen(self, page: Page, account: str) -> None:
        page.on("pageerror", lambda error: self.heard.append((f"{account}: {error}", "")))
        page.on("console", self._hear)
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.is_navigation_request():
            self.visited.add(request.url)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append((message.text, str(message.location["url"])))

    def left(self) -> list[tuple[str, str]]:
        return [
            (text, url)
            for text, url in self.heard
            if not (text.startswith("Failed to load resource") and url in self.visited)
        ]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """There must be none in the end."""
    all_browsers = Complaints()
    yield all_browsers
    assert all_browsers.left() == []


class Window(Protocol):
    """Opens a fresh browser window, named for what is complained of, with the cookies of a log-in or none."""

    def __call__(self, name: str, login: StorageState | None = None) -> Page: ...


@pytest.fixture
def window(browser: Browser, portal: Instance, complaints: Complaints) -> Iterator[Window]:
    contexts = []

    def begin(name: str, login: StorageState | None = None) -> Page:
        context = browser.new_context(viewport=SIZE, locale="zh-CN", base_url=portal.url, storage_state=login)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        complaints.listen(page, name)
        return page

    yield begin
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def logins() -> dict[str, StorageState]:
    """Each account's log-in: an account is in once, and its codes are good once."""
    return {}


@pytest.fixture
def sign_in(window: Window, logins: dict[str, StorageState]) -> Callable[[str], Page]:
    """A fresh browser window in which this account is signed in."""

    def begin(account: str) -> Page:
        page = window(account, logins.get(account))
        page.goto("/")
        if "/account/login/" in page.url:
            give_password(page, account, PASSWORD)
            give_code_if_asked(page)
            cookies = page.context.storage_state()["cookies"]
            logins[account] = {"cookies": cookies, "origins": []}
        return page

    return begin


def give_password(page: Page, account: str, password: str) -> None:
    page.get_by_label("账号", exact=True).fill(account)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def give_code_if_asked(page: Page) -> None:
    """The demonstration shows the code; after two within a minute it has to wait for the next."""
    if "/account/code/" not in page.url:
        return
    shown = page.locator("[data-demo-code]")
    while not shown.count():
        page.wait_for_timeout(1_000)
        page.reload()
    page.get_by_label("验证码").fill(shown.inner_text())
    page.get_by_role("button", name="验证").click()
    page.wait_for_url(lambda url: "/account/code/" not in url)


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a screenshot under test-results/, to be looked at."""
    folder = Path(str(request.config.rootpath)) / "test-results"

    def take(page: Page, name: str) -> None:
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")

    return take
