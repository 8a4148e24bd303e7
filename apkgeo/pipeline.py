"""From a study to maps and results: the only module that knows every room."""

from __future__ import annotations
