"""Modelov's study.toml, written to be read by an analyst."""

from __future__ import annotations

from apkgeo.demo import plan, truth
from apkgeo.demo.truth import Effect

LICENCE = "Modelov je vymyšlené město a vymyšlené jsou i všechny údaje o něm."

_HEAD = """\
# Studie Modelova – vymyšleného města. Podle tohoto souboru se dá napsat studie skutečného města.
# Kontrola:            apkgeo check study.toml
# Mapy a výsledky:     apkgeo run study.toml

name = "Asistenti prevence kriminality v Modelově"
language = "cs"              # jazyk stránek: "cs" nebo "en"
time_zone = "Europe/Prague"  # místní čas událostí
seed = {seed}                  # stejné číslo = stejné výsledky, na každém počítači

# Srovnává se tolik měsíců před začátkem programu a po něm. Dva roky „před“ tlumí náhodu jednoho
# zlého roku, kvůli kterému se lokalita možná vybrala.
months_before = {before}
months_after = {after}
washout_days = 0             # dny zaběhnutí po začátku, které se nepočítají

# Pásy kolem lokality v metrech: nepřesunula se trestná činnost do vedlejších ulic?
ring_distances = [150, 300]

# Ukazatel, na který asistenti nemohou mít vliv. Změní-li se i on, změnilo se něco jiného.
negative_control = "doprava"

# Soubory; cesty začínají ve složce tohoto souboru, hvězdička zastupuje více souborů.
[sources]
localities = "hranice/lokality.geojson"  # vyloučené lokality s platností od–do
districts = "hranice/okrsky.geojson"     # policejní okrsky
city = "hranice/mesto.geojson"           # hranice města
addresses = "adresy.csv"                 # adresní místa RÚIAN

# Záznamy obchůzek. Jednotky dostanou při čtení pseudonymy; podle jmen se pozná jen program.
[sources.patrols]
path = "hlidky/*.gpx"
programmes = {{ assistants = "apk-*", caretakers = "domovnik-*" }}

# Výpisy městské policie; licence se ukáže na stránkách u zdrojů.
[sources.incidents]
path = ["udalosti_2014-2017.csv", "udalosti_2018.xlsx"]
licence = "{licence}"

# Co se jen kreslí pod mapu.
[sources.context]
water = "hranice/voda.geojson"
railways = "hranice/zeleznice.geojson"
streets = "hranice/ulice.geojson"

# Ukazatele: skupiny přestupků. PRVNÍ je hlavní a podle něj se soudí; rozhodněte o něm předem.
[outcomes]
# § 5 a § 7 z. č. 251/2016 Sb., do 30. 6. 2017 § 47 a § 49 z. č. 200/1990 Sb.
"veřejný pořádek" = ["public_order", "civil_coexistence"]
majetek = ["property"]         # § 8, dříve § 50
alkohol = ["alcohol_tobacco"]  # § 35 z. č. 65/2017 Sb., dříve § 30 z. č. 200/1990 Sb.
doprava = ["road_safety"]      # § 125c z. č. 361/2000 Sb.

# S čím se srovnává: čtverce velikosti lokality z celého města ("cells"), lokality bez programu
# ("localities"), nebo okrsky bez lokality s programem ("districts").
[comparison]
kind = "cells"

# Pro koho stránky jsou a nejmenší počet, který smějí ukázat.
[privacy]
audience = "council"         # "public", "council" nebo "internal"
min_count = 5
"""


def study_toml(effects: tuple[Effect, ...], seed: int) -> str:
    """Return the text of the study file."""
    head = _HEAD.format(
        seed=seed, licence=LICENCE, before=truth.MONTHS_BEFORE, after=truth.MONTHS_AFTER
    )
    return "\n".join([head, *[_deployment(effect) for effect in effects]])


def _deployment(effect: Effect) -> str:
    name = next(one.name for one in plan.LOCALITIES if one.code == effect.locality)
    programme = {
        "assistants": "asistent prevence kriminality",
        "caretakers": "domovníci-preventisté, druhý program na stejném místě",
    }[effect.programme]
    return (
        f"# {name}: {programme}\n"
        "[[deployments]]\n"
        f'locality = "{effect.locality}"\n'
        f"start = {effect.start.isoformat()}\n"
        f'programme = "{effect.programme}"\n'
        f"staff = {effect.staff}\n"
    )
