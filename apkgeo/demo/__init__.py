"""Modelov, the invented town of the demo."""

from apkgeo.demo.districts import Boundaries, draw_modelov
from apkgeo.demo.modelov import write_modelov

__all__ = ["Boundaries", "draw_modelov", "write_modelov"]
