"""The council's pages of one study, from results to HTML that asks for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apkgeo.language import _
from apkgeo.pages.content import Cells, Context, Patrols, SiteContent, SourceQuality
from apkgeo.pages.hotspots import count_cells, hotspots
from apkgeo.pages.localities import localities
from apkgeo.pages.maps import localities_map
from apkgeo.pages.method import method
from apkgeo.pages.overview import overview
from apkgeo.pages.parts import PAGES, navigation, opening, primary, sheet_warning
from apkgeo.pages.patrols import patrols
from apkgeo.pages.shell import Fragment, document, typeset
from apkgeo.pages.shown import shown_findings, shown_whole
from apkgeo.pages.words import outcome, say

__all__ = [
    "Cells",
    "Context",
    "Patrols",
    "SiteContent",
    "SourceQuality",
    "build_site",
    "count_cells",
]


ALONE = _("Made with apkgeo. The page works without a network and loads nothing.")
WITH_BASEMAP = _("Made with apkgeo. The page works without a network, too.")


def build_site(content: SiteContent) -> dict[str, str]:
    """Return the pages of a study: file name -> HTML.

    Parameters
    ----------
    content : SiteContent
        Results and ground. The study in its evaluation says language and audience.

    Returns
    -------
    dict of str to str
        ``index.html``, ``localities.html`` and ``method.html``; ``hotspots.html`` when there are
        cells, ``patrols.html`` when there are patrols, ``lookup.html`` when there is a look-up.

    Notes
    -----
    Pure: no file, no clock; the same content gives the same bytes. What the audience must not see
    is taken away before a page is written (`apkgeo.pages.privacy` states the rule).
    """
    language = content.study.language
    files = _files(content)
    findings = tuple(
        replace(one, outcome=outcome(one.outcome, language))
        for one in shown_findings(content.evaluation)
    )
    others = [(file, say(PAGES[file], language)) for file in files if file != "index.html"]
    places_map = localities_map(content, primary(findings))
    bodies = {
        "index.html": overview(content, findings, shown_whole(content.evaluation), others),
        "localities.html": localities(content, findings, places_map),
        "method.html": method(content, findings),
    }
    if content.cells is not None:
        bodies["hotspots.html"] = hotspots(content, content.cells)
    if content.patrols is not None:
        bodies["patrols.html"] = patrols(content, content.patrols)
    if content.lookup is not None:
        bodies["lookup.html"] = [_lookup_opening(content), content.lookup]
    return {file: _page(content, file, bodies[file], files) for file in files}


def _files(content: SiteContent) -> list[str]:
    there = {
        "index.html": True,
        "localities.html": True,
        "hotspots.html": content.cells is not None,
        "patrols.html": content.patrols is not None,
        "method.html": True,
        "lookup.html": content.lookup is not None,
    }
    return [file for file in PAGES if there[file]]


def _lookup_opening(content: SiteContent) -> Fragment:
    language = content.study.language
    return opening(
        content,
        language,
        kicker=content.study.name,
        title=say(_("Which police district is it?"), language),
        lead=[],
    )


def _page(content: SiteContent, file: str, body: Sequence[Fragment], files: Sequence[str]) -> str:
    language = content.study.language
    name = typeset(content.study.name, language)
    section = say(PAGES[file], language)
    return document(
        title=name if file == "index.html" else f"{section} – {name}",
        language=language,
        fragments=body,
        navigation=navigation(files, file, language),
        warning=sheet_warning(content.study.privacy.audience, language),
        description=say(_("Evaluation of crime prevention: {study}."), language, study=name),
        footer=say(
            WITH_BASEMAP if file == "localities.html" and content.study.map.host else ALONE,
            language,
        ),
    )
