"""The pages of a study: what they hold, in which language, the same numbers everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from apkgeo.errors import CRSError, InputError
from apkgeo.evaluation import evaluate
from apkgeo.pages.content import Context, SiteContent
from apkgeo.pages.shell import Fragment
from apkgeo.pages.shown import shown_findings
from apkgeo.pages.site import build_site, count_cells
from apkgeo.places.grid import square_grid
from apkgeo.places.locate import locate
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.incidents import read_incidents
from apkgeo.statistics.displacement import displacement_difference
from apkgeo.statistics.power import minimum_detectable_ratio
from apkgeo.study import Deployment, Study
from tests.pages import made
from tests.pages.reading import Page


@pytest.fixture(scope="module")
def czech() -> dict[str, Page]:
    return {file: Page(html) for file, html in build_site(made.content()).items()}


@pytest.fixture(scope="module")
def english() -> dict[str, Page]:
    return {file: Page(html) for file, html in build_site(made.content("en")).items()}


def test_pages_without_anything_to_show_are_not_made():
    everything = build_site(made.content(lookup=Fragment("<p>look-up</p>")))
    assert list(everything) == [
        "index.html", "localities.html", "hotspots.html", "patrols.html", "method.html",
        "lookup.html",
    ]  # fmt: skip
    least = build_site(made.content(patrols=None, cells=None))
    assert list(least) == ["index.html", "localities.html", "method.html"]
    assert "patrols.html" not in " ".join(least.values())


def test_every_link_leads_to_a_page_and_every_fragment_to_an_element(czech):
    for file, page in czech.items():
        assert len(page.ids) == len(set(page.ids)), file
        for link in page.links:
            name, _, place = link.partition("#")
            target = czech[name or file]
            assert not place or place in target.ids, link


def test_the_same_content_gives_the_same_bytes():
    assert build_site(made.content()) == build_site(made.content())


def test_the_first_page_counts_the_verdicts_in_words(czech):
    text = czech["index.html"].text()
    assert "V 1 lokalitě událostí zřetelně ubylo." in text
    assert "Ve 2 lokalitách nelze změnu rozlišit od náhody." in text
    assert "V 1 lokalitě je událostí tak málo, že výsledek neuvádíme." in text


def test_a_change_never_stands_without_its_interval(english):
    for page in english.values():
        for sentence in page.words:
            if re.search(r"[−+]\d+%", sentence) and "interval" not in sentence:
                # Alone it may only be a cell of a table with an interval beside it, or a tick.
                assert re.fullmatch(r"[−+]\d+%( to [−+]\d+%)?", sentence), sentence


def test_the_table_of_results_holds_the_findings_numbers(english):
    rows = {row["Locality"]: row for row in english["index.html"].table("Results by locality")}
    assert list(rows) == ["Brickworks", "Lower End", "Mill Row", "Railside"]
    for one in made.evaluation("en").findings:
        if not one.primary or one.name == "Brickworks":
            continue
        row = rows[one.name]
        # All compared periods here are 365 days long, so that a year's rate is the count.
        assert (one.before.days, one.after.days) == (365, 365)
        rates = (f"{one.count_before}.0", f"{one.count_after}.0")
        assert (row["Per year, before"], row["Per year, after"]) == rates
        told = one.expectation
        assert row["Change against expectation"] == signed(told.estimate)
        assert row["Expected"] == f"{one.count_after / told.estimate:.1f}"
        assert row["95% interval"] == f"{signed(told.low)} to {signed(told.high)}"


def signed(ratio: float) -> str:
    change = round((ratio - 1) * 100)
    return f"{'−' if change < 0 else '+'}{abs(change)}%"


def test_each_place_compares_the_change_three_ways(english):
    (finding,) = [f for f in made.evaluation("en").findings if f.primary and f.name == "Mill Row"]
    rows = english["localities.html"].table("Mill Row: the same change, compared in several ways")
    estimates = (finding.naive, finding.relative, finding.expectation)
    assert [row["Change"] for row in rows] == [signed(one.estimate) for one in estimates]
    rings = english["localities.html"].table("Mill Row: incidents in the rings")
    assert [row["Per year, before"] for row in rings] == [f"{n}.0" for n in finding.rings["before"]]
    assert [row["Change"] for row in rings] == ["+11%", "−2%"]


def test_rings_are_compared_and_one_that_stands_out_is_named():
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    rings = first.rings.assign(
        relative=[1.45, 0.9], relative_low=[1.14, 0.6], relative_high=[1.83, 1.3]
    )
    content = made.content("en", evaluation=replace(base, findings=(replace(first, rings=rings),)))
    page = Page(build_site(content)["localities.html"])
    told = page.table("Mill Row: incidents in the rings around it; the change is against the comp")
    assert [row["Change"] for row in told] == ["+45%", "−10%"]
    assert told[0]["95% interval"] == "+14% to +83%"
    assert (
        "The ring from 0 to 150 m stands out by itself: there were 45% more incidents there than "
        "the comparison areas lead us to expect (95% interval from +14% to +83%)." in page.text()
    )
    assert "The ring from 150" not in page.text()


def test_displacement_is_told_in_incidents_a_year():
    # Next door 20 a year before and 32 after, in the comparison 20 and 20: 12 a year more.
    found = displacement_difference(
        (80, 30),
        (800, 400),
        (40, 32),
        (400, 200),
        area_weights={"comparison": 10, "buffer_comparison": 10},
        period_weights=(1, 0.5),
    )
    assert found.displacement == 24
    study = made.study("en", months_before=24)
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    two_years = study.periods(first.deployment)[0]
    first = replace(first, before=two_years, displacement=found)
    (shown,) = shown_findings(replace(base, findings=(first,)))
    assert two_years.days == 730
    assert shown.moved.estimate == pytest.approx(12)
    page = build_site(made.content("en", evaluation=replace(base, findings=(first,))))
    text = Page(page["localities.html"]).text()
    assert "surroundings (up to 300 m)" in text
    assert "about 12 incidents a year more" in text


def test_what_uncertain_does_not_mean_stands_under_the_lead():
    base = made.evaluation("cs")
    found = tuple(
        replace(one, grade="uncertain", count_after=40, detectable=power)
        for one, power in zip(
            [one for one in base.findings if one.primary],
            [minimum_detectable_ratio(count) for count in (20, 40, 80, 160)],
            strict=True,
        )
    )
    best = 1 - found[3].detectable.fall
    page = Page(build_site(made.content(evaluation=replace(base, findings=found)))["index.html"])
    assert "V žádné ze 4 lokalit nelze změnu rozlišit od náhody." in page.text()
    assert (
        "To neznamená, že program nepůsobí: při těchto počtech by se v jedné lokalitě spolehlivě "
        f"poznal až pokles asi o {best:.0%} nebo větší.".replace("%", " %")
        in page.text()
    )
    # One clear result: the sentence speaks of the others alone.
    mixed = (replace(found[0], grade="clear_fall"), *found[1:])
    page = Page(build_site(made.content(evaluation=replace(base, findings=mixed)))["index.html"])
    assert "To neznamená" not in page.text()
    assert "Kde změnu nelze rozlišit od náhody, program přesto působit může" in page.text()


def test_places_come_in_the_czech_alphabet_and_never_by_result(czech):
    names = [row["Lokalita"] for row in czech["index.html"].table("Výsledky")]
    assert names == ["Cihelna", "Dolní", "U Trati", "Žižkova"]
    page = czech["localities.html"].html.replace("\N{NO-BREAK SPACE}", " ")
    places = [page.index(f">{name}</h3>") for name in names]
    assert places == sorted(places)


def test_map_picture_and_table_agree_on_every_square(english):
    page = english["hotspots.html"]
    counts = made.cells().frame
    known = counts[(counts["before"] >= 5) | (counts["after"] >= 5)]
    table = {row["Square"]: row for row in page.table("Every square")}
    assert set(table) == set(known["code"])

    def class_of(count: int) -> str:
        for edge, label in [(100, "100 or more"), (50, "50–100"), (20, "20–50"), (10, "10–20")]:
            if count >= edge:
                return label
        return "5–10" if count >= 5 else "fewer than 5"

    for cell in known.itertuples():
        assert table[cell.code]["Per year, before"] == class_of(cell.before)
        assert table[cell.code]["Per year, after"] == class_of(cell.after)
    tally = {row["Incidents a year"]: row for row in page.table("Squares by incidents")}
    for label, row in tally.items():
        assert int(row["Squares before"]) == sum(class_of(n) == label for n in counts["before"])
        assert int(row["Squares after"]) == sum(class_of(n) == label for n in counts["after"])
    live = page.data["rates-data"]
    told = [content["v"] for content in live["contents"]]
    assert {row[0]: row[1:3] for row in told} == {
        code: [row["Per year, before"], row["Per year, after"]] for code, row in table.items()
    }


def test_squares_that_cannot_be_told_from_chance_are_counted_in_words(english):
    page = english["hotspots.html"]
    rows = {row["Change"]: int(row["Squares"]) for row in page.table("Squares by what can be said")}
    uncertain = rows["cannot be told from chance"]
    tested = sum(rows.values()) - rows["too few in both periods"]
    assert f"In {uncertain} of {tested} squares the change cannot be told" in page.text()
    assert rows["a larger fall than chance explains"] > 0


def test_an_english_page_has_no_czech_words(english):
    for file, page in english.items():
        assert '<html lang="en">' in page.html
        found = re.findall(r"\w*[ěščřžýáíéúůťďňĚŠČŘŽÝÁÍÉÚŮ]\w*", page.text())
        assert found == [], file


def test_a_czech_page_has_no_english_words(czech):
    english = re.compile(
        r"\b(the|and|of|with|from|interval of|before|after|place|change|incidents?|no)\b"
    )
    for file, page in czech.items():
        assert '<html lang="cs">' in page.html
        assert english.findall(page.text()) == [], file


def test_czech_lines_do_not_end_in_a_preposition(czech):
    for page in czech.values():
        for words in page.words:
            if words in {"U Trati", "L-1"}:  # a label on a map has one line
                continue
            assert not re.search(r"(?<![\w–-])[kosuvzKOSUVZ] \w", words), words


def test_numbers_are_written_as_czech_readers_write_them(czech):
    assert "12\N{NO-BREAK SPACE}480" in " ".join(czech["method.html"].words)
    assert "−36\N{NO-BREAK SPACE}%" in " ".join(czech["index.html"].words)


def test_a_place_with_two_programmes_names_them():
    base = made.study("en")
    deployments = (
        *base.deployments[:1],
        Deployment(locality="zizkova", start=date(2019, 6, 1), programme="caretakers"),
    )
    content = made.content("en", evaluation=made.evaluation("en", deployments=deployments))
    page = Page(build_site(content)["index.html"])
    rows = [(row["Locality"], row["Programme"]) for row in page.table("Results by locality")]
    assert rows == [
        ("Mill Row", "Crime prevention assistants since 1 April 2018"),
        ("Mill Row", "Caretakers since 1 June 2019"),
    ]
    assert "Mill Row · Caretakers: incidents clearly fell." in page.text()


def test_patrols_show_hours_by_month_and_shift(czech):
    rows = czech["patrols.html"].table("Dolní: hodiny obchůzek")
    # Five days, two units: in April (10 + 4) minutes each morning, four more in each night.
    assert rows[0]["Měsíc"] == "duben 2018"
    assert rows[0]["Ráno (6–14 h)"] == str(round(10 * 14 / 60))
    assert rows[0]["Noc (22–6 h)"] == str(round(10 * 18 / 60))


def test_days_with_a_record_are_told():
    walks = made.walks()
    walks = walks[walks["recorded"].dt.month != 6]
    page = Page(build_site(made.content(patrols=made.patrols(walks)))["patrols.html"])
    june = page.table("Žižkova: hodiny obchůzek")[2]
    # That nobody walked is hidden as the work of one is.
    assert june == {"Měsíc": "červen 2018"} | dict.fromkeys(
        ["Ráno (6–14 h)", "Odpoledne (14–22 h)", "Noc (22–6 h)"], "skryto"
    )
    assert (
        "Záznam obchůzek máme z 25 dnů od dubna 2018 do září 2018; měsíce bez záznamu neznamenají, "
        "že se nechodilo." in page.text()
    )


def test_units_that_take_turns_are_shown_by_quarters_side_by_side_and_by_shift():
    walks = made.walks()
    turn = (walks["recorded"].dt.month % 2).map({0: "unit-01", 1: "unit-02"})
    page = Page(
        build_site(made.content(patrols=made.patrols(walks[walks["unit"] == turn])))["patrols.html"]
    )
    rows = page.table("Dolní: hodiny obchůzek")
    assert [row["Čtvrtletí"] for row in rows] == ["2. čtvrtletí 2018", "3. čtvrtletí 2018"]
    # Of one unit by day, of the other by night: whole days can be shown, shifts cannot.
    day = walks["recorded"].dt.hour < 20
    own = walks["unit"].map({"unit-01": True, "unit-02": False})
    page = Page(build_site(made.content(patrols=made.patrols(walks[day == own])))["patrols.html"])
    rows = page.table("Všechny lokality: hodiny obchůzek")
    assert [row["Měsíc" if "Měsíc" in row else "Čtvrtletí"] for row in rows] == [
        "2. čtvrtletí 2018",
        "3. čtvrtletí 2018",
    ]
    assert all(row["Dolní"].isdigit() and row["Žižkova"].isdigit() for row in rows)
    assert "Hodiny podle směn" not in page.text()


def test_coverage_is_for_councils_and_visits_for_internal_pages():
    texts = {
        audience: Page(build_site(made.content("cs", audience))["patrols.html"]).text()
        for audience in ("public", "council", "internal")
    }
    only = "Jsou hlídky tam, kde se něco děje?"
    assert [only in text for text in texts.values()] == [False, True, True]
    for only in ("Programy vedle sebe", "Co následovalo po návštěvách", "Návštěvy a návraty"):
        assert [only in text for text in texts.values()] == [False, False, True]
    assert "Jde jen o popis, který nic nedokazuje" in texts["internal"]
    assert "Koper 1995" in texts["council"]


def test_every_page_is_small(czech):
    for page in czech.values():
        assert len(page.html.encode()) < 700_000


def test_robberies_of_memphis_become_english_pages(shared: Path) -> None:
    study = Study(
        name="Robberies in Memphis",
        language="en",
        time_zone="America/Chicago",
        sources={
            "incidents": str(shared / "memphis" / "memphis_robberies.geojson"),
            "localities": str(shared / "memphis" / "memphis_precincts.geojson"),
        },
        outcomes={"robbery": ["*"]},
        deployments=[Deployment(locality="Austin Peay", start=date(2019, 7, 1))],
        months_before=6,
        months_after=6,
        ring_distances=(500, 1000),
    )
    robberies = read_incidents(study.sources.incidents.files()[0], time_zone=study.time_zone)
    precincts = read_boundaries(study.sources.localities.files()[0]).frame
    results = evaluate(study, robberies)
    found = results.findings[0]
    crs = results.areas.crs
    cells = count_cells(
        robberies.frame.to_crs(crs), square_grid(precincts.to_crs(crs), 2000), study
    )
    content = SiteContent(results, cells, Context(districts=precincts))
    site = {file: Page(html) for file, html in build_site(content).items()}
    (row,) = site["index.html"].table("Results by locality")
    assert row["Locality"] == "Austin Peay"
    assert row["Per year, before"] == f"{found.count_before * 365 / 181:.1f}"
    assert row["Per year, after"] == f"{found.count_after * 365 / 184:.1f}"
    # Every robbery of the year that lies in a precinct is in a square.
    inside = locate(robberies.frame, precincts).notna().sum()
    assert cells.frame[["before", "after"]].to_numpy().sum() == pytest.approx(inside, abs=1)
    for page in site.values():
        assert not re.search("[ěščřžýáíéúůťďň]", page.text())


SQUARES = gpd.GeoDataFrame(
    {"code": ["A1", "B1"]}, geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=5514
)


def incidents(rows: list[tuple[str, str, float]]) -> gpd.GeoDataFrame:
    times, offences, easts = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "occurred": pd.to_datetime(pd.Series(times)).dt.tz_localize("Europe/Prague"),
            "offence": offences,
        },
        geometry=[Point(east, 50) for east in easts],
        crs=5514,
    )


def test_cells_count_the_primary_outcome_before_the_first_and_after_the_last_start():
    # Starts are 1 April, 1 July, 1 October 2018; the first period before begins 1 April 2017.
    found = count_cells(
        incidents(
            [
                ("2017-03-31 23:59", "public_order", 50),
                ("2017-04-01 00:00", "public_order", 50),
                ("2018-03-31 23:59", "public_order", 150),
                ("2018-04-01 00:00", "public_order", 50),
                ("2018-10-01 00:00", "public_order", 50),
                ("2018-10-02 00:00", "property", 50),
                ("2019-09-30 23:59", "public_order", 100),
                ("2019-10-01 00:00", "public_order", 50),
            ]
        ),
        SQUARES,
        made.study(),
    )
    assert (found.before.start, found.after.end) == (date(2017, 4, 1), date(2019, 10, 1))
    assert found.frame["before"].tolist() == [1, 1]
    # The point on the common edge counts once.
    assert found.frame["after"].sum() == 2


def test_cells_in_another_crs_are_refused():
    with pytest.raises(CRSError, match="incidents and cells have different CRSs"):
        count_cells(
            incidents([("2018-01-01", "public_order", 50)]), SQUARES.to_crs(4326), made.study()
        )
    with pytest.raises(InputError, match="the cells: expected a column code"):
        count_cells(
            incidents([("2018-01-01", "public_order", 50)]),
            SQUARES.rename(columns={"code": "id"}),
            made.study(),
        )


def test_a_study_in_degrees_of_another_country_is_drawn_with_north_up():
    # Two districts side by side on one parallel in EPSG:5514, turned there by its convergence.
    content = made.content()
    east = gpd.GeoDataFrame(
        {"code": ["W", "E"], "name": ["W", "E"]},
        geometry=[box(15.0, 50.0, 15.02, 50.01), box(15.02, 50.0, 15.04, 50.01)],
        crs=4326,
    )
    context = replace(content.context, city=None, districts=east, water=None)
    page = build_site(replace(content, context=context, cells=None))["localities.html"]
    heights = re.findall(r'y="([\d.]+)"[^>]*>[WE]</text>', page)
    assert len(heights) == 2
    assert abs(float(heights[0]) - float(heights[1])) < 1
