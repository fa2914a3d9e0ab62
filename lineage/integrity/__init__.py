"""The rules that the record keeps: errors refuse a save and an import, warnings are listed.

A rule has a stable name, a severity, and says for each record at fault what is wrong and what
would be right. Admin, import and audit call the same rules.
"""

from lineage.integrity import errors, warnings  # noqa: F401 - they enter their rules
from lineage.integrity.audit import (
    ERROR,
    RULES,
    WARNING,
    Problem,
    Record,
    Report,
    check,
    reference,
)
from lineage.integrity.rows import end_before_founding, faults_of, refuse_circles

__all__ = [
    "ERROR",
    "RULES",
    "WARNING",
    "Problem",
    "Record",
    "Report",
    "check",
    "end_before_founding",
    "faults_of",
    "reference",
    "refuse_circles",
]
