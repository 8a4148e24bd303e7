"""Parts that several pages share: the navigation, the head of a page, tables, sections."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apkgeo.language import Language, _
from apkgeo.pages.content import SiteContent
from apkgeo.pages.shell import Fragment, Link, environment, typeset
from apkgeo.pages.shown import ShownFinding
from apkgeo.pages.words import programme, say
from apkgeo.study import Audience

PAGES = {
    "index.html": _("Overview"),
    "localities.html": _("Localities"),
    "hotspots.html": _("Hotspots"),
    "patrols.html": _("Patrols"),
    "method.html": _("Method and data"),
    "lookup.html": _("Find a district"),
}

# Czech letters in their order; "ch" is one letter, between h and i.
_ALPHABET = "aáåäbcčdďeéěëfgh\x00iíïjklĺľmnňoóöpqrŕřsštťuúůüvwxyýzž"


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of each row is the row's head.

    Attributes
    ----------
    caption : str
        What the table shows.
    columns : tuple of str
        Heads of the columns.
    rows : tuple of tuple
        Cells as text.
    numeric : frozenset of int
        Columns that are set as numbers, to the right.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


def render(template: str, language: Language, **values: Any) -> Fragment:
    """Return a template as a part of a page."""
    return Fragment(environment(language).get_template(template).render(**values))


def navigation(files: Sequence[str], current: str, language: Language) -> list[Link]:
    """Return links to the site's pages, in their order."""
    return [Link(file, say(PAGES[file], language), file == current) for file in files]


def alphabetical(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts names as a Czech reader expects, on every machine.

    Examples
    --------
    >>> sorted(["Žižkova", "Chaloupky", "Čapkova", "Dolní", "Cihelna"], key=alphabetical)
    ['Cihelna', 'Čapkova', 'Dolní', 'Chaloupky', 'Žižkova']
    """
    folded = unicodedata.normalize("NFC", text).lower().replace("ch", "\x00")
    return tuple((_ALPHABET.find(letter), letter) for letter in folded)


def by_name(findings: Sequence[ShownFinding]) -> list[ShownFinding]:
    """Return findings in the alphabet of their localities, and by time within one."""
    return sorted(
        findings, key=lambda one: (alphabetical(one.name), one.deployment.start, not one.primary)
    )


def primary(findings: Sequence[ShownFinding]) -> list[ShownFinding]:
    """Return the findings on the primary outcome, alphabetically."""
    return by_name([finding for finding in findings if finding.primary])


def heading(finding: ShownFinding, findings: Sequence[ShownFinding], language: Language) -> str:
    """Return the locality's name, with the programme where it has several findings."""
    same = {one.deployment for one in findings if one.name == finding.name}
    if len(same) == 1:
        return finding.name
    return f"{finding.name} · {programme(finding.deployment, language)}"


def anchor(code: str) -> str:
    """Return an id for an area: its letters and digits only, distinct for distinct codes.

    Examples
    --------
    >>> anchor("u-trati"), anchor("Plac 1")
    ('area-u-trati', 'area-_50_lac_20_1')
    """
    safe = re.sub(r"[^a-z0-9-]", lambda found: f"_{ord(found.group()):x}_", code)
    return f"area-{safe}"


def opening(
    content: SiteContent, language: Language, *, kicker: str, title: str, lead: Sequence[str]
) -> Fragment:
    """Return the head of a page: its title, its lead, and who may read it."""
    internal = content.study.privacy.audience == "internal"
    return render(
        "opening.html",
        language,
        internal=internal,
        kicker=typeset(kicker, language),
        title=typeset(title, language),
        lead=lead,
    )


def sheet_warning(audience: Audience, language: Language) -> str:
    """Return what stands on every sheet of internal papers; nothing on those of others."""
    if audience != "internal":
        return ""
    return say(_("For internal use only: must not leave the office."), language)
