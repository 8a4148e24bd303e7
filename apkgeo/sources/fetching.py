"""Fetch a file from its publisher: politely, whole or not at all, resumed where it broke off."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from apkgeo.errors import DownloadError

AGENT = "apkgeo (offline maps and evaluation; one request at a time)"
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
LARGEST = 2 * 1024**3
_CHUNK = 256 * 1024
_PARTIAL = ".part"
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class NotPublishedError(DownloadError):
    """The publisher has no such file (404 or 410)."""


class _BrokenError(Exception):
    """An attempt failed in a way that a later one may not; `wait` is how long to wait, if told."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follow a redirect only to the web, and never from a secured address to an open one."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, url: str
    ) -> Any:
        """Return the new request, or refuse."""
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(url)
        if new.scheme not in {"http", "https"} or (old.scheme, new.scheme) == ("https", "http"):
            raise DownloadError(
                f"{req.full_url} leads to another kind of address", came=url,
                remedy="download the file by hand",
            )  # fmt: skip
        return super().redirect_request(req, fp, code, msg, headers, url)


def _opener() -> urllib.request.OpenerDirector:
    """Return what opens web addresses, and nothing else (no files, no FTP)."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _SafeRedirects(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


@dataclass
class Fetcher:
    """How files are fetched.

    Attributes
    ----------
    pause : float
        Seconds between two requests to one host.
    attempts : int
        How often a file is tried for.
    timeout : float
        Seconds without an answer after which an attempt ends.
    longest_wait : float
        Seconds that are waited at the most between two attempts; a publisher who asks for more is
        not asked again.
    largest : int
        Bytes that a file may have.
    sleep, clock : callable
        For tests.
    """

    pause: float = 1.0
    attempts: int = 5
    timeout: float = 60.0
    longest_wait: float = 120.0
    largest: int = LARGEST
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict, repr=False)

    def fetch(self, url: str, target: Path) -> int:
        """Put what is at `url` into the file `target` and return how many bytes it has.

        A part that an earlier attempt left beside it is completed. `target` exists only when it
        is whole.

        Raises
        ------
        NotPublishedError
            When the publisher has no such file.
        DownloadError
            When it did not come whole after several attempts, or a web page came instead.
        """
        partial = target.with_name(target.name + _PARTIAL)
        why = ""
        for attempt in range(self.attempts):
            try:
                self._once(url, partial)
                break
            except _BrokenError as error:
                why = str(error)
                wait = error.wait if error.wait is not None else 2.0**attempt
            if wait > self.longest_wait or attempt + 1 == self.attempts:
                raise DownloadError(
                    f"{url}: {why}",
                    remedy=f"try again later (asked {attempt + 1} times; what came is kept)",
                )
            self.sleep(wait)
        _refuse_web_page(partial, url)
        partial.replace(target)
        _state_of(partial).unlink(missing_ok=True)
        return target.stat().st_size

    def _once(self, url: str, partial: Path) -> None:
        """Make one attempt; what comes is added to the part that is there."""
        self._be_polite(url)
        held, validator = _held(partial, url)
        headers = {"User-Agent": AGENT, "Accept-Encoding": "identity", "Accept": "*/*"}
        if held:
            headers |= {"Range": f"bytes={held}-", "If-Range": validator}
        request = urllib.request.Request(url, headers=headers)
        try:
            with _opener().open(request, timeout=self.timeout) as answer:
                self._receive(answer, url, partial, held)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error, url, partial) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            if isinstance(error, DownloadError):
                raise
            raise _BrokenError(_reason(error)) from None

    def _be_polite(self, url: str) -> None:
        host = urllib.parse.urlsplit(url).netloc
        if host in self._last:
            left = self._last[host] + self.pause - self.clock()
            if left > 0:
                self.sleep(left)
        self._last[host] = self.clock()

    def _refusal(
        self, error: urllib.error.HTTPError, url: str, partial: Path
    ) -> DownloadError | _BrokenError:
        said = f"the publisher answered {error.code} {error.reason}"
        if error.code in {404, 410}:
            return NotPublishedError(f"{url}: not published (answer {error.code})")
        if error.code == 416:  # the part does not fit the file any more
            _forget(partial)
            return _BrokenError(said, 0.0)
        if error.code in BUSY:
            return _BrokenError(said, _retry_after(error.headers.get("Retry-After")))
        return DownloadError(f"{url}: {said}", remedy="check the address, or download it by hand")

    def _receive(self, answer: Any, url: str, partial: Path, held: int) -> None:
        expected, start = _promised(answer, held)
        if start is None:
            _forget(partial)
            raise _BrokenError("the publisher went on from another place", 0.0)
        if expected is not None and expected > self.largest:
            raise DownloadError(
                f"{url} is too large", expected=f"at most {self.largest} bytes", came=str(expected)
            )
        if not start:
            _remember(partial, url, answer.headers)
        size = start
        with partial.open("ab" if start else "wb") as file:
            try:
                while chunk := answer.read(_CHUNK):
                    size += len(chunk)
                    if size > self.largest:
                        break
                    file.write(chunk)
            except http.client.IncompleteRead as error:
                file.write(error.partial)
                size += len(error.partial)
                raise _BrokenError(f"the transfer broke off after {size} bytes") from None
        if size > self.largest:
            _forget(partial)
            raise DownloadError(f"{url} is too large", expected=f"at most {self.largest} bytes")
        if expected is not None and size != expected:
            raise _BrokenError(f"only {size} of {expected} bytes came")
        if answer.headers.get("Content-Encoding", "").lower() in {"gzip", "x-gzip"}:
            _unpack_in_place(partial, url, self.largest)


def _promised(answer: Any, held: int) -> tuple[int | None, int | None]:
    """Return how many bytes the whole file has, and from which one on this answer goes."""
    length = answer.headers.get("Content-Length")
    size = int(length) if length and length.isdigit() else None
    if answer.status != 206:
        return size, 0
    match = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
    if match is None or int(match[1]) != held:
        return None, None
    return (int(match[3]) if match[3] != "*" else int(match[2]) + 1), held


def _retry_after(value: str | None) -> float | None:
    """Return the seconds that a publisher asks to wait, said as a number or as a date."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _reason(error: BaseException) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, (TimeoutError, socket.timeout)):
        return "no answer in time"
    if isinstance(cause, socket.gaierror):
        return "the publisher's address was not found; is there a network?"
    return " ".join(str(cause).split()) or type(cause).__name__


def _state_of(partial: Path) -> Path:
    return partial.with_name(partial.name + ".json")


def _remember(partial: Path, url: str, headers: Any) -> None:
    """Note what the part is a part of, so that only the rest of the same file is added to it."""
    validator = headers.get("ETag") or headers.get("Last-Modified") or ""
    if validator.startswith("W/"):
        validator = headers.get("Last-Modified") or ""
    _state_of(partial).write_text(
        json.dumps({"url": url, "validator": validator}), encoding="utf-8"
    )


def _held(partial: Path, url: str) -> tuple[int, str]:
    """Return how many bytes are there already, and what tells that the file is the same."""
    try:
        state = json.loads(_state_of(partial).read_text(encoding="utf-8"))
        if state["url"] == url and state["validator"]:
            return partial.stat().st_size, str(state["validator"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, ""


def _forget(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _state_of(partial).unlink(missing_ok=True)


def _unpack_in_place(partial: Path, url: str, largest: int) -> None:
    """Unpack what was packed for the way only."""
    try:
        with gzip.open(partial) as packed:
            data = packed.read(largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        _forget(partial)
        raise _BrokenError(f"what came cannot be unpacked ({error})") from None
    if len(data) > largest:
        _forget(partial)
        raise DownloadError(f"{url} is too large", expected=f"at most {largest} bytes")
    partial.write_bytes(data)


def _refuse_web_page(path: Path, url: str) -> None:
    """Raise when a web page came, as publishers send one with "200 OK" when something is wrong."""
    with path.open("rb") as file:
        head = file.read(4096)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].lower()
    if not start.startswith((b"<!doctype html", b"<html", b"<head", b"<!doctype h")):
        return
    title = re.search(rb"<title[^>]*>(.*?)</title>", head, re.IGNORECASE | re.DOTALL)
    said = " ".join(title[1].decode("utf-8", errors="replace").split())[:80] if title else ""
    _forget(path)
    raise DownloadError(
        f"{url}: a web page came instead of the file" + (f" (“{said}”)" if said else ""),
        remedy="try again later, or download the file by hand",
    )
