"""Counts by area, period and kind out of more records than one memory holds."""
