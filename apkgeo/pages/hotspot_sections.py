"""The sections of the hotspots' page that are no map of squares: hours, concentration, contents."""

from __future__ import annotations

from dataclasses import replace

from apkgeo.evaluation.hotspots import PERIODS, SHIFTS
from apkgeo.language import Language, _
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.hotspot_charts import hours_chart, hours_entries, lorenz_chart, lorenz_entries
from apkgeo.pages.hotspot_maps import shift_pictures
from apkgeo.pages.hotspot_sentences import hours_words, share_words
from apkgeo.pages.hotspot_tables import hours_table, share_table, shift_table
from apkgeo.pages.legends import Legend
from apkgeo.pages.maps import Figure
from apkgeo.pages.parts import render
from apkgeo.pages.patrols import shift_name
from apkgeo.pages.shell import Fragment
from apkgeo.pages.shown_grid import ShownFound, ShownGrid
from apkgeo.pages.words import say, span

# Three small maps beside each other, where there is room; long tables small on paper.
_STYLE = (
    ".apk-trio{grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}"
    "@media print{.apk-dense th,.apk-dense td{font-size:8pt;line-height:1.2;padding:.1rem .4rem}}"
)


def jump(found: ShownFound, language: Language) -> Fragment:
    """Return links to the sections that follow the first map."""
    links = [
        ("h-hotset", _("Did hotspots move?")),
        ("h-change", _("What can be told from chance")),
        ("h-since", _("Since when?")),
        ("h-hours", _("On which days and at what time?")),
        ("h-share", _("How concentrated?")),
        ("h-numbers", _("The same in numbers")),
    ]
    there = {
        "h-since": bool(found.source.steps),
        "h-share": len(found.shares) > 0,
    }
    return render(
        "hotspot_jump.html",
        language,
        links=[(where, say(text, language)) for where, text in links if there.get(where, True)],
    )


def hours_section(
    content: SiteContent, cells: Cells, grid: ShownGrid, found: ShownFound
) -> Fragment:
    """Return the section on weekdays and hours, and on hotspots by time of day."""
    language = content.study.language
    titles = {
        "before": say(
            _("Incidents by weekday and hour before: {span}"),
            language,
            span=span(found.source.before, language),
        ),
        "after": say(
            _("Incidents by weekday and hour after: {span}"),
            language,
            span=span(found.source.after, language),
        ),
    }
    names = {f"hot_{name}": shift_name(name, language) for name in SHIFTS}
    section = render(
        "hotspot_hours.html",
        language,
        sentences=hours_words(found, language),
        charts=[
            Figure(hours_chart(found, name, language, title=titles[name]), titles[name])
            for name in PERIODS
        ],
        legend_=Legend(
            say(_("Incidents a year at that time of the week, in the whole city"), language),
            tuple(hours_entries(found, language, least=grid.least)),
        ),
        tables=[hours_table(found, name, titles[name], language) for name in PERIODS],
        shifts=shift_pictures(content, cells, grid, names),
        shift_table=shift_table(grid, language),
    )
    return replace(section, styles=(*section.styles, _STYLE))


def share_section(found: ShownFound, language: Language) -> Fragment:
    """Return the section on how concentrated incidents are."""
    title = say(_("Share of incidents in the busiest part of the city"), language)
    return render(
        "hotspot_share.html",
        language,
        sentences=share_words(found, language),
        chart=lorenz_chart(found, language, title=title),
        legend_=Legend(say(_("What the lines show"), language), tuple(lorenz_entries(language))),
        shares=share_table(found, language),
    )
