"""The look-up page: it answers without a server, as Python does, to everyone, and runs nothing."""

from __future__ import annotations

import functools
import http.server
import json
import math
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Route, expect

from apkgeo.pages.lookup import RUIAN_ATTRIBUTION, WORDS, lookup_fragment
from apkgeo.pages.lookup_index import sentences
from apkgeo.pages.shell import document, inert_json
from apkgeo.places.district_matches import DistrictMatch, ranges_in_words
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.gazetteer import Gazetteer
from tests.places.register import city_districts, halves, misspelt, read_register, town
from tests.places.test_gazetteer import FORMS, both, lone, records, street

NEAR = "Hranice okrsku je velmi blízko. V\xa0případě pochybností se zeptejte strážníka."

pytestmark = pytest.mark.browser


@dataclass
class Opened:
    """A page that is open, and what went on in it."""

    page: Page
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, text: str) -> None:
        """Type a text and press Enter."""
        self.page.fill("#lookup-input", text)
        self.page.keyboard.press("Enter")

    def said(self) -> str:
        """Return what a screen reader is told."""
        return self.page.inner_text("#lookup-status")

    def answer(self) -> str:
        """Return the answer that is shown."""
        return self.page.inner_text("#lookup-answer")


Open = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    opened: list[Opened] = []

    def open_one(html: str, *, link: str = "", width: int = 1280, script: bool = True) -> Opened:
        file = tmp_path / f"lookup-{len(opened)}.html"
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": 740}, java_script_enabled=script
        )
        one = Opened(context.new_page())
        opened.append(one)

        def refuse(route: Route, request: Request) -> None:
            if request.url.startswith("file:") and request.is_navigation_request():
                route.continue_()
            else:
                one.asked.append(request.url)
                route.abort()

        one.page.route("**/*", refuse)
        one.page.on("console", lambda message: one.errors.append(message.text))
        one.page.on("pageerror", lambda error: one.errors.append(str(error)))
        one.page.on("dialog", lambda dialog: (one.errors.append("dialog"), dialog.dismiss()))
        one.page.goto(file.as_uri() + link)
        return one

    yield open_one
    for one in opened:
        one.page.context.close()
        assert one.asked == []
        assert one.errors == []


def page_of(
    addresses: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, language: Any = "cs", **options: Any
) -> str:
    fragment = lookup_fragment(
        addresses, districts, language=language, study_name="Městec", **options
    )
    return document(title="Okrsky", language=language, fragments=[fragment])


@pytest.fixture(scope="module")
def small() -> str:
    return page_of(town(), halves())


def test_an_address_gets_its_district_officer_and_phone(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("dlouha 1")
    shown = opened.answer()
    for text in ("Západ", "Služebna Střed", "strážník okrsku\xa0A", "+420 378 000 001", "10\xa0m"):
        assert text in shown
    assert "Název byl napsán bez diakritiky." in shown
    assert opened.said() == (
        "Dlouhá 10/1, Staré Město, 330\xa000 Městec: okrsek\xa0W Západ, telefon +420 378 000 001. "
        f"{NEAR}"
    )
    assert opened.page.get_attribute(".lookup-details a", "href") == "tel:+420378000001"


def test_the_map_marks_the_point_and_the_district(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("Dlouhá 10/1")
    assert opened.page.locator(".lookup-district.lookup-is-here").count() == 1
    dot = opened.page.locator("#lookup-dots circle").bounding_box()
    district = opened.page.locator("#lookup-district-0").bounding_box()
    assert dot is not None
    assert district is not None
    assert district["x"] < dot["x"] < district["x"] + district["width"]
    assert district["y"] < dot["y"] < district["y"] + district["height"]
    label = opened.page.get_attribute("#lookup-map", "aria-label")
    assert label == "Mapa okrsků; zvýrazněno: W Západ"


def test_a_number_of_two_houses_in_two_districts_is_a_choice(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("Dlouhá 3")
    assert "Která z\xa0nich to je?" in opened.answer()
    assert opened.said().startswith("Která z\xa0nich to je?")
    opened.page.locator(".lookup-choice").nth(1).click()
    assert "Východ" in opened.answer()
    assert opened.page.evaluate("document.activeElement.id") == "lookup-answer"


def test_a_street_in_two_districts_is_split_by_numbers(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("Dlouhá")
    shown = opened.answer()
    assert "Okrsek závisí na čísle domu" in shown
    assert "lichá 1–3, sudá 2" in shown
    assert "lichá 5–7, sudá 4" in shown


def test_what_is_not_known_gets_a_plain_message_and_similar_names(
    open_page: Open, small: str
) -> None:
    opened = open_page(small)
    opened.ask("Dlouhánská 5")
    assert "Taková adresa se nenašla" in opened.answer()
    assert opened.said() == (
        "„Dlouhánská 5“: nenalezeno. Ulice ani část obce tohoto názvu v\xa0tomto vyhledávání není. "
        "Podobné názvy: Dlouhá."
    )
    opened.page.get_by_role("button", name="Dlouhá", exact=True).click()
    assert "Okrsek závisí na čísle domu" in opened.answer()


def test_an_address_outside_is_said_to_be_outside(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("Samota 1")
    assert "Mimo všechny okrsky" in opened.answer()
    assert "mimo všechny okrsky" in opened.said()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Dlouhá 1, Praha",
            "Obec „Praha“ v\xa0tomto vyhledávání není; hledáno jen „Dlouhá 1“. Dlouhá 10/1, ",
        ),
        ("Dlouhá 1, Vchod B", "Nebylo použito: Vchod B. Dlouhá 10/1, "),
        ("Dlouhá 1a", "Číslo 1a zde v\xa0registru není; písmeno bylo vynecháno. Dlouhá 10/1, "),
        (
            "Husova 99999",
            "Číslo 99999 v\xa0registru není. Ulice Husova: okrsek\xa0W Západ, telefon +420 ",
        ),
        (
            "Husovo nám. 99",
            "Číslo 99 v\xa0registru není. Zkratka byla rozepsána: Husovo náměstí. Husovo náměstí: ",
        ),
        ("Husvoa 9", "Hledáno jako: Husova. Husova 23/9, "),
        ("Dlouhá", "Dlouhá: okrsek závisí na čísle domu."),
        ("okrsek e", "Okrsek\xa0E Východ."),
        ("w", "Okrsek\xa0W Západ, telefon +420 378 000 001."),
        ("  ", "Napište ulici a\xa0číslo."),
    ],
)
def test_what_was_assumed_is_announced_before_the_answer(
    open_page: Open, small: str, text: str, said: str
) -> None:
    opened = open_page(small)
    opened.ask(text)
    assert opened.said().startswith(said)


def test_what_was_left_out_stands_above_the_answer(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("Dlouhá 1, Praha")
    shown = opened.answer()
    assert shown.index("Obec „Praha“") < shown.index("W Západ")
    opened.ask("Dlouhá 99, Praha")
    shown = opened.answer()
    assert shown.index("Obec „Praha“") < shown.index("Okrsek závisí na čísle domu")


def test_while_another_question_is_typed_the_old_answer_is_gone(
    open_page: Open, small: str
) -> None:
    opened = open_page(small)
    opened.ask("Dlouhá 10/1")
    assert opened.page.locator(".lookup-district.lookup-is-here").count() == 1
    opened.page.keyboard.type("5")
    assert not opened.page.is_visible("#lookup-answer")
    assert opened.page.locator(".lookup-district.lookup-is-here").count() == 0
    assert opened.page.locator("#lookup-dots circle").count() == 0


def test_a_districts_code_is_answered_and_marked(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("okrsek W")
    assert "+420 378 000 001" in opened.answer()
    assert opened.page.get_attribute("#lookup-map", "aria-label") == (
        "Mapa okrsků; zvýrazněno: W Západ"
    )
    link = opened.page.get_attribute(".lookup-link", "href")
    assert "W Západ" in open_page(small, link=link).answer()


def test_the_printed_page_shows_the_answer_to_what_is_typed(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.page.fill("#lookup-input", "Dlouhá 10/1")
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert "W Západ" in opened.answer()
    assert opened.page.locator(".lookup-district.lookup-is-here").count() == 1
    assert not opened.page.is_visible("#lookup-form")
    assert not opened.page.is_visible(".lookup-all")


def test_suggestions_are_chosen_by_keyboard(open_page: Open, small: str) -> None:
    opened = open_page(small)
    field_ = opened.page.get_by_role("combobox")
    field_.focus()
    opened.page.keyboard.type("nam gen")
    assert field_.get_attribute("aria-expanded") == "true"
    opened.page.keyboard.press("ArrowDown")
    option = opened.page.get_by_role("option", selected=True)
    assert "náměstí Generála Píky" in option.inner_text()
    assert field_.get_attribute("aria-activedescendant") == option.get_attribute("id")
    opened.page.keyboard.press("Enter")
    assert field_.input_value() == "náměstí Generála Píky "
    assert field_.get_attribute("aria-expanded") == "false"
    opened.page.keyboard.type("2")
    opened.page.keyboard.press("Escape")
    assert field_.get_attribute("aria-expanded") == "false"
    assert field_.input_value() == "náměstí Generála Píky 2"
    opened.page.keyboard.press("Enter")
    assert "náměstí Generála Píky 21/2" in opened.answer()
    opened.page.keyboard.press("Escape")
    assert field_.input_value() == ""
    assert not opened.page.is_visible("#lookup-answer")


def test_the_number_of_suggestions_is_announced(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.page.get_by_role("combobox").press_sequentially("hus")
    expect(opened.page.get_by_role("status")).to_have_text("Počet návrhů: 2. Vybírejte šipkami.")


def test_a_link_opens_the_answer(open_page: Open, small: str) -> None:
    opened = open_page(small, link="#q=" + quote("husovo nám. 9"))
    assert "Husovo náměstí 22/9" in opened.answer()
    link = opened.page.get_attribute(".lookup-link", "href")
    again = open_page(small, link=link)
    assert "Husovo náměstí 22/9" in again.answer()


def test_the_pages_address_does_not_keep_the_link_of_an_earlier_question(
    open_page: Open, small: str
) -> None:
    opened = open_page(small, link="#q=" + quote("Husova 9"))
    assert opened.page.evaluate("location.hash") == "#q=" + quote("Husova 9")
    opened.ask("Dlouhá 10/1")
    assert opened.page.evaluate("location.hash") == ""
    opened.page.evaluate("location.hash = '#q=Husova 9'")
    opened.page.wait_for_function(
        "document.querySelector('.lookup-card').innerText.includes('Husova')"
    )


@pytest.mark.parametrize("link", ["#q=", "#q=%E0%A4%A", "#q=%00%FF", "#other", "#q=<img src=x>"])
def test_a_broken_link_does_no_harm(open_page: Open, small: str, link: str) -> None:
    opened = open_page(small, link=link)
    opened.ask("Dlouhá 10/1")
    assert "Západ" in opened.answer()


@pytest.mark.parametrize(
    "text",
    ["<img src=x onerror=alert(1)>", "${alert(1)}", "Ресслова 5", "\x00", "x" * 5000, "🙂", "'"],
)
def test_what_is_no_address_is_a_plain_message(open_page: Open, small: str, text: str) -> None:
    opened = open_page(small)
    opened.ask(text)
    assert "Taková adresa se nenašla" in opened.answer()
    assert opened.page.locator("#lookup-answer img").count() == 0


def test_hostile_names_run_nothing_and_are_shown_as_they_are(open_page: Open) -> None:
    evil = "</script><img src=x onerror=alert(1)>${alert(1)}`'\"&"
    districts = halves().assign(
        name=[evil, "Východ"], station=[evil, evil], officer=[evil, None], phone=[evil, None]
    )
    addresses = town()
    addresses["street"] = addresses["street"].replace({"Husova": f"Husova {evil}"})
    addresses["part"] = addresses["part"].replace({"Staré Město": evil})
    opened = open_page(page_of(addresses, districts))
    opened.ask("Dlouhá 10/1")
    assert evil in opened.answer()
    assert opened.page.locator("main img").count() == 0
    opened.page.fill("#lookup-input", "Hus")
    assert evil in opened.page.inner_text("#lookup-options")


def test_without_javascript_the_table_and_the_map_are_there(open_page: Open, small: str) -> None:
    opened = open_page(small, script=False)
    assert not opened.page.is_visible("#lookup-form")
    text = opened.page.inner_text("main")
    for word in ("Vyhledávání potřebuje JavaScript", "Západ", "Východ", "+420 378 000 001"):
        assert word in text
    box = opened.page.locator("#lookup-district-0").bounding_box()
    assert box is not None
    assert box["width"] > 50


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("text", ["", "Dlouhá 10/1", "Dlouhá 3", "Dlouhá", "Neznámá 5"])
def test_everyone_can_use_it(open_page: Open, small: str, text: str, width: int) -> None:
    opened = open_page(small, width=width)
    if text:
        opened.ask(text)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
    # Landmarks and the order of headings belong to the whole page.
    options = {
        "runOnly": {"type": "tag", "values": tags},
        "rules": {"region": {"enabled": False}},
    }
    found = Axe().run(opened.page, options=options).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    small_ones = opened.page.evaluate(
        """() => [...document.querySelectorAll('main a, main button, main input, [role=option]')]
          .filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect())
          .filter((r) => r.width < 24 || r.height < 24).length"""
    )
    assert small_ones == 0


def test_the_open_list_is_accessible_too(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.page.get_by_role("combobox").press_sequentially("dlouhá")
    opened.page.keyboard.press("ArrowDown")
    assert Axe().run(opened.page).response["violations"] == []


def test_two_builds_are_equal_to_the_byte(small: str) -> None:
    assert page_of(town(), halves()) == small


def test_nothing_is_styled_or_scripted_inline(small: str) -> None:
    markup = small[small.index("<body") :]
    assert " style=" not in markup
    assert " onclick" not in markup
    assert "http" not in markup.replace("http://www.w3.org/2000/svg", "")


def test_the_page_is_in_one_language() -> None:
    english = page_of(town(), halves(), "en", attribution=RUIAN_ATTRIBUTION)
    assert "ČÚZK" in english
    czech = page_of(town(), halves(), "cs", attribution=RUIAN_ATTRIBUTION)
    same = {"{numbers} ({kind})", "{value} m"}
    for sentence in {*WORDS.values(), *sentences().values(), RUIAN_ATTRIBUTION} - same:
        assert json.dumps(sentence, ensure_ascii=False)[1:-1] not in czech, sentence


# One rule in two languages: the browser's answers are Python's.


def metres(match: DistrictMatch) -> int | None:
    """Return the distance as the page has it, in decimetres: from addresses to the metre."""
    if match.distance != match.distance:
        return None
    if match.precision in ("point", "crossing"):
        return round(match.distance * 10)
    return math.floor(match.distance + 0.5) * 10


def told(match: DistrictMatch) -> list[Any]:
    return [
        match.address,
        match.code,
        round(match.score * 1000),
        match.precision,
        match.kind,
        [str(note) for note in match.assumed],
        metres(match),
        ranges_in_words(match.numbers, "en"),
        match.certain,
        match.in_district,
        match.city_district or "",
        [note.text("en") for note in match.changes],
    ]


IN_THE_PAGE = """([texts, on, today]) => texts.map((text) => {
  const engine = window.apkgeo.lookup, found = engine.find(text, 5, { on, today });
  const nothing = found.length ? [] : [engine.reason(text), ...engine.suggest(text, 5)];
  return [nothing, found.map((one) => [
    one.address, one.district ? one.district[0] : null, Math.round(one.score * 1000), one.precision,
    one.kind, one.assumed, one.distance === null ? null : Math.round(one.distance * 10),
    engine.rangesInWords(one.numbers), one.certain, one.area >= 0, one.cityDistrict,
    one.changes.map((change) => change.replaceAll("\\u00a0", " ")),
  ])];
})"""


def assert_same_answers(
    opened: Opened,
    lookup: DistrictLookup,
    texts: list[str],
    *,
    on: date | None = None,
    today: date = date(2026, 1, 1),
) -> None:
    for start in range(0, len(texts), 5000):
        some = texts[start : start + 5000]
        days = [on.isoformat() if on else "", today.isoformat()]
        there = opened.page.evaluate(IN_THE_PAGE, [some, *days])
        for text, (nothing, answers) in zip(some, there, strict=True):
            here = lookup.find(text, on=on, today=today)
            assert answers == [told(match) for match in here], text
            if not answers:
                assert nothing == [str(lookup.explain(text)), *lookup.suggest(text)], text


def coordinates(addresses: gpd.GeoDataFrame, rng: random.Random) -> list[str]:
    """Write the point near each address in one of the ways in which people do."""
    plane = [(point.x + rng.uniform(-90, 90), point.y) for point in addresses.geometry]
    degrees = gpd.GeoSeries.from_xy(*zip(*plane, strict=True), crs=addresses.crs).to_crs(4326)
    texts = []
    for (x, y), point in zip(plane, degrees, strict=True):
        lat, lon = point.y, point.x
        texts.append(
            rng.choice(
                [
                    f"{lat:.5f}, {lon:.5f}",
                    f"{lon:.6f} {lat:.6f}",
                    f"{lat:.6f},{lon:.6f}".replace(".", ","),
                    f"{lat:.5f}N, {lon:.5f}E",
                    f"N {int(lat)}° {lat % 1 * 60:.3f}' E {int(lon)}° {lon % 1 * 60:.3f}'",
                    f"{int(lat)}°{int(lat % 1 * 60)}'{lat * 60 % 1 * 60:.2f}\"N "
                    f"{int(lon)}°{int(lon % 1 * 60)}'{lon * 60 % 1 * 60:.2f}\"E",
                    f"{-x:.2f} {-y:.2f}",
                    f"{y:.2f}; {x:.2f}".replace(".", ","),
                    f"X={-y:.1f} Y={-x:.1f}",
                ]
            )
        )
    return texts


def crossings(names: list[str], count: int, rng: random.Random) -> list[str]:
    """Write crossings of streets, of which few are there."""
    ways = ["{} × {}", "{} x {}", "{} a {}", "roh {} a {}", "{}/{}", "{} & {}", "Roh {}, {}"]
    return [rng.choice(ways).format(*rng.sample(names, 2)) for _ in range(count)]


def scribbles(count: int, rng: random.Random) -> list[str]:
    """Texts put together from pieces of addresses, in every order."""
    pieces = ["Resslova", "5", "náměstí", "nám.", "Republiky", "Plzeň", "Plzeň 3", "č.p.", "12/3a"]
    pieces += ["č.ev.", ",", "-", "301 00", "30100", "Klatovská třída", "Litice", "17. listopadu"]
    pieces += [
        "Brno",
        "Vchod B",
        "12/3 A",
        "okrsek",
        "W",
        "110 00",
        "ČR",
        "(",
        "\n",
        "Ústí nad Labem",
    ]
    pieces += ["Bory", "Praha", "č.", "ul.", "Bolevec", "gen.", "Dlouhá", "Lhotka", "Městec", "7a"]
    return [" ".join(rng.choices(pieces, k=rng.randrange(1, 8))) for _ in range(count)]


STRANGE = [
    *("", "5", "\x00", "<b>", "Ресслова 5", "🙂", "Plzeň", "Plzeň 3", "Slovany", "301 00 Plzeň"),
    *("Bukovec 5", "Resslova 5, Praha", "İstanbul 1", "ΣΣ 2", "Straße 5", "1 Resslova", "ﬁ 5", "½"),
    *("a" * 299, "a" * 301, "🙂" * 200, "Resslova Ⅳ 5", "Městec", "Lhotka 5", "Samota"),
    *(
        "Dlouhá 1, Praha",
        "Dlouhá 1, PRAHA 5, ČR",
        "Dlouhá 1, 110 00 Praha",
        "Praha, Dlouhá 1, vchod B",
    ),
    *(
        "Dlouhá 1\nBrno",
        "Dlouhá 10/1c",
        "Dlouhá 7",
        "Dlouhá 7c",
        "Dlouhá 1, 🙂 Brno🙂",
        "Dlouhá 1, 5🙂",
    ),
    *("okrsek W", "w", "E Východ", "okrsek č. východ", "okrsek", "okrsek W 5", "Lhotka č. e. 5"),
    *("24531464", "kód ADM 24531464", "99999999", "Dlouhá × Husova", "Dlouhá a Husova", "12 13"),
    *("49.7, 13.3", "50.08 14.42", "S 49.74 V 13.37", "49 44 53 N 13 22 40 E", "49 13", "1,5 2,5"),
    *("N", "°", "822 380,44 1 069 630,42", "roh", "roh Dlouhé a Husovy", "a", "x", "Dlouhá ×", "×"),
    *("Dlouhá náměstí 3", "náměstí Generála Píky 99", "Husovo nám. 3", "Husova náměstí 9", "hl. 5"),
    *("Lhotka č.ev. 6", "Lhotka č.p. 5", "Samota č.ev. 1", "Zahradní č.ev. 7", "Dlouhá č.p. 999"),
    *(
        "Dlouhá 7/a",
        "Dlouhá 7-A",
        "Dlouhá 14/7/a",
        "Dlouhá 1/b, Městec",
        "RÚIAN: 1004",
        "ADM 24531464",
    ),
    *("kód adresního místa 24531464", "kód 99999999", "Dlouhá 1, před domem", "Dlouhá 1, Lhotka"),
    *(
        "ROH DLOUHÉ A HUSOVY",
        "křiž. Dlouhá - Husova",
        "křižovatka Dlouhá-Husova",
        "Dlouhá roh Husova",
    ),
    *(
        "Dlouhá, Husova",
        "Dlouhá - Husova",
        "u křižovatky Dlouhé a Husovy",
        "v ulici Dlouhá u č.p. 10",
    ),
    *(
        "V ULICI DLOUHÁ PŘED DOMEM Č.P. 10",
        "naproti Dlouhá 1",
        "u domu č. 1 v ul. Dlouhá",
        "před č. 1",
    ),
]


def test_the_browser_and_python_answer_alike_in_a_small_town(open_page: Open) -> None:
    opened = open_page(page_of(town(), halves(), "en"))
    rng = random.Random(11)
    rows = records(town(), 1)
    texts = [write(row) for row in rows for write in (both, lone)]
    texts += [f"{street(row)} {number(row)}" for row in rows for number in (both, lone)]
    texts += [f"{misspelt(street(row), rng)} {lone(row)}" for row in rows for _ in range(5)]
    texts += [street(row) for row in rows] + scribbles(500, rng) + STRANGE
    texts += coordinates(town(), rng) * 3
    texts += crossings([name for name in town().street.unique() if isinstance(name, str)], 200, rng)
    assert_same_answers(opened, DistrictLookup(town(), halves()), texts)


@pytest.fixture(scope="module")
def plzen(shared: Path) -> tuple[gpd.GeoDataFrame, DistrictLookup, str]:
    folder = shared / "plzen"
    register = read_register(folder / "20231231_OB_554791_ADR.csv.zip")
    districts = city_districts(folder / "mestske_obvody.geojson")
    gazetteer = Gazetteer(register)
    fragment = lookup_fragment(gazetteer, districts, language="en", study_name="Plzeň")
    page = document(title="Plzeň", language="en", fragments=[fragment])
    assert fragment.data is not None
    assert len(inert_json(fragment.data["lookup-index"]).encode()) < 400_000
    return register, DistrictLookup(gazetteer, districts), page


def test_the_browser_and_python_answer_alike_in_plzen(
    open_page: Open, plzen: tuple[gpd.GeoDataFrame, DistrictLookup, str]
) -> None:
    register, lookup, page = plzen
    rng = random.Random(5)
    rows = records(register, 211)
    texts = [write(row) for row in rows for write in FORMS.values()]
    texts += [f"{misspelt(street(row), rng)} {lone(row)}" for row in rows]
    texts += [street(row) for row in rows] + scribbles(300, rng) + STRANGE
    texts += coordinates(register.iloc[::211], rng)
    texts += crossings(sorted(register.street.dropna().unique()), 150, rng)
    assert_same_answers(open_page(page), lookup, texts)


@pytest.mark.slow
def test_the_browser_and_python_answer_alike_on_the_whole_register(
    open_page: Open, plzen: tuple[gpd.GeoDataFrame, DistrictLookup, str]
) -> None:
    register, lookup, page = plzen
    rng = random.Random(6)
    rows = records(register, 1)
    assert len(rows) == 27_207
    opened = open_page(page)
    assert_same_answers(opened, lookup, [f"{street(row)} {lone(row)}" for row in rows])
    assert_same_answers(opened, lookup, [FORMS["postal"](row) for row in rows])
    wrong = [f"{misspelt(street(row), rng)} {lone(row)}" for row in rng.sample(rows, 5000)]
    assert_same_answers(opened, lookup, wrong)
    assert_same_answers(opened, lookup, scribbles(5000, rng))
    assert_same_answers(opened, lookup, coordinates(register.iloc[::5], rng))
    names = sorted(register.street.dropna().unique())
    assert_same_answers(opened, lookup, crossings(names, 3000, rng))
    assert_same_answers(opened, lookup, [row.address_code for row in rows[::20]])


# Districts that change: the reader's day decides, and any other may be asked about.


def changing() -> gpd.GeoDataFrame:
    """Halves until 2016, and one district since."""
    old = halves().assign(valid_from=None, valid_to=date(2016, 1, 1))
    one = gpd.GeoDataFrame(
        {"code": ["1"], "name": ["1"], "valid_from": [date(2016, 1, 1)], "valid_to": [None]},
        geometry=[halves().union_all()],
        crs=5514,
    )
    frames = [frame.astype({"valid_to": "object", "valid_from": "object"}) for frame in (old, one)]
    return pd.concat(frames, ignore_index=True)


def test_the_day_is_asked_for_only_where_districts_change(open_page: Open, small: str) -> None:
    assert open_page(small).page.locator("#lookup-day").count() == 0
    assert open_page(page_of(town(), changing())).page.locator("#lookup-day").is_visible()


def test_another_day_gets_its_own_districts_and_says_what_is_valid_today(open_page: Open) -> None:
    opened = open_page(page_of(town(), changing()))
    opened.ask("Dlouhá 10/1")
    assert opened.said() == "Dlouhá 10/1, Staré Město, 330\xa000 Městec: okrsek\xa01. " + NEAR
    assert opened.page.locator("#lookup-row-2").is_visible()
    assert not opened.page.locator("#lookup-row-0").is_visible()
    opened.page.fill("#lookup-day", "2015-12-31")
    opened.page.wait_for_function(
        "document.querySelector('.lookup-card h2').innerText === 'W Západ'"
    )
    assert "Stav ke dni 31.\xa0prosince\xa02015." in opened.answer()
    assert (
        "Dnes platí jiná odpověď: okrsek\xa01 (změna ke dni 1.\xa0ledna\xa02016)."
        in opened.answer()
    )
    assert opened.page.locator("#lookup-row-0").is_visible()
    assert not opened.page.locator("#lookup-row-2").is_visible()
    assert opened.page.locator("#lookup-district-2").is_hidden()


def test_the_browser_and_python_answer_alike_on_every_day(open_page: Open) -> None:
    opened = open_page(page_of(town(), changing(), "en"))
    lookup = DistrictLookup(town(), changing())
    rng = random.Random(3)
    texts = [f"{street(row)} {lone(row)}" for row in records(town(), 1)]
    texts += [street(row) for row in records(town(), 1)] + coordinates(town(), rng)
    texts += ["okrsek W", "1", "Dlouhá × Husova", "50.1, 14.4", "Dlouhá × náměstí Generála Píky"]
    for on in (date(2012, 1, 1), date(2016, 1, 1), None):
        for today in (date(2015, 6, 1), date(2026, 6, 1)):
            assert_same_answers(opened, lookup, texts, on=on, today=today)


@pytest.mark.parametrize(
    ("text", "shown", "said"),
    [
        ("Y 819988, X 1069950", "W Západ", "Nejbližší adresa je Dlouhá 10/1"),
        ("50.0875, 14.4213", "Mimo všechny okrsky", "leží daleko od všech adres"),
        ("Dlouhá × Husova", "Západ", "bylo odvozeno z\xa0jejich adres"),
        ("24531464", "Taková adresa se nenašla", "Žádná zdejší adresa nemá kód 24531464."),
        ("Ресслова", "Taková adresa se nenašla", "Napište název latinkou."),
        ("<b>", "Taková adresa se nenašla", "Znaky < a > do adresy nepatří."),
        ("5", "Taková adresa se nenašla", "Napište také ulici nebo část obce."),
    ],
)
def test_points_crossings_and_what_is_none_are_answered_plainly(
    open_page: Open, small: str, text: str, shown: str, said: str
) -> None:
    opened = open_page(small)
    opened.ask(text)
    assert shown in opened.answer()
    assert said in opened.said()


def test_an_answer_to_a_point_is_marked_and_linked(open_page: Open, small: str) -> None:
    opened = open_page(small)
    opened.ask("819988 1069950")
    assert opened.page.locator("#lookup-dots circle").count() == 1
    assert opened.page.locator(".lookup-district.lookup-is-here").count() == 1
    link = opened.page.get_attribute(".lookup-link", "href")
    assert "W Západ" in open_page(small, link=link).answer()


# In the city's own page: one line, no request, nothing typed leaves it.

HOST = """<!doctype html><html lang="cs"><title>Město</title><meta name="viewport"
content="width=device-width"><body style="margin:0"><h1>Město</h1>{snippet}</body></html>"""


def snippet_of(opened: Opened) -> str:
    """Return the line that the page itself offers."""
    opened.page.click(".lookup-embed summary")
    return opened.page.inner_text(".lookup-embed code")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Serve the folder as a city's site would."""
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """A server that writes no log."""

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.mark.parametrize("width", [320, 360, 800])
@pytest.mark.parametrize("by", ["file", "server"])
def test_one_line_puts_it_into_another_page(
    chromium: Browser, open_page: Open, small: str, served: str, tmp_path: Path, width: int, by: str
) -> None:
    host = HOST.format(snippet=snippet_of(open_page(small)))
    (tmp_path / "lookup.html").write_text(small, encoding="utf-8")
    (tmp_path / "host.html").write_text(host, encoding="utf-8")
    base = served if by == "server" else tmp_path.as_uri()
    context = chromium.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{base}/host.html")
    frame = page.frame_locator("iframe")
    frame.locator("#lookup-input").fill("Dlouhá 10/1")
    frame.locator("#lookup-input").press("Enter")
    assert "W Západ" in frame.locator("#lookup-answer").inner_text()
    inner = page.frames[1]
    assert inner.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not frame.locator(".lookup-embed").is_visible()
    # What was typed is in no address, no history, no store, and was sent nowhere.
    assert {one.split("/")[-1] for one in asked if "favicon" not in one} == {
        "host.html",
        "lookup.html",
    }
    assert inner.evaluate("location.hash") == ""
    assert page.evaluate("history.length") == 2
    if by == "server":
        assert inner.evaluate("localStorage.length + sessionStorage.length") == 0
    with context.expect_page() as opening:
        frame.locator(".lookup-link").click()
    alone = opening.value
    alone.wait_for_selector(".lookup-card")
    assert "W Západ" in alone.inner_text("#lookup-answer")
    assert alone.url.split("#")[0] == f"{base}/lookup.html"
    context.close()


def test_asking_leaves_no_trace_in_the_browsers_history(open_page: Open, small: str) -> None:
    opened = open_page(small)
    before = opened.page.evaluate("[history.length, location.href]")
    for text in ("Dlouhá 10/1", "Husova 9", "Y 819988 X 1069950"):
        opened.ask(text)
    assert opened.page.evaluate("[history.length, location.href]") == before


@pytest.mark.parametrize(
    "text", ["Y 819988, X 1069950", "Dlouhá × náměstí Generála Píky", "50.1 14.4"]
)
def test_everyone_can_use_the_new_answers(open_page: Open, text: str) -> None:
    opened = open_page(page_of(town(), changing()), width=360)
    opened.page.fill("#lookup-day", "2015-01-01")
    opened.ask(text)
    assert opened.page.is_visible("#lookup-answer")
    assert Axe().run(opened.page).response["violations"] == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360
