"""What comes from others: pinned, whole, from the registry only, not older than what is known to be unsafe.

This needs no network and is no audit: `SAFE_FROM` knows the advisories that somebody has written into it. Who
has a connection still asks a database of advisories.
"""

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==([0-9][\w.+!]*)$")
# The first version without the weakness, and its name.
SAFE_FROM = {
    "aiohttp": ("3.12.14", "CVE-2025-53643"),
    "authlib": ("1.6.5", "CVE-2025-61920"),
    "cryptography": ("44.0.1", "CVE-2024-12797"),
    "django": ("5.2.8", "CVE-2025-64459"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "pillow": ("11.3.0", "CVE-2025-48379"),
}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = [PIN.match(line) for line in lines if line and not line.startswith("#")]
    assert all(found), "a line of constraints.txt is no plain name==version"
    return {pin[1]: pin[2] for pin in found if pin}


def locked() -> dict[str, str]:
    """What `make lock` would write now."""
    command = [sys.executable, str(ROOT / "scripts" / "lock.py")]
    previous = (ROOT / "constraints.txt").read_text()
    made = subprocess.run(command, input=previous, capture_output=True, text=True, check=True)
    return {pin[1]: pin[2] for line in made.stdout.splitlines() if (pin := PIN.match(line))}


def test_every_package_that_is_needed_is_pinned_to_one_version() -> None:
    assert pins() == locked()


def test_what_is_installed_fits_together() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_no_dependency_comes_from_elsewhere_than_the_registry() -> None:
    wanted = (ROOT / "pyproject.toml").read_text()
    assert not re.search(r'"[\w.\[\]-]+ *@ ', wanted)
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    assert len(packages) > 50
    unsigned = [name for name, package in packages.items() if name and not package.get("integrity")]
    assert unsigned == []


@pytest.mark.parametrize("package", SAFE_FROM)
def test_nothing_is_older_than_what_is_known_to_be_unsafe(package: str) -> None:
    least, weakness = SAFE_FROM[package]
    assert Version(version(package)) >= Version(least), weakness
