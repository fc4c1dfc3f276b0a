"""The program behind a User-Agent, as people call it: Chrome 126（Windows）."""

import re
from typing import Final

# The first that is found counts: later browsers name their forebears, too.
BROWSERS: Final = (
    ("Edge", re.compile(r"Edg/(\d+)")),
    ("360 浏览器", re.compile(r"QihooBrowser/(\d+)")),
    ("Firefox", re.compile(r"Firefox/(\d+)")),
    ("Chrome", re.compile(r"Chrome/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+).* Safari/")),
)
SYSTEMS: Final = (
    ("Windows", re.compile(r"Windows")),
    ("Android", re.compile(r"Android")),
    ("iOS", re.compile(r"iPhone|iPad")),
    ("macOS", re.compile(r"Mac OS X")),
    ("麒麟", re.compile(r"Kylin", re.IGNORECASE)),
    ("统信", re.compile(r"UOS|Uniontech", re.IGNORECASE)),
    ("Linux", re.compile(r"Linux")),
)
LONGEST: Final = 64


def program_of(user_agent: str) -> str:
    """At most 64 characters; the beginning of what is no browser, empty for nothing."""
    browser = next((f"{name} {m[1]}" for name, form in BROWSERS if (m := form.search(user_agent))), "")
    system = next((name for name, form in SYSTEMS if form.search(user_agent)), "")
    if not browser:
        return user_agent[:LONGEST]
    return f"{browser}（{system}）" if system else browser
