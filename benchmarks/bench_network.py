"""The network canvas with 300 entities and 1,000 links: time of a frame while it moves, in the system's Chromium.

The drawing is fed by a made network; everything else is the product: page, policy, island. Without a graphics card
Chromium draws in software, which is what a weak office PC does.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys

from playwright.sync_api import Page, Route, sync_playwright

from benchmarks import big_agency
from benchmarks.bench_api import wait_for

PORT = 8766
NODES, LINKS = 300, 1000
#: How far from the middle nothing but one entity lies, in units of the drawing, which is 2 wide.
ROOM = 0.2
#: Where the pointer takes hold, in pixels from the middle: an entity moves alone, then the ground moves the view.
GRIPS = {"entity": (0, 0), "view": (30, 20)}
LIMIT_MS = 50.0
KINDS = ("person", "vehicle", "phone", "location")
SURE = ("confirmed", "probable", "unconfirmed")


#: One move of the pointer a frame, made in the page: what drives the browser must not be what is measured.
_DRAG = """async ([x, y]) => {
  for (let step = 0; step < 120; step++) {
    const [dx, dy] = [150 * ((step % 20) / 20 - 0.5), 80 * ((step % 14) / 14 - 0.5)];
    const at = { clientX: x + dx, clientY: y + dy, bubbles: true, buttons: 1 };
    document.elementFromPoint(x, y).dispatchEvent(new MouseEvent("mousemove", at));
    await new Promise(requestAnimationFrame);
  }
}"""


def places(rng: random.Random) -> list[tuple[float, float]]:
    """Return where the entities lie: one in the middle with room around it, four in the corners, the others about."""
    found = [(0.0, 0.0), (-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)]
    while len(found) < NODES:
        x, y = rng.uniform(-1, 1), rng.uniform(-1, 1)
        if max(abs(x), abs(y)) > ROOM:
            found.append((x, y))
    return found


def network() -> dict[str, object]:
    """Return a made network in the island's form."""
    rng = random.Random(1)
    nodes = [
        {
            "id": f"n{i}",
            "ref": f"EN-{i:04d}",
            "kind": KINDS[i % 4],
            "label": f"Entity {i}",
            "x": x,
            "y": y,
            "url": "#",
            "degree": 6,
        }
        for i, (x, y) in enumerate(places(rng))
    ]
    edges = [
        {
            "id": f"e{i}",
            "from": f"n{rng.randrange(NODES)}",
            "to": f"n{rng.randrange(NODES)}",
            "kind": "knows",
            "label": "knows",
            "confirmation": SURE[i % 3],
            "sources": 1,
        }
        for i in range(LINKS)
    ]
    return {"nodes": nodes, "edges": edges}


def frames(page: Page, away: tuple[int, int]) -> list[float]:
    """Drag what lies so many pixels from the middle for some seconds, and return the milliseconds of the frames."""
    page.evaluate("performance.clearMeasures()")
    box = page.locator("[data-island=network] canvas").last.bounding_box()
    if box is None:
        raise SystemExit("The network drew nothing.")
    x, y = box["x"] + box["width"] / 2 + away[0], box["y"] + box["height"] / 2 + away[1]
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_DRAG, [x, y])
    page.mouse.up()
    page.wait_for_timeout(300)
    found: list[float] = page.evaluate(
        "performance.getEntriesByName('openilp:network:frame').map(entry => entry.duration)"
    )
    return found


def measure(address: str, entity: str) -> dict[str, list[float]]:
    """Return the frames of one page, by what is moved."""
    program = os.environ.get("OPENILP_CHROMIUM") or shutil.which("chromium") or "chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
        page.goto("/")
        page.fill("input[name=login]", "analyst")
        page.fill("input[name=password]", big_agency.PASSWORD)
        page.click("main form button.go")

        def feed(route: Route) -> None:
            route.fulfill(json=network())

        page.route("**/api/v1/collation/**/network*", feed)
        page.goto(f"/collation/entities/{entity}/network")
        page.locator("[data-island=network] canvas").last.wait_for()
        page.wait_for_timeout(2000)
        found = {moved: frames(page, away) for moved, away in GRIPS.items()}
        browser.close()
    return found


def main() -> None:
    """Print median and 90th percentile of a frame."""
    big_agency.prepare()
    agency = big_agency.open_agency()
    from openilp.collation.models import Entity
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    actor = actor_for(agency["user"])
    with acting(actor, "benchmark"):
        entity = Entity.objects.seen_by(actor).order_by("-created_at")[1000].ref
    command = [sys.executable, "-m", "openilp.cli", "serve", "--port", str(PORT)]
    server = subprocess.Popen(command, env={**os.environ, "PORT": str(PORT)})
    try:
        wait_for(PORT)
        found = measure(f"http://localhost:{PORT}", entity)
    finally:
        server.terminate()
        server.wait(timeout=30)
    print(f"network, {NODES} entities, {LINKS} links, load {os.getloadavg()[0]:.1f}:")
    for moved, times in found.items():
        p90 = statistics.quantiles(times, n=10)[-1]
        print(
            f"  moving the {moved}: {len(times)} frames, p50 {statistics.median(times):.0f} ms,"
            f" p90 {p90:.0f} ms ({'within' if p90 < LIMIT_MS else 'over'} {LIMIT_MS:.0f} ms)"
        )


if __name__ == "__main__":
    main()
