"""HTML that came with a map, made harmless: an allowlist, then a tree without any markup.

A popup or a tooltip of Folium is HTML. Here it is sanitised and turned into a tree of plain lists
that ``static/map.js`` builds with ``createElement`` and text nodes, so that no text of the data is
ever parsed as HTML, as a template or as a script in the reader's browser.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import nh3

# A node is a text, or [tag, {attribute: text, "style": {property: value}}, child, child, ...].
Node = str | list[Any]

_TAG_NAMES = (
    "a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup "
    "dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i "
    "img ins kbd li mark ol p pre q s samp section small span strike strong sub summary sup table "
    "tbody td tfoot th thead time tr tt u ul var wbr"
)
TAGS = frozenset(_TAG_NAMES.split())
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_STYLE_NAMES = (
    "background-color border border-bottom border-collapse border-color border-left border-radius "
    "border-right border-spacing border-style border-top border-width color display font "
    "font-family font-size font-style font-variant font-weight height letter-spacing line-height "
    "list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width "
    "min-height min-width opacity overflow overflow-wrap overflow-x overflow-y padding "
    "padding-bottom padding-left padding-right padding-top text-align text-decoration text-indent "
    "text-shadow text-transform vertical-align white-space width word-break word-wrap"
)
_STYLES = frozenset(_STYLE_NAMES.split())
_REMOVED_WITH_CONTENT = {
    "applet", "audio", "canvas", "embed", "frame", "frameset", "iframe", "math", "noembed",
    "noframes", "noscript", "object", "plaintext", "script", "style", "svg", "template", "title",
    "video", "xmp",
}  # fmt: skip
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z")
_LINK = re.compile(r"(?:https?://|mailto:|tel:|#)", re.IGNORECASE)
_ACTIVE_STYLE = re.compile(r"url|image|expression|attr\(|var\(|[\\@<>]", re.IGNORECASE)


def is_inline_image(url: str) -> bool:
    """Tell whether `url` holds a picture itself, so that nothing needs to be asked for."""
    return bool(_IMAGE.match(url))


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value.strip() if _LINK.match(value.strip()) else None
    if name == "src":
        return value if is_inline_image(value) else None
    return value


def tree(markup: str) -> list[Node]:
    """Return sanitised HTML as a list of nodes.

    Examples
    --------
    >>> tree("<b>5</b> <img src=x onerror=alert(1)>a &lt; b")
    [['b', {}, '5'], ' a < b']
    """
    safe = nh3.clean(
        markup,
        tags=set(TAGS),
        clean_content_tags=_REMOVED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel="noopener noreferrer",
        filter_style_properties=set(_STYLES),
    )
    builder = _TreeBuilder()
    builder.feed(safe)
    builder.close()
    return builder.nodes()


def loses_images(markup: str) -> bool:
    """Tell whether `markup` asks for a picture that is not inside it."""
    sources = re.findall(r"<img\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'>\s]+)", markup, re.IGNORECASE)
    return any(not is_inline_image(html.unescape(source)) for source in sources)


def plain(nodes: list[Node]) -> str:
    """Return the text of `nodes`, with a space where one part ends and another begins."""
    parts = [node if isinstance(node, str) else f" {plain(node[2:])} " for node in nodes]
    return " ".join("".join(parts).split())


def inline_style(css: str) -> dict[str, str]:
    """Return the harmless declarations of a ``style`` attribute.

    Examples
    --------
    >>> inline_style("color: red; position: fixed; background-color: url(x)")
    {'color': 'red'}
    """
    pairs = (declaration.partition(":") for declaration in css.split(";"))
    stripped = ((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return {
        name: value
        for name, value in stripped
        if name in _STYLES and value and not _ACTIVE_STYLE.search(value)
    }


class _TreeBuilder(HTMLParser):
    """Build nodes from HTML that has been sanitised, and is therefore well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[list[Any]] = [["", {}]]

    def nodes(self) -> list[Node]:
        return self._open[0][2:]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: dict[str, Any] = {name: value or "" for name, value in attrs}
        if tag == "img" and "src" not in values:
            return
        if "style" in values:
            values["style"] = inline_style(values["style"])
        node: list[Any] = [tag, values]
        self._open[-1].append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        siblings = self._open[-1]
        if len(siblings) > 2 and isinstance(siblings[-1], str):
            siblings[-1] += data
        else:
            siblings.append(data)
