"""The commands, a module each kind; heavy imports happen when a command runs."""

from __future__ import annotations

import typer

from apkgeo.commands import count, data, geocode, lookup, patrols, report, study

_MODULES = (study, lookup, geocode, patrols, report, data, count)


def register_all(app: typer.Typer) -> None:
    """Add every command to the command line, in the order in which the help shows them."""
    for module in _MODULES:
        module.register(app)
