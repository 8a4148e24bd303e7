"""Towns of Czechia by which an address elsewhere is known where its town stands first."""

from __future__ import annotations

# Municipalities with extended powers (obce s rozšířenou působností), folded.
_NAMES = """
    as benesov beroun bilina bilovec blansko blatna blovice bohumin boskovice brandys_nad_labem
    brandys_nad_labem_stara_boleslav breclav brno broumov bruntal bucovice
    bystrice_nad_pernstejnem bystrice_pod_hostynem caslav cernosice ceska_lipa ceska_trebova
    ceske_budejovice cesky_brod cesky_krumlov cesky_tesin cheb chomutov chotebor chrudim dacice
    decin dobris dobruska domazlice dvur_kralove_nad_labem frenstat_pod_radhostem frydek_mistek
    frydlant frydlant_nad_ostravici havirov havlickuv_brod hlinsko hlucin hodonin holesov holice
    horazdovice horice horovice horsovsky_tyn hradec_kralove hranice humpolec hustopece ivancice
    jablonec_nad_nisou jablunkov jaromer jesenik jicin jihlava jilemnice jindrichuv_hradec kadan
    kaplice karlovy_vary karvina kladno klatovy kolin konice koprivnice kostelec_nad_orlici
    kraliky kralovice kralupy_nad_vltavou kravare krnov kromeriz kurim kutna_hora kyjov lanskroun
    liberec lipnik_nad_becvou litomerice litomysl litovel litvinov louny lovosice luhacovice
    lysa_nad_labem marianske_lazne melnik mikulov milevsko mlada_boleslav mnichovo_hradiste
    mohelnice moravska_trebova moravske_budejovice moravsky_krumlov most nachod namest_nad_oslavou
    nepomuk neratovice nova_paka nove_mesto_na_morave nove_mesto_nad_metuji novy_bor novy_bydzov
    novy_jicin nymburk nyrany odry olomouc opava orlova ostrava ostrov otrokovice pacov pardubice
    pelhrimov pisek plzen podborany podebrady pohorelice policka prachatice praha prelouc prerov
    prestice pribram prostejov rakovnik ricany rokycany rosice roudnice_nad_labem
    roznov_pod_radhostem rumburk rychnov_nad_kneznou rymarov sedlcany semily slany slapanice
    slavkov_u_brna sobeslav sokolov stod strakonice stribro sumperk susice svetla_nad_sazavou
    svitavy tabor tachov tanvald telc teplice tisnov trebic trebon trhove_sviny trinec trutnov
    turnov tyn_nad_vltavou uherske_hradiste uhersky_brod unicov usti_nad_labem usti_nad_orlici
    valasske_klobouky valasske_mezirici varnsdorf velke_mezirici veseli_nad_moravou vimperk vitkov
    vizovice vlasim vodnany votice vrchlabi vsetin vyskov vysoke_myto zabreh zamberk zatec
    zdar_nad_sazavou zelezny_brod zidlochovice zlin znojmo
"""
TOWNS = frozenset(name.replace("_", " ") for name in _NAMES.split())
