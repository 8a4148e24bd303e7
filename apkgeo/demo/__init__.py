"""Modelov, the invented town of the demo."""
