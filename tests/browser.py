"""The browser of the tests: GONGSHI_CHROMIUM, else the system's Chromium, else Playwright's.

`python -m tests.browser` makes sure that there is one, and a Chinese font for its pages.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FONT = "fonts-noto-cjk"


def executable() -> str | None:
    """The path of the browser to use; None is the one that Playwright installed."""
    named = os.environ.get("GONGSHI_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def arguments() -> list[str]:
    """Command-line arguments for a quiet browser; root has no sandbox."""
    return ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else [])


def starts() -> bool:
    """Whether the browser really starts: on some systems the name is there and the browser is not."""
    with sync_playwright() as playwright:
        try:
            playwright.chromium.launch(executable_path=executable(), args=arguments()).close()
        except Error:
            return False
    return True


def has_chinese_font() -> bool:
    """Whether Chinese text in screenshots is text and not boxes."""
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def install() -> None:
    """Install what is missing: by apt as root, else Playwright's browser."""
    may_apt = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if not starts() and may_apt:
        _apt_install("chromium")
    if not starts():
        with_system_libraries = ["--with-deps"] if may_apt else []
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", *with_system_libraries, "chromium"], check=False
        )
    if not starts():
        raise SystemExit("没有可用的浏览器：请安装 Chromium（sudo apt-get install chromium）后重试。")
    if not has_chinese_font() and may_apt:
        _apt_install(FONT)
    if not has_chinese_font():
        print(f"提示：没有中文字体，截图中的汉字会显示为方框（sudo apt-get install {FONT}）。")  # noqa: T201


def _apt_install(package: str) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", package]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, env=environment, check=False).returncode != 0 and Path("/etc/apt").exists():
        subprocess.run(["apt-get", "update"], env=environment, check=False)
        subprocess.run(command, env=environment, check=False)


if __name__ == "__main__":
    install()
