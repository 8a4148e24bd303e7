"""Files come whole from their publishers, politely, or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from apkgeo.errors import ApkgeoError, DownloadError, InputError
from apkgeo.sources.addresses import read_addresses
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.download import Downloaded, download, read_record
from apkgeo.sources.fetching import Fetcher, NotPublishedError
from apkgeo.sources.unpacking import Limits, unpack_one
from tests.sources.publisher import (
    Handler,
    Publisher,
    archive,
    redirect,
    refuse,
    running,
    truncated,
    web_page,
    whole,
)

NOW = datetime(2024, 1, 10, 12, 0, tzinfo=UTC)
CSV = "/vymenny_format/csv/20231231_OB_554791_ADR.csv.zip"
OLDER_CSV = "/vymenny_format/csv/20231130_OB_554791_ADR.csv.zip"
VFR = "/vymenny_format/soucasna/20231231_OB_554791_UKSH.xml.zip"
POLICE = "/api/v2/downloads/2014_554791.csv"
HEADER = (
    "Kód ADM;Kód obce;Název obce;Kód MOMC;Název MOMC;Kód obvodu Prahy;Název obvodu Prahy;"
    "Kód části obce;Název části obce;Kód ulice;Název ulice;Typ SO;Číslo domovní;"
    "Číslo orientační;Znak čísla orientačního;PSČ;Souřadnice Y;Souřadnice X;Platí Od"
)
ADDRESSES = (
    HEADER + "\n24531464;554791;Plzeň;546003;Plzeň 3;;;406368;Jižní Předměstí;397407;Resslova;"
    "č.p.;199;5;;30100;822468.13;1070219.83;2013-12-10T00:00:00\n"
).encode("cp1250")
AREAS = b'<?xml version="1.0"?><vf:VymennyFormat xmlns:vf="urn:x"></vf:VymennyFormat>'
CRIMES = (
    b"id,x,y,mp,date,state,relevance,types\n1,13.37,49.74,False,2014-05-01T00:35:00+02:00,3,4,75\n"
)
ADDRESSES_ZIP = archive({"20231231_OB_554791_ADR.csv": ADDRESSES})


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with running() as one:
        one.serves(CSV, ADDRESSES_ZIP)
        one.serves(VFR, archive({"20231231_OB_554791_UKSH.xml": AREAS}))
        one.serves(POLICE, CRIMES)
        yield one


class Waits(list[float]):
    """The pauses that were made, without making them."""

    def __call__(self, seconds: float) -> None:
        self.append(round(seconds, 1))


@pytest.fixture
def waits() -> Waits:
    return Waits()


def get(
    publisher: Publisher, folder: Path, waits: Waits, place: str = "plzen", **options: object
) -> tuple[Downloaded, ...]:
    fetcher = Fetcher(pause=0.0, timeout=5.0, sleep=waits)
    options.setdefault("kinds", ["addresses"])
    return download(
        place, folder, now=NOW, publishers=publisher.publishers, fetcher=fetcher, **options
    )  # type: ignore[arg-type]


def nothing_half_written(folder: Path) -> bool:
    return not [path for path in folder.iterdir() if path.is_file()]


def test_a_town_comes_with_its_record(publisher: Publisher, tmp_path: Path, waits: Waits) -> None:
    made = get(
        publisher, tmp_path, waits, kinds=["police", "boundaries", "addresses"], years=[2014]
    )
    assert publisher.paths == [CSV, VFR, POLICE]
    assert (tmp_path / "OB_554791_ADR.csv").read_bytes() == ADDRESSES
    assert (tmp_path / "OB_554791_UKSH.xml").read_bytes() == AREAS
    assert (tmp_path / "2014_554791.csv").read_bytes() == CRIMES
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2014_554791.csv", "OB_554791_ADR.csv", "OB_554791_UKSH.xml", "download.json",
    ]  # fmt: skip
    record = json.loads((tmp_path / "download.json").read_text(encoding="utf-8"))["files"]
    assert record[1] == {
        "file": "OB_554791_ADR.csv",
        "kind": "addresses",
        "source": publisher.base + CSV,
        "state": "2023-12-31",
        "retrieved": "2024-01-10T12:00:00+00:00",
        "licence": "RÚIAN, © ČÚZK, CC BY 4.0",
        "bytes": len(ADDRESSES),
        "sha256": hashlib.sha256(ADDRESSES).hexdigest(),
    }
    assert [one.state for one in made] == ["2023-12-31", "2023-12-31", "2014"]
    assert "Police" in made[2].licence
    assert len(read_addresses(tmp_path / "OB_554791_ADR.csv").frame) == 1


@pytest.mark.parametrize("place", ["plzen", "Plzeň", "PLZEŇ", "554791"])
def test_plzen_is_known_by_name_and_code(
    publisher: Publisher, tmp_path: Path, waits: Waits, place: str
) -> None:
    get(publisher, tmp_path, waits, place)
    assert publisher.paths == [CSV]


CODES = """KOD;NAZEV;STATUS_KOD;POU_KOD;OKRES_KOD;PLATI_OD;PLATI_DO
500496;Olomouc;3;1;3805;18.09.2025 00:00:00;
531367;Adamov;2;2;3205;;
535826;Adamov;2;3;3301;;
599999;Zaniklá;2;3;3301;;01.01.2000
""".encode("cp1250")


def test_another_town_is_found_in_the_registers_list(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    publisher.serves("/sestavy/cis/UI_OBEC.zip", archive({"UI_OBEC.csv": CODES}))
    path = CSV.replace("554791", "500496")
    publisher.serves(path, archive({"20231231_OB_500496_ADR.csv": ADDRESSES}))
    (made,) = get(publisher, tmp_path, waits, "olomouc")
    assert made.file == "OB_500496_ADR.csv"
    assert not (tmp_path / ".download").exists()
    for place, message in (
        ("Adamov", r"2 municipalities are called Adamov; .*531367 \(okres 3205\), 535826"),
        ("Olomuc", "no municipality is called 'Olomuc'; similar ones: Olomouc"),
        ("Zaniklá", "no municipality is called 'Zaniklá'"),
        ("12", "expected a name, or a code of six digits"),
    ):
        with pytest.raises(InputError, match=message):
            get(publisher, tmp_path, waits, place)


def test_an_earlier_month_is_taken_when_the_last_is_not_published(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    publisher.answers.pop(CSV)
    publisher.serves(OLDER_CSV, ADDRESSES_ZIP)
    (made,) = get(publisher, tmp_path, waits)
    assert (made.state, publisher.paths) == ("2023-11-30", [CSV, OLDER_CSV])


def test_a_town_that_does_not_exist_is_not_asked_for_again_and_again(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    with pytest.raises(NotPublishedError, match=r"states tried: 2023-12-31, .*2023-09-30"):
        get(publisher, tmp_path, waits, "999999")
    assert len(publisher.asked) == 4
    assert waits == []
    assert nothing_half_written(tmp_path)


def test_what_is_there_is_not_downloaded_again(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    get(publisher, tmp_path, waits)
    (made,) = get(publisher, tmp_path, waits)
    assert (made.fresh, len(publisher.asked)) == (False, 1)
    (made,) = get(publisher, tmp_path, waits, again=True)
    assert (made.fresh, len(publisher.asked)) == (True, 2)
    (tmp_path / "OB_554791_ADR.csv").write_bytes(b"changed by hand")
    get(publisher, tmp_path, waits)
    assert (tmp_path / "OB_554791_ADR.csv").read_bytes() == ADDRESSES


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_a_busy_publisher_is_asked_again_after_a_growing_while(
    publisher: Publisher, tmp_path: Path, waits: Waits, code: int
) -> None:
    publisher.serves(CSV, refuse(code), refuse(code), refuse(code), whole(ADDRESSES_ZIP))
    get(publisher, tmp_path, waits)
    assert waits == [1.0, 2.0, 4.0]


def test_the_wait_that_a_publisher_asks_for_is_kept(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    date = format_datetime(datetime(2000, 1, 1, tzinfo=UTC), usegmt=True)
    publisher.serves(
        CSV, refuse(429, Retry_After="30"), refuse(503, Retry_After=date), whole(ADDRESSES_ZIP)
    )
    get(publisher, tmp_path, waits)
    assert waits == [30.0, 0.0]


def test_a_publisher_who_asks_for_an_hour_is_left_alone(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    publisher.serves(CSV, refuse(429, Retry_After="3600"))
    with pytest.raises(DownloadError, match=r"answered 429 .*asked 1 times"):
        get(publisher, tmp_path, waits)
    assert waits == []


def test_a_publisher_who_stays_broken_is_given_up(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    publisher.serves(CSV, refuse(500))
    with pytest.raises(DownloadError, match=r"answered 500 .*asked 5 times"):
        get(publisher, tmp_path, waits)
    assert nothing_half_written(tmp_path)


def test_a_refusal_is_told_at_once(publisher: Publisher, tmp_path: Path, waits: Waits) -> None:
    publisher.serves(CSV, refuse(403))
    with pytest.raises(DownloadError, match="answered 403"):
        get(publisher, tmp_path, waits)
    assert len(publisher.asked) == 1


def test_requests_to_one_host_keep_a_pause(publisher: Publisher, tmp_path: Path) -> None:
    waits = Waits()
    fetcher = Fetcher(pause=2.0, sleep=waits, clock=lambda: 100.0)
    download(
        "plzen", tmp_path, kinds=["addresses", "boundaries"], now=NOW,
        publishers=publisher.publishers, fetcher=fetcher,
    )  # fmt: skip
    assert waits == [2.0]


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    publisher.serves(CSV, truncated(ADDRESSES_ZIP, 100), whole(ADDRESSES_ZIP))
    get(publisher, tmp_path, waits)
    assert publisher.asked == [(CSV, None), (CSV, "bytes=100-")]
    assert (tmp_path / "OB_554791_ADR.csv").read_bytes() == ADDRESSES


def test_a_part_left_by_an_earlier_run_is_completed(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    publisher.serves(CSV, truncated(ADDRESSES_ZIP, 100))
    fetcher = Fetcher(pause=0.0, attempts=1, sleep=waits)
    with pytest.raises(DownloadError, match=f"only 100 of {len(ADDRESSES_ZIP)} bytes came"):
        download(
            "plzen", tmp_path, kinds=["addresses"], now=NOW,
            publishers=publisher.publishers, fetcher=fetcher,
        )  # fmt: skip
    assert nothing_half_written(tmp_path)
    publisher.serves(CSV, whole(ADDRESSES_ZIP))
    get(publisher, tmp_path, waits)
    assert publisher.asked[-1] == (CSV, "bytes=100-")
    assert (tmp_path / "OB_554791_ADR.csv").read_bytes() == ADDRESSES


def test_a_part_of_another_version_is_not_completed(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    newer = archive({"20231231_OB_554791_ADR.csv": ADDRESSES * 2})
    publisher.serves(CSV, truncated(ADDRESSES_ZIP, 100), whole(newer, etag='"2"'))
    get(publisher, tmp_path, waits)
    assert (tmp_path / "OB_554791_ADR.csv").read_bytes() == ADDRESSES * 2


def test_a_part_that_fits_no_more_is_thrown_away(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    publisher.serves(CSV, truncated(ADDRESSES_ZIP, 100), refuse(416), whole(ADDRESSES_ZIP))
    get(publisher, tmp_path, waits)
    assert [asked for _, asked in publisher.asked] == [None, "bytes=100-", None]


def test_a_transfer_that_always_breaks_off_is_told(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    # Without a version to go by, nothing can be resumed.
    publisher.serves(POLICE, truncated(CRIMES, 30, etag=""))
    with pytest.raises(DownloadError, match=f"only 30 of {len(CRIMES)} bytes came"):
        get(publisher, tmp_path, waits, kinds=["police"], years=[2014])
    assert {asked for _, asked in publisher.asked} == {None}
    assert nothing_half_written(tmp_path)


def test_a_transfer_in_pieces_that_breaks_off_is_not_taken_for_whole(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    piece = f"{len(CRIMES):x}\r\n".encode() + CRIMES + b"\r\n"

    def broken(handler: Handler) -> None:
        handler.send(200, piece, Content_Length="", Transfer_Encoding="chunked")

    publisher.serves(POLICE, broken)
    with pytest.raises(DownloadError, match=f"broke off after {len(CRIMES)} bytes"):
        get(publisher, tmp_path, waits, kinds=["police"], years=[2014])
    assert nothing_half_written(tmp_path)


def test_a_web_page_is_no_file(publisher: Publisher, tmp_path: Path, waits: Waits) -> None:
    for kinds, path in ((["addresses"], CSV), (["police"], POLICE)):
        publisher.serves(path, web_page("Odstávka"))
        with pytest.raises(
            DownloadError, match=r"a web page came instead of the file \(“Odstávka”\)"
        ):
            get(publisher, tmp_path, waits, kinds=kinds, years=[2014])
    assert len(publisher.asked) == 2
    assert nothing_half_written(tmp_path)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "damaged archive"),
        (ADDRESSES_ZIP[:-30], "damaged archive"),
        (ADDRESSES, "damaged archive"),
        (archive({}), "an empty archive"),
        (archive({"a.csv": b"1", "b.csv": b"2"}), "one file of the kind, got a.csv, b.csv"),
        (archive({"x.txt": b"1"}), "got x.txt"),
        (archive({"x_ADR.csv": b"hello"}), "is no file of addresses: got 'hello'"),
        (archive({"../x.csv": ADDRESSES}), r"names a path outside of itself: got '\.\./x\.csv'"),
        (archive({"/etc/x.csv": ADDRESSES}), "names a path outside of itself"),
        (archive({"C:\\x.csv": ADDRESSES}), "names a path outside of itself"),
        (archive({"..\\x.csv": ADDRESSES}), "names a path outside of itself"),
        (archive({"x.csv": ADDRESSES, "a/../../y": b""}), "names a path outside of itself"),
        (archive({f"{i}.csv": b"" for i in range(101)}), "holds too many files"),
        (archive({"x.csv": HEADER.encode() + b"\n" * 30_000_000}), "unpacks to more than it may"),
    ],
    ids=["nothing", "cut", "no archive", "empty", "two", "other", "wrong", "up", "absolute",
         "drive", "up with backslash", "beside", "many", "bomb"],
)  # fmt: skip
def test_an_archive_is_not_trusted(
    publisher: Publisher, tmp_path: Path, waits: Waits, body: bytes, message: str
) -> None:
    publisher.serves(CSV, body)
    folder = tmp_path / "in" / "data"
    with pytest.raises(ApkgeoError, match=message):
        get(publisher, folder, waits)
    assert nothing_half_written(folder)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == []


def test_an_old_file_stays_when_the_new_one_is_broken(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    get(publisher, tmp_path, waits)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    publisher.serves(CSV, ADDRESSES_ZIP[:-30])
    with pytest.raises(InputError, match="damaged archive"):
        get(publisher, tmp_path, waits, again=True)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert after == before


def test_a_lying_archive_is_stopped_while_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = bytearray(archive({"x.csv": b"\0" * 3_000_000}))
    # The directory claims one byte; the unpacked size stands 24 bytes into its entry.
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"damaged archive|more than it may"):
        unpack_one(path, tmp_path / "x.csv", lambda name: True, limits=Limits(always=1000))
    assert not (tmp_path / "x.csv").exists()


def test_a_link_or_a_locked_file_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("x.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as packing:
        packing.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="names a path outside of itself"):
        unpack_one(tmp_path / "link.zip", tmp_path / "x.csv", lambda name: True)
    locked = bytearray(archive({"x.csv": b"1"}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    with pytest.raises(InputError, match="locked by a password"):
        unpack_one(tmp_path / "locked.zip", tmp_path / "x.csv", lambda name: True)


def test_a_file_larger_than_allowed_is_not_fetched(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="too large: expected at most 50 bytes"):
        Fetcher(pause=0.0, largest=50).fetch(publisher.base + CSV, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_leads_to_the_web_only(publisher: Publisher, tmp_path: Path) -> None:
    fetcher = Fetcher(pause=0.0)
    publisher.serves("/moved", redirect(publisher.base + POLICE))
    fetcher.fetch(publisher.base + "/moved", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == CRIMES
    for where in ("file:///etc/passwd", "ftp://127.0.0.1/x"):
        publisher.serves("/away", redirect(where))
        with pytest.raises(DownloadError):
            fetcher.fetch(publisher.base + "/away", tmp_path / "y")
    assert not (tmp_path / "y").exists()


def test_a_file_packed_for_the_way_is_unpacked(publisher: Publisher, tmp_path: Path) -> None:
    import gzip

    body = gzip.compress(CRIMES)
    publisher.serves("/packed", lambda handler: handler.send(200, body, Content_Encoding="gzip"))
    Fetcher(pause=0.0).fetch(publisher.base + "/packed", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == CRIMES


def test_no_publisher_at_all_is_one_clear_line(tmp_path: Path) -> None:
    with running() as gone:
        url = gone.base + CSV
    waits = Waits()
    with pytest.raises(DownloadError, match="refused") as caught:
        Fetcher(pause=0.0, attempts=2, sleep=waits).fetch(url, tmp_path / "x")
    assert "\n" not in str(caught.value)
    assert waits == [1.0]


def test_misuse_is_told(publisher: Publisher, tmp_path: Path, waits: Waits) -> None:
    with pytest.raises(InputError, match=r"years of police data: expected 2012 to 2024, got 2030"):
        get(publisher, tmp_path, waits, kinds=["police"], years=[2030])
    with pytest.raises(InputError, match="kinds: expected addresses or boundaries or police"):
        get(publisher, tmp_path, waits, kinds=["maps"])
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write into"):
        get(publisher, tmp_path / "file", waits)
    assert publisher.asked == []


def test_five_full_years_of_police_data_come_when_none_are_named(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    for year in range(2019, 2024):
        publisher.serves(POLICE.replace("2014", str(year)), CRIMES)
    made = get(publisher, tmp_path, waits, kinds=["police"])
    assert [one.state for one in made] == ["2019", "2020", "2021", "2022", "2023"]


def test_a_spoilt_record_is_written_anew(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    (tmp_path / "download.json").write_text("[1, 2", encoding="utf-8")
    get(publisher, tmp_path, waits)
    assert list(read_record(tmp_path)) == ["OB_554791_ADR.csv"]


def test_real_files_come_through_unchanged(
    publisher: Publisher, tmp_path: Path, waits: Waits, shared: Path
) -> None:
    import gzip

    xml = gzip.decompress((shared / "decany" / "20140331_OB_564729_UKSH.xml.gz").read_bytes())
    publisher.serves(CSV, (shared / "plzen" / "20231231_OB_554791_ADR.csv.zip").read_bytes())
    publisher.serves(VFR, archive({"20140331_OB_564729_UKSH.xml": xml}))
    get(publisher, tmp_path, waits, kinds=["addresses", "boundaries"])
    assert len(read_addresses(tmp_path / "OB_554791_ADR.csv").frame) == 27_207
    village = read_boundaries(tmp_path / "OB_554791_UKSH.xml", level="city").frame
    assert village["name"].tolist() == ["Děčany"]


def test_a_disk_that_takes_no_more_is_one_clear_line(
    publisher: Publisher, tmp_path: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    get(publisher, tmp_path, waits)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    def full(*_words: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("apkgeo.sources.unpacking._copy", full)
    with pytest.raises(InputError, match=r"cannot write into .*: No space left on device; make"):
        get(publisher, tmp_path, waits, again=True)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert after == before


def test_a_folder_where_the_file_should_be_is_one_clear_line(
    publisher: Publisher, tmp_path: Path, waits: Waits
) -> None:
    (tmp_path / "OB_554791_ADR.csv").mkdir()
    with pytest.raises(InputError, match=r"cannot write into .*: Is a directory"):
        get(publisher, tmp_path, waits)
    assert nothing_half_written(tmp_path)
