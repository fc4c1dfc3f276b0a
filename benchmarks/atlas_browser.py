"""The map in a browser over a million points: panning and zooming, traced; prints one JSON object a line.

Fills a throw-away PostgreSQL as `atlas` does and moves the map in headless Chromium, where the processor
draws. `…_frame_…` is wall time between frames, longer when others work here; `…_task_cpu` is the longest
single piece of work of the page's own thread, `…_cpu_per_frame` what all of the browser worked for a frame.
Take ROWS=100000 for a quick look.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.atlas import family_worked_s, report, serving
from benchmarks.portal import p95, portal

SIZE = {"width": 1366, "height": 768}
PLACE = "/atlas/?view=119.92,28.45,11"
AIM_FRAME_MS = 50
WATCH_FRAMES = """() => {
    window.frames_ms = [];
    let last = performance.now();
    const step = now => {
        window.frames_ms.push(now - last);
        last = now;
        window.watching = requestAnimationFrame(step);
    };
    window.watching = requestAnimationFrame(step);
}"""
FRAMES = "() => { cancelAnimationFrame(window.watching); return window.frames_ms.slice(1); }"


def main() -> None:
    from benchmarks.atlas_city import fill

    with portal():
        fill()
        with serving() as (_, base, cookies):
            measure_browser(base, cookies)


def measure_browser(base: str, cookies: dict[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser import arguments, executable
    from tests.e2e.conftest import WEBGL

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=arguments() + WEBGL)
        context = browser.new_context(viewport=SIZE, locale="zh-CN", base_url=base)  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(PLACE)
        page.wait_for_selector(".atlas-toolbar button:not([disabled])", timeout=60_000)
        page.wait_for_load_state("networkidle")
        box = page.locator(".atlas-map").bounding_box()
        assert box is not None
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        pan(page, middle)  # the first time programs are compiled
        for name, act in (
            ("pan", lambda: pan(page, middle)),
            ("zoom_in", lambda: zoom(page, middle, -120)),
            ("zoom_out", lambda: zoom(page, middle, 120)),
        ):
            measure_act(browser, page, name, act)
        browser.close()


def pan(page: Any, middle: tuple[float, float]) -> None:
    x, y = middle
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(90):
        page.mouse.move(x - 3 * step, y - 2 * step)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(700)


def zoom(page: Any, middle: tuple[float, float], by: int) -> None:
    page.mouse.move(*middle)
    for _ in range(20):
        page.mouse.wheel(0, by)
        page.wait_for_timeout(60)
    page.wait_for_timeout(700)


def measure_act(browser: Any, page: Any, name: str, act: Callable[[], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.json"
        browser.start_tracing(page=page, path=trace, categories=["toplevel"])
        page.evaluate(WATCH_FRAMES)
        worked = browser_worked_s()
        act()
        frames = page.evaluate(FRAMES)
        worked = browser_worked_s() - worked
        browser.stop_tracing()
        longest = longest_task_ms(json.loads(trace.read_text())["traceEvents"])
    report(f"atlas_{name}_frame_p95", p95(frames), "ms", AIM_FRAME_MS, "lower")
    report(f"atlas_{name}_frame_longest", max(frames), "ms", AIM_FRAME_MS, "lower")
    report(f"atlas_{name}_task_cpu", longest, "ms", AIM_FRAME_MS, "lower")
    report(f"atlas_{name}_cpu_per_frame", worked * 1000 / len(frames), "ms", AIM_FRAME_MS, "lower")


def browser_worked_s() -> float:
    """CPU time so far of all processes below this one that draw pages; one that serves them is none."""
    import os

    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    drawing = [child for child in children if "granian" not in Path(f"/proc/{child}/cmdline").read_text()]
    return sum(family_worked_s(int(child)) for child in drawing)


def longest_task_ms(events: list[dict[str, Any]]) -> float:
    """Of the thread of a page that worked most: its longest task, in CPU time."""
    pages = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"].get("name") == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[float]] = {thread: [] for thread in pages}
    for event in events:
        if event.get("ph") == "X" and "tdur" in event and (event["pid"], event["tid"]) in tasks:
            tasks[event["pid"], event["tid"]].append(event["tdur"] / 1000)
    return max(max(tasks.values(), key=sum), default=0.0)


if __name__ == "__main__":
    main()
