"""Open an exported page as a reader would: from a file, with the network refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, sync_playwright

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

# How many shapes of a map lie, with a visible size and paint, inside the map's own box.
_PAINTED = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const seen = (shape) => {
    const r = shape.getBoundingClientRect();
    const style = getComputedStyle(shape);
    const inked = (style.fill !== 'none' && style.fillOpacity > 0)
      || (style.stroke !== 'none' && style.strokeOpacity > 0);
    return r.width > 1 && r.height > 1 && r.right > box.left && r.left < box.right
      && r.bottom > box.top && r.top < box.bottom && style.visibility !== 'hidden' && inked;
  };
  const live = document.querySelectorAll(`${selector} path.leaflet-interactive,`
    + ` ${selector} .apk-pin svg, ${selector} .leaflet-marker-icon`);
  return box.width > 0 && box.height > 0 ? Array.from(live).filter(seen).length : 0;
}"""

# Notes what the policy refuses, and by which means a page asks to draw.
_WITNESS = """
window.policyViolations = [];
window.drawingAsked = [];
for (const canvas of [HTMLCanvasElement, window.OffscreenCanvas].filter(Boolean)) {
  const given = canvas.prototype.getContext;
  canvas.prototype.getContext = function (kind, ...more) {
    window.drawingAsked.push(kind);
    return given.call(this, kind, ...more);
  };
}
document.addEventListener('securitypolicyviolation',
  (event) => window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Opened:
    """A page that is open, and all that went on in it.

    Attributes
    ----------
    page : playwright Page
    requests : list of str
        Every address asked for besides the file itself; all were refused.
    errors : list of str
        Console errors and warnings, uncaught exceptions.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """Return what the page's Content-Security-Policy refused."""
        found: list[str] = self.page.evaluate("() => window.policyViolations || []")
        return found

    def painted(self, selector: str = "#map") -> int:
        """Return how many shapes are painted inside the map's box."""
        self.page.wait_for_timeout(50)
        return int(self.page.evaluate(_PAINTED, selector))

    def axe(self) -> list[str]:
        """Return the violations of WCAG 2.0 to 2.2, A and AA, as ``rule: elements``."""
        from axe_playwright_python.sync_playwright import Axe

        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
        options = {"runOnly": {"type": "tag", "values": tags}}
        found = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{rule['id']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
            for rule in found
        ]

    def tab_to(self, wanted: Callable[[dict[str, Any]], bool], *, within: int = 15) -> int:
        """Press Tab until `wanted` accepts the focused element; return how often, or fail."""
        for presses in range(1, within + 1):
            self.page.keyboard.press("Tab")
            if wanted(self.focused()):
                return presses
        raise AssertionError(f"not reached within {within} presses of Tab")

    def focused(self) -> dict[str, Any]:
        """Return what has the focus: tag, label, role, whether it is inside a map."""
        found: dict[str, Any] = self.page.evaluate(
            """() => { const e = document.activeElement; return {
              tag: e.tagName.toLowerCase(), label: e.getAttribute('aria-label') || '',
              role: e.getAttribute('role') || '', id: e.id,
              text: (e.textContent || '').trim().slice(0, 200),
              inMap: Boolean(e.closest('[data-apk-map]')) }; }"""
        )
        return found

    def assert_quiet(self) -> None:
        """Fail when anything was asked for, went wrong, or was refused by the policy."""
        assert self.requests == []
        assert self.errors == []
        assert self.violations() == []


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the browser, without WebGL and without a network of its own."""
    arguments = [*_ARGUMENTS, "--disable-webgl", "--disable-webgl2", "--disable-3d-apis"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


def open_in(
    browser: Browser,
    path: Path,
    *,
    javascript: bool = True,
    width: int = 1280,
    height: int = 800,
    slow: float = 1,
    language: str = "cs-CZ",
    touch: bool = False,
    fragment: str = "",
) -> Opened:
    """Open a file and wait until it has loaded."""
    context = browser.new_context(
        java_script_enabled=javascript,
        viewport={"width": width, "height": height},
        locale=language,
        has_touch=touch,
        is_mobile=touch,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    opened = Opened(page)

    def refuse(route: Route, request: Request) -> None:
        own = request.url.startswith("file:") and request.is_navigation_request()
        if own or request.url.startswith("data:"):
            route.continue_()
        else:
            opened.requests.append(request.url)
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            opened.errors.append(message.text)

    page.route("**/*", refuse)
    page.on("console", listen)
    page.on("pageerror", lambda error: opened.errors.append(str(error)))
    page.on("dialog", lambda dialog: (opened.errors.append("dialog"), dialog.dismiss()))
    if javascript:
        page.add_init_script(_WITNESS)
    if slow > 1:
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.goto(path.resolve().as_uri() + fragment)
    return opened
