"""Text that a spreadsheet would take for a formula: marked when it leaves, as it was when it comes back."""

import re

# The full-width signs too: a Chinese spreadsheet reads them as the others.
SIGNS = frozenset("=+-@＝＋－＠\t\r")
# Only what begins with one of these is looked at more closely.
SUSPECT = SIGNS | {"'"}
_MARKED = re.compile(r"'+[=+\-@＝＋－＠\t\r]")


def guarded(text: str) -> str:
    """The text for a file whose cells have no types (.csv). `unguarded` undoes it."""
    return f"'{text}" if text[:1] in SIGNS or _MARKED.match(text) else text


def told_apart(text: str) -> str:
    """The text for a cell that is text already (.xlsx): only what looks guarded is. `unguarded` undoes it."""
    return f"'{text}" if text[:1] == "'" and _MARKED.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before one of the two."""
    return text[1:] if _MARKED.match(text) else text
