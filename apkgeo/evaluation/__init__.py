"""Did the deployment change anything? Counts, comparisons, doubts and one verdict.

`evaluate` is the only place where a study, its files and the statistics meet; the statistics
themselves see numbers only, and the pages see an `Evaluation` only.
"""

from apkgeo.evaluation.areas import StudyAreas
from apkgeo.evaluation.evaluate import evaluate, evaluate_areas
from apkgeo.evaluation.results import Estimate, Evaluation, Finding
from apkgeo.statistics.verdict import Grade

__all__ = [
    "Estimate",
    "Evaluation",
    "Finding",
    "Grade",
    "StudyAreas",
    "evaluate",
    "evaluate_areas",
]
