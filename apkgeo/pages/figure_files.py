"""The maps and the charts of the pages as files, for the council's papers and for slides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from apkgeo.language import Language, _
from apkgeo.pages.blocks import Block, Key, Picture, page_blocks
from apkgeo.pages.pictures import sheet_of
from apkgeo.pages.raster import png
from apkgeo.pages.words import say

# Pages whose pictures are of use by themselves, and how their files begin.
_PAGES = {
    "index.html": "overview",
    "localities.html": "localities",
    "hotspots.html": "hotspots",
    "patrols.html": "patrols",
    "method.html": "method",
}


def figure_files(
    pages: Mapping[str, str], language: Language, *, sources: Sequence[str] = ()
) -> dict[str, bytes]:
    """Return each map and chart of the pages as SVG and as PNG.

    Parameters
    ----------
    pages : mapping of str to str
        File name -> HTML, as `build_site` returns them.
    language : {"cs", "en"}
        The pages' language.
    sources : sequence of str
        Whom to name: one sentence each, beneath every picture.

    Returns
    -------
    dict of str to bytes
        ``change.svg``, ``change.png`` (the chart of the overview), ``before_after_1.svg``, … (the
        localities in their order), ``localities_map.svg``, ``hotspots_rates_1.svg``, …: the page,
        the section, and a number where there are several. Each has its title, its legend and its
        sources in it.

    Notes
    -----
    They are read from the finished pages: what these hide cannot enter them.
    """
    notes = [say(_("Source: {source}"), language, source=source) for source in sources]
    files: dict[str, bytes] = {}
    for page, stem in _PAGES.items():
        blocks = page_blocks(pages[page]) if page in pages else []
        for name, picture, key in _pictures(stem, blocks):
            svg = sheet_of(
                picture.svg,
                title=picture.title,
                subtitle=picture.caption if picture.is_map else "",
                key=key.entries if key else (),
                key_title=key.title if key else "",
                notes=[*([key.note] if key and key.note else []), *notes],
            )
            files[f"{name}.svg"] = svg.encode("utf-8")
            files[f"{name}.png"] = png(svg)
    return files


def _pictures(stem: str, blocks: Sequence[Block]) -> Iterator[tuple[str, Picture, Key | None]]:
    """Give the pictures of a page with their names and legends."""
    wanted = [(place, one) for place, one in enumerate(blocks) if isinstance(one, Picture)]
    names = [_name(stem, picture) for _place, picture in wanted]
    for number, ((place, picture), name) in enumerate(zip(wanted, names, strict=True), start=1):
        several = names.count(name) > 1
        key = _key_of(blocks, place) if picture.is_map or stem == "patrols" else None
        yield f"{name}_{names[:number].count(name)}" if several else name, picture, key


def _name(stem: str, picture: Picture) -> str:
    """Return how the file of a picture is called."""
    if picture.is_map or stem not in ("overview", "localities"):
        return f"{stem}_{picture.section.removeprefix('h-')}".replace("-", "_")
    return {"overview": "change", "localities": "before_after"}[stem]


def _key_of(blocks: Sequence[Block], place: int) -> Key | None:
    """Return the legend of a picture: the next one after it, else the last one before."""
    near = (*blocks[place + 1 : place + 4], *reversed(blocks[:place]))
    return next((one for one in near if isinstance(one, Key)), None)
