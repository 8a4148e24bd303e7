"""The commands on patrols: plan, sheet. Both are for the office alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apkgeo.commands.shared import WRITTEN, Quiet
from apkgeo.errors import InputError
from apkgeo.language import translate

if TYPE_CHECKING:
    from apkgeo.patrols.plan_rules import Shift

DAY_SHIFTS = ["8-14x2", "14-20x2"]
_SHIFT = re.compile(
    r"(?:(?P<name>[^=]+)=)?(?P<start>\d{1,2}(?::\d\d)?)-(?P<end>\d{1,2}(?::\d\d)?)"
    r"x(?P<assistants>\d+)(?:@(?P<first>[1-7])-(?P<last>[1-7]))?"
)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(epilog='Example: apkgeo plan study.toml --shift "13-19x2@1-5"')(plan)
    app.command(epilog="Example: apkgeo sheet study.toml --month 2018-04")(sheet)


def plan(
    study: Annotated[Path, typer.Argument(help="The study file.")] = Path("study.toml"),
    shift: Annotated[
        list[str] | None,
        typer.Option(
            help="A shift as HOURS x ASSISTANTS @ DAYS, 1 is Monday, e.g. late=14-20x2@1-5; "
            "give it again for more. 8-14x2 and 14-20x2 on working days when not given."
        ),
    ] = None,
    months: Annotated[int, typer.Option(help="Plan by the incidents of so many last months.")] = 24,
    together: Annotated[int, typer.Option(help="How many assistants walk together.")] = 2,
    visit: Annotated[float, typer.Option(help="Minutes of a visit; 10 to 16 are advised.")] = 15.0,
    return_after: Annotated[
        float, typer.Option(help="Minutes within which no patrol returns.")
    ] = 45.0,
    speed: Annotated[float, typer.Option(help="Kilometres an hour on foot.")] = 4.3,
    schools: Annotated[
        Path | None, typer.Option(help="Areas of schools, to be visited against truancy.")
    ] = None,
    school_hours: Annotated[str, typer.Option(help="Hours of the schools, first-last.")] = "8-13",
    time_limit: Annotated[
        float, typer.Option(help="Seconds of calculation for each day of the week.")
    ] = 120.0,
    output: Annotated[
        Path | None, typer.Option(help="Folder of the plan; plan/ beside the study if not given.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Propose which localities to visit when: a page, a table, a workbook and GPX.

    The plan meets as many incidents of the primary outcome as it can, by the weekdays and hours
    in which there were incidents, and says how much better any plan could be. Where the study has
    patrols, today's coverage stands beside it. It is for internal use.
    """
    from apkgeo.pipeline import read_inputs
    from apkgeo.progress import reporter
    from apkgeo.study import Study
    from apkgeo.walk_plan import PlanRules, make_plan, write_plan

    shifts = [read_shift(text) for text in shift or DAY_SHIFTS]
    chosen = Study.from_toml(study)
    rules = PlanRules(
        shifts=tuple(shifts),
        months=months,
        together=together,
        visit_minutes=visit,
        return_after=return_after,
        walking_speed=speed / 3.6,
        school_hours=_hours(school_hours),
        time_limit=time_limit,
    )
    with reporter(not quiet) as tell:
        inputs = read_inputs(chosen, tell)
        made = make_plan(inputs, rules, schools=schools, tell=tell)
        tell("writing the plan")
        folder = output or chosen.folder / "plan"
        written = write_plan(folder, chosen, made)
    typer.echo(made.plan.summary(chosen.language))
    if made.change is not None:
        typer.echo(made.change.summary(chosen.language))
    typer.echo(
        "\n".join(["", translate(WRITTEN, chosen.language), *(f"  {path}" for path in written)])
    )


def sheet(
    study: Annotated[Path, typer.Argument(help="The study file.")] = Path("study.toml"),
    month: Annotated[
        str | None, typer.Option(help="The month, e.g. 2018-04; the last one with records if none.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The workbook; sheets/ beside the study if not given.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the mentor's monthly sheet: days, shifts and hours of each unit, as a workbook.

    Units stand under pseudonyms; it is for internal use.
    """
    from apkgeo.outputs import write_bytes
    from apkgeo.pipeline import read_inputs
    from apkgeo.progress import reporter
    from apkgeo.study import Study
    from apkgeo.walk_plan import month_sheet

    chosen = Study.from_toml(study)
    with reporter(not quiet) as tell:
        inputs = read_inputs(chosen, tell)
        tell("summing up the month")
        told, content = month_sheet(inputs, month)
    path = output or chosen.folder / "sheets" / f"patrols_{told}.xlsx"
    try:
        write_bytes(path, content)
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror}",
            remedy="close it in other programs, or name another file",
        ) from error
    typer.echo(f"{translate(WRITTEN, chosen.language)} {path}")


def read_shift(text: str) -> Shift:
    """Return the shift that a text such as ``late=14:30-20x2@1-5`` stands for.

    Examples
    --------
    >>> read_shift("late=14:30-20x2@6-7")
    Shift(name='late', start=14.5, end=20.0, assistants=2, weekdays=(5, 6))
    >>> read_shift("22-6x4")
    Shift(name='22–6', start=22.0, end=30.0, assistants=4, weekdays=(0, 1, 2, 3, 4))
    """
    from apkgeo.patrols.plan_rules import WORKDAYS, Shift

    found = _SHIFT.fullmatch(text.strip())
    if found is None:
        raise InputError(
            "--shift", expected="hours, x and assistants, such as 14-20x2@1-5", came=repr(text)
        )
    start, end = (_clock(found[name]) for name in ("start", "end"))
    days: tuple[int, ...] = WORKDAYS
    if found["first"]:
        first, last = int(found["first"]) - 1, int(found["last"]) - 1
        if last < first:
            raise InputError("--shift", expected="days from first to last", came=repr(text))
        days = tuple(range(first, last + 1))
    return Shift(
        found["name"] or f"{found['start']}–{found['end']}",
        start,
        end if end > start else end + 24,
        int(found["assistants"]),
        days,
    )


def _clock(text: str) -> float:
    hours, _colon, minutes = text.partition(":")
    return int(hours) + int(minutes or 0) / 60


def _hours(text: str) -> range:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text.strip())
    if found is None or not 0 <= int(found[1]) < int(found[2]) <= 24:
        raise InputError("--school-hours", expected="first-last, such as 8-13", came=repr(text))
    return range(int(found[1]), int(found[2]))
