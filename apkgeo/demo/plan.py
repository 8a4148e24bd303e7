"""The plan of Modelov, drawn by hand: metres east and north of the main square's south.

Everything here is data. A *line* runs through named nodes and unnamed points between them; a
*quarter* is the land between four sides, each a path from node to node along lines, and is cut by
streets *across* (from its south to its north side) and *along* (from its west to its east side).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["street", "river", "railway", "border", "path"]
Style = Literal["core", "blocks", "houses", "gardens", "slabs", "works", "huts", "village"]

# Where the plan's origin lies in S-JTSK (EPSG:5514), and how the plan's north turns from the
# grid's: the meridian convergence there. The place is the forest of Brdy, where no town is.
ORIGIN = (-788057.30, -1080137.26)
NORTH = (0.98963353, 0.14361569)

NODES: dict[str, tuple[float, float]] = {
    # the old town's ring
    "k_n": (10, 470), "k_ne": (335, 330), "k_e": (505, 70), "k_se": (395, -225),
    "k_s": (5, -165), "k_sw": (-345, -130), "k_w": (-470, 110), "k_nw": (-320, 355),
    # crossings of the river, and of the old town's limits with it
    "r0": (-2480, -560), "r1": (-1000, -300), "rk1": (-380, -212), "r2": (0, -270),
    "rk2": (430, -392), "r3": (800, -430), "r4": (1750, -90), "r5": (2490, 70),
    # north bank, from west to east
    "w_eN": (-1440, -395), "v2_eN": (-985, -225), "v4_eN": (818, -350), "v5_eN": (1735, -10),
    # south bank
    "w_eS": (-1660, -690), "v2_eS": (-1014, -375), "v3_eS": (6, -345), "v4_eS": (785, -510),
    "v5_eS": (1768, -180), "v6_eS": (2230, -85),
    # the western and eastern road, and the northern one
    "w_h1": (-2060, 60), "v1_h1": (-1520, 130), "v2_h1": (-930, 150), "v4_h1": (872, 110),
    "v5_h1": (1690, 260), "w_h2": (-2010, 700), "v1_h2": (-1570, 800), "v2_h2": (-850, 930),
    "v3_h2": (60, 1010), "v4_h2": (890, 880), "v5_h2": (1660, 770),
    # the northern edge of the town
    "v1_n": (-1480, 1440), "v2_n": (-770, 1560), "v3_n": (110, 1610), "v4_n": (960, 1460),
    "v5_n": (1590, 1210),
    # between river and railway
    "v2_h4": (-1060, -700), "v3_h4": (18, -640), "v4_h4": (765, -735),
    # along the railway, north of it
    "w_h5": (-1690, -1090), "v2_h5": (-1012, -935), "st": (30, -885), "v4_h5": (775, -930),
    "v5_h5": (1800, -790), "v6_h5": (2240, -660),
    # on the railway
    "t0": (-2480, -1330), "tv2": (-1000, -985), "tst": (32, -932), "tv4": (785, -978),
    "tv5": (1815, -842), "t5": (2480, -640),
    # south of the railway
    "v2_h6": (-992, -1040), "m_h6": (-30, -985), "v4_h6": (795, -1030), "v2_s": (-930, -1520),
    "m_s": (-60, -1590), "v4_s": (840, -1470),
    # the limits of the city
    "bnw": (-2080, 1740), "bn2": (-740, 1990), "bn4": (1010, 1930), "bne": (2110, 1600),
    "be2": (2380, 830), "be1": (2450, 420), "bse": (2140, -1610), "bs4": (900, -1900),
    "bs2": (-880, -1960), "bsw": (-2330, -1880), "bw1": (-2460, 40), "bw2": (-2410, 640),
    # the square
    "s_nw": (-75, 190), "s_ne": (62, 172), "s_se": (70, 58), "s_sw": (-62, 66),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line through nodes and points; its name is a street's, where it is one."""

    kind: Kind
    name: str
    through: str
    curved: bool = True


LINES: tuple[Line, ...] = (
    Line("river", "Modlava", "r0 -2150,-650 -1780,-610 -1400,-480 r1 -690,-215 rk1 r2 rk2 r3 "
         "1130,-405 1450,-275 r4 2080,40 r5"),
    Line("railway", "", "t0 -1900,-1185 -1420,-1080 tv2 -480,-925 tst 400,-945 tv4 1300,-965 tv5 "
         "t5"),
    Line("border", "", "bnw -1650,1790 -1210,1960 bn2 -310,2040 160,1985 560,2010 bn4 1370,1870 "
         "1700,1730 bne 2230,1210 be2 be1 r5 2520,-260 t5 2370,-1120 bse 1620,-1760 1290,-1730 bs4 "
         "420,-1990 -160,-1900 -560,-2010 bs2 -1320,-1890 -1790,-1990 bsw -2420,-1600 t0 "
         "-2540,-930 r0 -2390,-260 bw1 bw2 -2330,1160 -2240,1480 bnw", curved=False),
    Line("path", "", "k_sw rk1", curved=False),
    Line("path", "", "k_se rk2", curved=False),
    Line("path", "", "st tst", curved=False),
    # the ring and the banks
    Line("street", "Okružní", "k_n 185,430 k_ne 450,215 k_e 490,-90 k_se 210,-190 k_s -180,-140 "
         "k_sw -445,-10 k_w -425,250 k_nw -165,440 k_n"),
    Line("street", "Smetanovo nábřeží", "w_eN -1200,-320 v2_eN -690,-140 k_sw"),
    Line("street", "Alšovo nábřeží", "k_se 610,-330 v4_eN 1120,-325 1420,-205 v5_eN"),
    Line("street", "Jiráskovo nábřeží", "v2_eS -690,-295 -350,-290 v3_eS 420,-470 v4_eS"),
    Line("street", "Přístavní", "v4_eS 1120,-490 1470,-360 v5_eS v6_eS"),
    Line("street", "Luční", "w_eS -1350,-560 v2_eS"),
    # roads from west to east
    Line("street", "Plzeňská", "bw1 w_h1 -1800,75 v1_h1 -1220,165 v2_h1 -690,110 k_w"),
    Line("street", "Pražská", "k_e 690,95 v4_h1 1260,150 v5_h1 2060,370 be1"),
    Line("street", "K Letišti", "bw2 w_h2 v1_h2"),
    Line("street", "třída 1. máje", "v1_h2 -1220,880 v2_h2 -410,985 v3_h2 480,970 v4_h2 1280,830 "
         "v5_h2"),
    Line("street", "K Háji", "v5_h2 2010,760 be2"),
    Line("street", "Okrajová", "v1_n -1150,1480 v2_n -330,1600 v3_n 520,1570 v4_n 1290,1370 v5_n"),
    Line("street", "Jungmannova třída", "v2_h4 -560,-655 v3_h4 390,-665 v4_h4"),
    Line("street", "U Trati", "w_h5 -1350,-1010 v2_h5 -480,-878 st"),
    Line("street", "Skladištní", "st 400,-898 v4_h5 1300,-918 v5_h5 v6_h5"),
    Line("street", "Pod Tratí", "v2_h6 -490,-980 m_h6 400,-995 v4_h6"),
    Line("street", "Za Kolonií", "v2_s -480,-1590 m_s 400,-1560 v4_s"),
    # roads from north to south
    Line("street", "Lidická", "v1_n -1560,1130 v1_h2 -1580,460 v1_h1 -1450,-130 w_eN"),
    Line("street", "Skalní", "w_h2 -2090,380 w_h1"),
    Line("street", "Rokycanská", "bn2 v2_n -840,1240 v2_h2 -915,540 v2_h1 -930,-60 v2_eN r1 v2_eS "
         "-1050,-530 v2_h4 -1050,-820 v2_h5 tv2 v2_h6 -930,-1290 v2_s -890,-1740 bs2"),
    Line("street", "Havlíčkova", "k_n 55,740 v3_h2"),
    Line("street", "Ke Hvězdárně", "v3_h2 45,1310 v3_n"),
    Line("street", "Nádražní", "k_s r2 v3_eS 40,-500 v3_h4 45,-770 st"),
    Line("street", "Palackého", "bn4 v4_n 880,1180 v4_h2 915,480 v4_h1 800,-130 v4_eN r3"),
    Line("street", "Jateční", "r3 v4_eS 750,-620 v4_h4 790,-830 v4_h5 tv4 v4_h6 855,-1240 v4_s "
         "850,-1700 bs4"),
    Line("street", "Kasárenská", "v5_n 1650,1010 v5_h2 1720,520 v5_h1 1680,130 v5_eN r4 v5_eS"),
    Line("street", "Průmyslová", "v5_eS 1740,-480 v5_h5"),
    Line("street", "Východní", "v6_eS 2280,-370 v6_h5"),
    Line("street", "Kolonie", "m_h6 10,-1280 m_s"),
    Line("street", "Splavní", "w_h5 -1720,-900 w_eS"),
)  # fmt: skip

# The main square is drawn around its middle, clockwise: houses stand to its left only.
SQUARE = "náměstí Svobody"

# Streets drawn one by one, of the old town and of settlements (a village has no street names);
# ends are moved to the nearest line.
LANES: tuple[tuple[str, str], ...] = (
    (SQUARE, "s_nw -5,186 s_ne 69,115 s_se 5,60 s_sw -72,128 s_nw"),
    ("Dlouhá", "s_nw -180,228 -262,290 -318,350"),
    ("Radniční", "s_ne 160,205 250,270 330,325"),
    ("Mostecká", "s_sw -48,-20 -20,-95 2,-160"),
    ("Kostelní", "s_se 150,10 245,-60 330,-150 392,-222"),
    ("Branská", "-5,186 15,290 -5,390 10,465"),
    ("Soukenická", "-72,128 -170,120 -290,95 -465,108"),
    ("Panská", "69,115 190,110 330,75 500,70"),
    ("Úzká", "-180,228 -195,175 -170,120 -190,30 -140,-60 -150,-140"),
    ("Kovářská", "-290,95 -310,0 -260,-80 -270,-135"),
    ("Řeznická", "-310,0 -190,30 -48,-20"),
    ("Rybářská", "-140,-60 -20,-95 110,-80 245,-60"),
    ("Zámečnická", "330,75 320,-10 245,-60 200,-185"),
    ("Masná", "190,110 150,10 110,-80 95,-170"),
    ("Klášterní", "160,205 190,110"),
    ("Školní náměstí", "250,270 300,170 330,75"),
    ("Školní", "15,290 120,300 160,205"),
    ("Pekařská", "120,300 175,360 185,428"),
    ("Zvonařská", "15,290 -90,300 -180,228"),
    ("Farní", "-90,300 -135,370 -165,438"),
    ("Hradební", "-262,290 -330,210 -290,95"),
    ("Ve Dvorech", "320,-10 400,-30 492,-60"),
    ("Pod Rozhlednou", "110,1610 185,1725 340,1800 520,1785 640,1700 660,1548"),
    ("U Studánky", "340,1800 385,1700 400,1590"),
    ("Za Brodem", "2050,367 2085,510 1990,640 1850,640 1800,490 1830,298"),
    ("Na Pastvinách", "-905,-1640 -760,-1680 -560,-1720 -400,-1740 -390,-1590"),
    ("Pod Samotou", "-2220,50 -2240,130 -2300,150"),
    ("", "-2330,-1500 -2120,-1560 -1985,-1600 -1890,-1570 -1800,-1500 -1660,-1420 -1420,-1330 "
         "-945,-1300"),
    ("", "-1985,-1600 -1950,-1660 -1850,-1650 -1800,-1500"),
    ("", "-1950,-1660 -2010,-1760 -1990,-1880"),
    ("", "-1850,-1650 -1700,-1690 -1540,-1650"),
    ("", "-1890,-1570 -1930,-1450 -1900,-1330"),
)  # fmt: skip

POND = "-1960,-190 -1850,-140 -1740,-170 -1660,-120 -1610,-190 -1660,-280 -1790,-310 -1930,-290"


@dataclass(frozen=True)
class Settlement:
    """Building land outside of the quarters, around streets drawn one by one."""

    code: str
    part: str
    style: Style
    ring: str


SETTLEMENTS: tuple[Settlement, ...] = (
    Settlement("lhotka", "Lhotka", "village",
               "-2260,-1440 -1960,-1360 -1930,-1290 -1850,-1290 -1830,-1430 -1560,-1330 "
               "-1480,-1400 -1480,-1690 -1760,-1740 -1930,-1840 -2050,-1840 -2090,-1640 "
               "-2280,-1570"),
    Settlement("rozhledna", "Severní Předměstí", "gardens",
               "150,1650 140,1760 330,1850 560,1830 690,1730 710,1600 610,1600 400,1625"),
    Settlement("brod", "Podhájí", "gardens",
               "1745,330 1800,690 1990,720 2150,560 2130,430 1900,370"),
    Settlement("pastviny", "Nádražní Předměstí", "houses",
               "-860,-1560 -850,-1760 -690,-1800 -430,-1790 -330,-1720 -350,-1640 -520,-1630"),
    Settlement("samoty", "Záluží", "gardens",
               "-2330,-10 -2360,170 -2180,230 -2080,200 -2095,20"),
)  # fmt: skip


@dataclass(frozen=True)
class Quarter:
    """Land between four sides (south, east, north, west), cut by streets.

    ``across`` and ``along`` list ``share name [from to]``: the share of the way at which the
    street lies, and the part of the quarter that it runs through.
    """

    code: str
    part: str
    style: Style
    sides: tuple[str, str, str, str]
    across: tuple[str, ...] = ()
    along: tuple[str, ...] = ()


QUARTERS: tuple[Quarter, ...] = (
    Quarter("vysluni", "Výsluní", "slabs", ("v1_h2 v2_h2", "v2_h2 v2_n", "v1_n v2_n", "v1_h2 v1_n"),
            (".34 Polední", ".68 Večerní"),
            (".3 Družstevní", ".64 Slunečná")),
    Quarter("sever", "Severní Předměstí", "gardens",
            ("v2_h2 v3_h2", "v3_h2 v3_n", "v2_n v3_n", "v2_h2 v2_n"),
            (".12 Ořechová 0 .8", ".3 Meruňková .2 1", ".47 Višňová", ".64 Malinová 0 .8",
             ".82 Rybízová .2 1"),
            (".2 Jabloňová", ".4 Hrušková", ".6 Švestková 0 .64", ".8 Třešňová")),
    Quarter("hvezdarna", "Severní Předměstí", "gardens",
            ("v3_h2 v4_h2", "v4_h2 v4_n", "v3_n v4_n", "v3_h2 v3_n"),
            (".17 Kopretinová", ".36 Pomněnková 0 .57", ".58 Sněženková", ".8 Konvalinková .2 .78"),
            (".2 Růžová", ".38 Fialková", ".57 Šeříková", ".78 Liliová .17 1")),
    Quarter("stran", "Severní Předměstí", "gardens",
            ("v4_h2 v5_h2", "v5_h2 v5_n", "v4_n v5_n", "v4_h2 v4_n"),
            (".25 Na Vyhlídce", ".5 K Lesu 0 .7", ".74 Na Stráni"),
            (".35 Severní", ".7 Lesní 0 .74")),
    Quarter("skalka", "Záluží", "gardens",
            ("w_h1 v1_h1", "v1_h1 v1_h2", "w_h2 v1_h2", "w_h1 w_h2"),
            (".45 Na Skalce 0 .72", ".75 Ke Kapličce .28 1"),
            (".28 Panoramatická", ".5 V Sadech .45 1", ".72 Ve Svahu")),
    Quarter("zaluzi", "Výsluní", "houses",
            ("v1_h1 v2_h1", "v2_h1 v2_h2", "v1_h2 v2_h2", "v1_h1 v1_h2"),
            (".25 Jasanová", ".5 Lipová 0 .82", ".75 Javorová"),
            (".17 Buková", ".34 Habrová 0 .75", ".5 Olšová", ".66 Akátová .25 1", ".82 Kaštanová")),
    Quarter("louky", "Záluží", "houses",
            ("w_eN v2_eN", "v2_eN v2_h1", "v1_h1 v2_h1", "w_eN v1_h1"),
            (".35 Jívová", ".7 Topolová 0 .66"),
            (".3 Rybniční", ".66 Vrbová")),
    Quarter("hudebni", "Nové Město", "blocks",
            ("v2_h1 k_w k_nw k_n", "k_n v3_h2", "v2_h2 v3_h2", "v2_h1 v2_h2"),
            (".12 Blahoslavova", ".25 Dvořákova", ".38 Fibichova 0 .68", ".51 Smetanova",
             ".64 Janáčkova", ".76 Sukova .35 1", ".88 Chelčického"),
            (".35 Mánesova", ".68 Tomáškova")),
    Quarter("malirska", "Nové Město", "blocks",
            ("k_n k_ne k_e v4_h1", "v4_h1 v4_h2", "v3_h2 v4_h2", "k_n v3_h2"),
            (".13 Alešova", ".26 Brožíkova", ".4 Myslbekova .35 1", ".53 Švabinského",
             ".66 Purkyňova 0 .68", ".8 Škroupova"),
            (".35 Mendelova", ".68 Wolkerova")),
    Quarter("lazne", "Nové Město", "blocks",
            ("v2_eN k_sw", "k_sw k_w", "v2_h1 k_w", "v2_eN v2_h1"),
            (".26 Zahradní", ".5 Lázeňská", ".76 Parková .45 1"),
            (".45 Vodní",)),
    Quarter("divadlo", "Nové Město", "blocks",
            ("k_se v4_eN", "v4_eN v4_h1", "k_e v4_h1", "k_se k_e"),
            (".32 Divadelní", ".66 Sadová"),
            (".33 Pivovarská", ".68 Mlýnská .32 1")),
    Quarter("podhaji", "Podhájí", "slabs",
            ("v4_h1 v5_h1", "v5_h1 v5_h2", "v4_h2 v5_h2", "v4_h1 v4_h2"),
            (".28 Sportovní", ".64 Tělocvičná"),
            (".35 Hvězdná", ".68 Měsíční")),
    Quarter("uvoz", "Podhájí", "houses",
            ("v4_eN v5_eN", "v5_eN v5_h1", "v4_h1 v5_h1", "v4_eN v4_h1"),
            (".15 Tichá", ".3 Polní", ".45 Krátká .4 1", ".6 Příčná", ".75 V Úvoze",
             ".88 Lomená 0 .7"),
            (".4 Jarní", ".7 Podzimní 0 .75")),
    Quarter("predmesti", "Předměstí", "blocks",
            ("v2_h4 v3_h4", "v3_h4 v3_eS", "v2_eS v3_eS", "v2_h4 v2_eS"),
            (".13 Žižkova", ".27 Riegrova", ".41 Tyršova", ".55 Fügnerova .45 1", ".7 Husova",
             ".85 Komenského"),
            (".45 Svatoplukova",)),
    Quarter("dvory", "Předměstí", "blocks",
            ("v2_h5 st", "st v3_h4", "v2_h4 v3_h4", "v2_h5 v2_h4"),
            (".13 Žižkova", ".27 Riegrova", ".41 Tyršova", ".55 Kollárova", ".7 Husova",
             ".85 Komenského"),
            (".47 Barákova 0 .85",)),
    Quarter("hriste", "Předměstí", "blocks",
            ("v3_h4 v4_h4", "v4_h4 v4_eS", "v3_eS v4_eS", "v3_h4 v3_eS"),
            (".16 Tylova", ".33 Vrchlického", ".5 Nerudova", ".67 Čelakovského",
             ".84 Sladkovského"),
            (".48 Macharova",)),
    Quarter("nadrazi", "Předměstí", "blocks",
            ("st v4_h5", "v4_h5 v4_h4", "v3_h4 v4_h4", "st v3_h4"),
            (".16 Tylova", ".33 Vrchlického", ".5 Nerudova", ".67 Čelakovského", ".84 Celní"),
            (".48 Přednádražní 0 .84",)),
    Quarter("luhy", "Luhy", "huts",
            ("w_h5 v2_h5", "v2_h5 v2_h4 v2_eS", "w_eS v2_eS", "w_h5 w_eS"),
            (".3 U Zahrádek", ".65 Ke Splavu"),
            (".3 Na Ostrůvku", ".55 V Luhu 0 .65", ".78 U Jezu")),
    Quarter("tovarny", "Nádražní Předměstí", "works",
            ("v4_h5 v5_h5", "v5_h5 v5_eS", "v4_eS v5_eS", "v4_h5 v4_h4 v4_eS"),
            (".33 Strojírenská", ".68 Tovární"),
            (".45 Dílenská",)),
    Quarter("elektrarna", "Nádražní Předměstí", "works",
            ("v5_h5 v6_h5", "v6_h5 v6_eS", "v5_eS v6_eS", "v5_h5 v5_eS"),
            (),
            (".5 Betonářská",)),
    Quarter("kolonie", "Nádražní Předměstí", "houses",
            ("v2_s m_s", "m_s m_h6", "v2_h6 m_h6", "v2_s v2_h6"),
            (".13 Slévárenská", ".27 Formanská .27 1", ".42 Kolářská", ".57 Bednářská",
             ".72 Tesařská", ".86 Zednická 0 .76"),
            (".27 Hutnická", ".52 Havířská", ".76 Dělnická")),
    Quarter("cihelna", "Nádražní Předměstí", "houses",
            ("m_s v4_s", "v4_s v4_h6", "m_h6 v4_h6", "m_s m_h6"),
            (".2 Keramická", ".4 Hrnčířská", ".6 Sklářská .3 1", ".8 Kamenická"),
            (".3 Hlinická", ".65 Cihlářská")),
)  # fmt: skip


@dataclass(frozen=True)
class District:
    """A police district: its station, and its border as a path from node to node."""

    code: str
    name: str
    station: str
    population: int
    border: str


DISTRICTS: tuple[District, ...] = (
    District("1A", "Staré Město", "Střed", 2350, "k_w k_nw k_n k_ne k_e k_se rk2 r2 rk1 k_sw k_w"),
    District("1B", "Nové Město – západ", "Střed", 4980,
             "v2_h2 v2_h1 v2_eN r1 rk1 k_sw k_w k_nw k_n v3_h2 v2_h2"),
    District("1C", "Nové Město – východ", "Střed", 4870,
             "v3_h2 k_n k_ne k_e k_se rk2 r3 v4_eN v4_h1 v4_h2 v3_h2"),
    District("2A", "Výsluní – sídliště", "Sever", 6150, "bw2 w_h2 v1_h2 v2_h2 v2_n bn2 bnw bw2"),
    District("2B", "Záluží", "Sever", 3720,
             "bw2 bw1 r0 r1 v2_eN v2_h1 v2_h2 v1_h2 w_h2 bw2"),
    District("2C", "Severní Předměstí – zahrady", "Sever", 1980,
             "v2_h2 v3_h2 v4_h2 v4_n bn4 bn2 v2_n v2_h2"),
    District("2D", "Severní Předměstí – Stráň", "Sever", 720, "v4_h2 v5_h2 be2 bne bn4 v4_n v4_h2"),
    District("3A", "Předměstí – Dvory", "Předměstí", 3860,
             "r1 rk1 r2 v3_eS v3_h4 st tst tv2 v2_h5 v2_h4 v2_eS r1"),
    District("3B", "Předměstí – Nádraží", "Předměstí", 3240,
             "r2 rk2 r3 v4_eS v4_h4 v4_h5 tv4 tst st v3_h4 v3_eS r2"),
    District("3C", "Kolonie a Cihelna", "Předměstí", 2610,
             "tv2 tst tv4 v4_h6 v4_s bs4 bs2 v2_s v2_h6 tv2"),
    District("3D", "Luhy a Lhotka", "Předměstí", 690,
             "r0 r1 v2_eS v2_h4 v2_h5 tv2 v2_h6 v2_s bs2 bsw t0 r0"),
    District("4A", "Podhájí", "Východ", 5420, "v4_h2 v4_h1 v4_eN r3 r4 r5 be1 be2 v5_h2 v4_h2"),
    District("4B", "Průmyslový obvod", "Východ", 310,
             "r3 r4 r5 t5 bse bs4 v4_s v4_h6 tv4 v4_h5 v4_h4 v4_eS r3"),
)  # fmt: skip


@dataclass(frozen=True)
class Locality:
    """An excluded locality: the land of a quarter between named streets (or its sides).

    It holds from its first day until the day before ``valid_to``.
    """

    code: str
    name: str
    quarter: str
    across: tuple[str, str]
    along: tuple[str, str]
    population: int
    valid_from: str = "2012-01-01"
    valid_to: str | None = None


LOCALITIES: tuple[Locality, ...] = (
    Locality("L1", "Dvory", "dvory", ("Riegrova", "Tyršova"), ("south", "north"), 410),
    Locality("L2", "Přednádraží", "nadrazi", ("Nerudova", "Čelakovského"), ("south", "north"), 380),
    Locality("L3", "Hutnická kolonie", "kolonie", ("Bednářská", "Tesařská"),
             ("south", "Havířská"), 230, valid_to="2018-01-01"),
    Locality("L4", "Hvězdná", "podhaji", ("west", "Sportovní"), ("south", "Hvězdná"), 540),
    Locality("L5", "Jižní Výsluní", "vysluni", ("west", "Polední"), ("south", "Družstevní"), 620),
    Locality("L6", "Cihelna", "cihelna", ("Kamenická", "east"), ("south", "Hlinická"), 260,
             valid_from="2015-07-01"),
)  # fmt: skip
