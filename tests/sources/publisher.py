"""A publisher on this machine that serves the real ones' paths, with faults on demand."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from apkgeo.sources.download import Publishers

# What a request is answered with; the last of a path's answers is given again and again.
Answer = Callable[["Handler"], None]


class Publisher:
    """Paths and their answers, and what was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.port = 0

    def serves(self, path: str, *answers: Answer | bytes) -> None:
        self.answers[path] = [
            whole(answer) if isinstance(answer, bytes) else answer for answer in answers
        ]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def publishers(self) -> Publishers:
        return Publishers(
            register=f"{self.base}/vymenny_format",
            codes=f"{self.base}/sestavy/cis",
            police=f"{self.base}/api/v2/downloads",
        )

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    """Answers as it was told."""

    publisher: Publisher

    def do_GET(self) -> None:
        self.publisher.asked.append((self.path, self.headers.get("Range")))
        answers = self.publisher.answers.get(self.path)
        if answers is None:
            refuse(404)(self)
        else:
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    def log_message(self, *words: object) -> None:
        pass

    def send(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


def whole(body: bytes, etag: str = '"1"') -> Answer:
    """Give the file, or the rest of it when that is asked for."""

    def answer(handler: Handler) -> None:
        asked = handler.headers.get("Range")
        if asked and handler.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            handler.send(206, body[start:], ETag=etag, Content_Range=span)
        else:
            handler.send(200, body, ETag=etag)

    return answer


def truncated(body: bytes, after: int, etag: str = '"1"') -> Answer:
    """Promise the whole file and break off."""
    return lambda handler: handler.send(200, body[:after], ETag=etag, Content_Length=str(len(body)))


def refuse(code: int, **headers: str) -> Answer:
    return lambda handler: handler.send(code, b"no", **headers)


def redirect(where: str) -> Answer:
    return lambda handler: handler.send(302, b"", Location=where)


def web_page(title: str) -> Answer:
    body = f"\n<!DOCTYPE html><html><head><title>{title}</title></head></html>".encode()
    return lambda handler: handler.send(200, body, Content_Type="text/html")


def packed(**files: bytes) -> bytes:
    """Return a ZIP; ``a__b`` in a name stands for ``a.b``."""
    return archive({name.replace("__", "."): body for name, body in files.items()})


def archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, body in files.items():
            packing.writestr(name, body)
    return made.getvalue()


@contextmanager
def running() -> Iterator[Publisher]:
    publisher = Publisher()
    handler = type("Told", (Handler,), {"publisher": publisher})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        publisher.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield publisher
        finally:
            server.shutdown()
            thread.join()


_VFR = """<?xml version="1.0" encoding="UTF-8"?>
<vf:VymennyFormat xsi:schemaLocation="urn:cz:isvs:ruian:schemas:VymennyFormatTypy:v1 \
../ruian/xsd/vymenny_format/VymennyFormatTypy.xsd" xmlns:gml="http://www.opengis.net/gml/3.2" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:obi="urn:cz:isvs:ruian:schemas:ObecIntTypy:v1" \
xmlns:mci="urn:cz:isvs:ruian:schemas:MomcIntTypy:v1" \
xmlns:vf="urn:cz:isvs:ruian:schemas:VymennyFormatTypy:v1">
<vf:Hlavicka><vf:VerzeVFR>1.3</vf:VerzeVFR><vf:TypZaznamu>Platne</vf:TypZaznamu>\
<vf:TypDavky>Plna</vf:TypDavky><vf:TypSouboru>OB_UKSH</vf:TypSouboru></vf:Hlavicka>
<vf:Data><vf:Obce>{town}</vf:Obce><vf:Momc>{districts}</vf:Momc></vf:Data></vf:VymennyFormat>
"""
_AREA = """<vf:{kind} gml:id="{prefix}.{code}"><{prefix}:Kod>{code}</{prefix}:Kod>\
<{prefix}:Nazev>{name}</{prefix}:Nazev><{prefix}:Geometrie><{prefix}:OriginalniHranice>\
<gml:MultiSurface gml:id="O{prefix}.{code}" srsName="urn:ogc:def:crs:EPSG::5514" \
srsDimension="2"><gml:surfaceMember><gml:Polygon gml:id="O{prefix}.{code}.1"><gml:exterior>\
<gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>\
</gml:surfaceMember></gml:MultiSurface></{prefix}:OriginalniHranice></{prefix}:Geometrie>\
</vf:{kind}>"""


def exchange_file(districts: int) -> bytes:
    """Return a register's file of a town 1 km wide, cut into districts from west to east."""

    def area(kind: str, prefix: str, code: int, name: str, west: float, east: float) -> str:
        south, north = -1_070_000, -1_069_000
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        ring = " ".join(f"{x} {y}" for x, y in corners)
        return _AREA.format(kind=kind, prefix=prefix, code=code, name=name, ring=ring)

    town = area("Obec", "obi", 554791, "Plzeň", -822_000, -821_000)
    width = 1000 / max(districts, 1)
    parts = "".join(
        area("Momc", "mci", n, f"Plzeň {n}", -822_000 + width * (n - 1), -822_000 + width * n)
        for n in range(1, districts + 1)
    )
    return _VFR.format(town=town, districts=parts).encode()
