"""How officers write kinds of offence, paragraphs and sources: words only."""

from __future__ import annotations

# Kind -> (what happened, paragraph by act 200/1990, paragraph by the acts after 2017-07-01,
# relative frequency). The paragraph is empty where no offence act has one.
WORDS: dict[str, tuple[tuple[str, str, str, int], ...]] = {
    "public_order": (
        ("rušení nočního klidu", "47/1b", "5/1d", 34),
        ("znečištění veřejného prostranství", "47/1d", "5/1f", 26),
        ("buzení veřejného pohoršení", "47/1c", "5/1c", 24),
        ("neuposlechnutí výzvy úřední osoby", "47/1a", "5/1a", 9),
        ("neoprávněný zábor veřejného prostranství", "47/1h", "5/1g", 7),
    ),
    "civil_coexistence": (
        ("narušení občanského soužití", "49/1c", "7/1c", 52),
        ("urážka, ublížení na cti", "49/1a", "7/1a", 20),
        ("drobné ublížení na zdraví", "49/1b", "7/1b", 16),
        ("schválnosti, vyhrožování", "49/1c", "7/1c", 12),
    ),
    "property": (
        ("krádež v obchodě", "50/1a", "8/1a", 46),
        ("poškození cizí věci", "50/1a", "8/1a", 34),
        ("drobná krádež", "50/1a", "8/1a", 20),
    ),
    "alcohol_tobacco": (
        ("požívání alkoholu na veřejnosti", "30/1k", "35/1m", 62),
        ("kouření na zakázaném místě", "30/1m", "35/1a", 26),
        ("podání alkoholu mladistvému", "30/1a", "35/1k", 12),
    ),
    "road_safety": (
        ("nesprávné parkování", "125c/1k", "125c/1k", 58),
        ("zákaz stání", "125c/1k", "125c/1k", 18),
        ("překročení rychlosti", "125c/1f", "125c/1f", 14),
        ("jízda na chodníku", "125c/1k", "125c/1k", 10),
    ),
    "municipal_bylaws": (
        ("volný pohyb psa", "46/2", "4/2", 44),
        ("porušení obecně závazné vyhlášky", "46/2", "4/2", 38),
        ("neodvedení místního poplatku", "46/2", "4/2", 18),
    ),
}
OLD_ACT, NEW_ACT = "200/1990", "251/2016"
# Kinds whose paragraph is of an act of their own: before and after the change of the law.
OWN_ACT = {"alcohol_tobacco": (OLD_ACT, "65/2017"), "road_safety": ("361/2000", "361/2000")}
SHORT = ("§ {p}/{q}{l} z.č. {act} Sb.", "§ {p}/{q}{l} zák. č. {act} Sb.", "{p}/{q}{l}")
LONG = (
    "§ {p} odst. {q} písm. {l}) z.č. {act} Sb.",
    "§ {p} odst. {q} písm. {l}) zákona č. {act} Sb.",
    "§{p} odst.{q} písm.{l}) zák. {act} Sb.",
)
NO_LETTER = (("§ {p}/{q} z.č. {act} Sb.", "§ {p}/{q} zák. č. {act} Sb.", "{p}/{q}"),
             ("§ {p} odst. {q} z.č. {act} Sb.", "§ {p} odst. {q} zákona č. {act} Sb.",
              "§{p} odst.{q} zák. {act} Sb."))  # fmt: skip

# Words mistyped by hand, and as they are mistyped.
MISSPELT = (
    ("nočního", "nočniho"), ("veřejného", "veřejneho"), ("prostranství", "prostranstvi"),
    ("znečištění", "znečištění"), ("znečištění", "znečistění"), ("pohoršení", "pohorsení"),
    ("neuposlechnutí", "neuposlechnuti"), ("občanského", "obcanského"), ("soužití", "souzití"),
    ("narušení", "narušeni"), ("krádež", "kradež"), ("poškození", "poskození"),
    ("požívání", "pozívání"), ("alkoholu", "alkohlu"), ("kouření", "kouřeni"),
    ("parkování", "parkovani"), ("rychlosti", "rychosti"), ("vyhlášky", "vyhlasky"),
    ("rušení", "rušeni"), ("zákaz", "zakaz"), ("urážka", "urážká"), ("chodníku", "chodniku"),
)  # fmt: skip

SOURCES: dict[str, tuple[tuple[str, int], ...]] = {
    "citizen": (
        ("linka 156", 62), ("oznámení občana", 24), ("Linka 156", 6), ("osobně na služebně", 5),
        ("oznámeni občana", 3),
    ),
    "patrol": (
        ("vlastní zjištění", 58), ("hlídka", 24), ("vl. zjištění", 10), ("zjištěno hlídkou", 8),
    ),
    "other": (("kamerový systém", 64), ("kamera", 12), ("PČR", 18), ("jiný subjekt", 6)),
}  # fmt: skip
HANDLING = (
    ("blokově na místě", 38), ("domluvou", 30), ("oznámeno správnímu orgánu", 14),
    ("předáno PČR", 6), ("nezjištěno", 9), ("", 3),
)  # fmt: skip
