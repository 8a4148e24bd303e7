"""What was read, rejected and assumed: the report that an analyst reads before any result."""

from apkgeo.quality.examination import Examination, examine
from apkgeo.quality.files import rejected_rows, write_quality
from apkgeo.quality.page import quality_page
from apkgeo.quality.report import examination_report, quality_report, source_quality
from apkgeo.quality.text import quality_text

__all__ = [
    "Examination",
    "examination_report",
    "examine",
    "quality_page",
    "quality_report",
    "quality_text",
    "rejected_rows",
    "source_quality",
    "write_quality",
]
