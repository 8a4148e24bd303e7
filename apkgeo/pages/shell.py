"""One HTML document that asks for nothing: its styles, scripts and data are inside it.

Every script and style is allowed by its hash in a Content-Security-Policy whose default is
``'none'``, so that no text that comes with the data can run or load anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from apkgeo.language import Language, translate

NO_BREAK = "\N{NO-BREAK SPACE}"
# A one-letter preposition or conjunction stays with its word, a number with what it counts.
_CZECH_TIES = re.compile(r"(?<![\w–-])([AIKOSUVZaikosuvz]) (?=[\w„(])")
# "Z" is "ze" before numerals that are spoken with two consonants: ze 3, ze 7, ze 138, but z 5.
_OUT_OF = re.compile(
    r"(?<!\w)([Zz])[ \u00a0]"
    r"(?=(?:[23467]|1[2-467]|[3467]\d|[123467]\d{2})(?![\d,.\u00a0]\d|\d))"
)
_NUMBER_TIES = re.compile(
    r"(\d) (?=%|–|(?!(?:a|i|až|do|od|na|po|se|ve|ze|and|or|of|to|in|at)\b)[^\W\d_])"
)


def typeset(text: str, language: Language) -> str:
    """Put no-break spaces where a line must not end.

    Examples
    --------
    >>> typeset("v obci s 5 lokalitami", "cs")
    'v\\xa0obci s\\xa05\\xa0lokalitami'
    >>> typeset("od 3 do 5 let", "cs")
    'od 3 do 5\\xa0let'
    >>> typeset("z 3 míst", "cs"), typeset("z 5 míst", "cs"), typeset("z 138 míst", "cs")
    ('ze\\xa03\\xa0míst', 'z\\xa05\\xa0míst', 'ze\\xa0138\\xa0míst')
    """
    if language == "cs":
        text = _OUT_OF.sub(rf"\1e{NO_BREAK}", text)
        text = _CZECH_TIES.sub(rf"\1{NO_BREAK}", text)
    return _NUMBER_TIES.sub(rf"\1{NO_BREAK}", text)


@dataclass(frozen=True)
class Fragment:
    """A part of a page with what it needs to work.

    Attributes
    ----------
    html : str
        The markup; every text in it is escaped already.
    styles, scripts : tuple of str
        Style sheets and scripts; those that several fragments share enter the page once.
    data : mapping of str to object
        Element id -> value, placed in the page as inert JSON for the scripts to read.
    hosts : tuple of str
        Origins (``https://tiles.example``) whose pictures the page may ask for; none by default.
    """

    html: str
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    data: Mapping[str, Any] | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An item of the navigation."""

    href: str
    text: str
    current: bool = False


@cache
def asset(name: str) -> str:
    """Return a text file shipped in ``apkgeo/pages``, e.g. ``"static/page.css"``."""
    return (resources.files("apkgeo") / "pages" / name).read_text(encoding="utf-8")


@cache
def environment(language: Language) -> Environment:
    """Return the template environment: everything is escaped, undefined names raise."""
    made = Environment(
        loader=PackageLoader("apkgeo", "pages/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["language"] = language
    made.globals["_"] = lambda message, **values: typeset(
        translate(message, language).format(**values), language
    )
    return made


def inert_json(value: Any) -> str:
    """Return `value` as JSON that cannot end the element it stands in.

    Examples
    --------
    >>> inert_json({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _allowed(texts: Sequence[str]) -> str:
    """Return the sources of a policy that allows exactly `texts`."""
    hashes = (hashlib.sha256(text.encode("utf-8")).digest() for text in texts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return allowed or "'none'"


def document(
    *,
    title: str,
    language: Language,
    fragments: Sequence[Fragment],
    navigation: Sequence[Link] = (),
    description: str = "",
    footer: str = "",
    warning: str = "",
) -> str:
    """Return a whole page made of `fragments`, in their order.

    Parameters
    ----------
    title : str
        The page's title, as plain text.
    language : {"cs", "en"}
        Written into ``lang`` and used for the page's own words.
    navigation : sequence of Link
        The site's pages; empty for a page that stands alone.
    description, footer : str
        Plain text for the head and the foot of the page.
    warning : str
        Stands along the edge of every printed sheet; nothing when empty.
    """
    styles = list(dict.fromkeys([asset("static/page.css"), *_all(fragments, "styles")]))
    scripts = list(dict.fromkeys(_all(fragments, "scripts")))
    data = {key: value for part in fragments for key, value in (part.data or {}).items()}
    hosts = list(dict.fromkeys(_all(fragments, "hosts")))
    policy = (
        f"default-src 'none'; script-src {_allowed(scripts)}; style-src {_allowed(styles)}; "
        f"img-src {' '.join(['data:', *hosts])}; base-uri 'none'; form-action 'none'"
    )
    return (
        environment(language)
        .get_template("document.html")
        .render(
            title=title,
            description=description,
            policy=policy,
            # Tile servers refuse pages that do not say where they are.
            referrer="strict-origin-when-cross-origin" if hosts else "no-referrer",
            styles=[Markup(style) for style in styles],
            scripts=[Markup(script) for script in scripts],
            body=[Markup(part.html) for part in fragments],
            data={key: Markup(inert_json(value)) for key, value in data.items()},
            navigation=navigation,
            footer=footer,
            warning=warning,
        )
    )


def _all(fragments: Sequence[Fragment], what: str) -> list[str]:
    return [text for part in fragments for text in getattr(part, what)]
