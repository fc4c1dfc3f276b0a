"""What must be true of every answer, whoever asked for whatever: its headers, and what its HTML may hold."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

# Attributes by which a page loads something by itself, or sends something; a link waits for a click.
LOADING = frozenset({"src", "srcset", "poster", "data", "action", "formaction", "background"})
LOADING_TAGS = frozenset({"link", "use", "image", "base"})
# Blocks of data in a script element are not run.
DATA_TYPES = frozenset({"application/json", "text/plain"})


class _Flaws(HTMLParser):
    """Collects what the content security policy would refuse, and what comes from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES:
            self.found.append("inline script")
        if tag in {"style", "iframe", "object", "embed"}:
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            if name == "style" or name.startswith("on"):
                self.found.append(f"{name}= on <{tag}>")
            if value.strip().lower().startswith(("javascript:", "vbscript:")):
                self.found.append(f"a script as {name} of <{tag}>")
            loads = name in LOADING or (name == "href" and tag in LOADING_TAGS)
            if loads and value.strip().lower().startswith(("http:", "https:", "//", "ws:", "wss:")):
                self.found.append(f"<{tag}> loads {value} from outside")


# Without any of these there is nothing to find; to read a page tag by tag takes as long as to make it.
SUSPECT = re.compile(
    rb"""<(style|iframe|object|embed)\b|<script(?![^>]*\bsrc=)|\s(style|on\w+)\s*=|(java|vb)script:"""
    rb"""|=\s*["']?\s*(https?:|wss?:|//)""",
    re.IGNORECASE,
)


def flaws_of(html: bytes) -> list[str]:
    if not SUSPECT.search(html):
        return []
    parser = _Flaws()
    parser.feed(html.decode())
    return parser.found


# Header → what must be in it.
WANTED = {
    "Content-Security-Policy": (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("DENY",),
    "Referrer-Policy": ("same-origin",),
}
# The map's borders are asked for again with every map, and kept by the own browser only.
KEPT_BY_THE_BROWSER = ("/api/v1/atlas/borders",)


def header_flaws(address: str, headers: Mapping[str, str]) -> Iterator[str]:
    for name, parts in WANTED.items():
        yield from (f"{name} without {part}" for part in parts if part not in headers.get(name, ""))
    if "unsafe" in headers.get("Content-Security-Policy", ""):
        yield "an unsafe policy"
    kept = headers.get("Cache-Control", "")
    if not ("no-store" in kept or (kept.startswith("private") and address in KEPT_BY_THE_BROWSER)):
        yield f"kept by caches: {kept}"
