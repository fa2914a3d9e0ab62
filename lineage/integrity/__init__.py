"""The rules that the record keeps: errors refuse a save and an import, warnings are listed.

A rule has a stable name, a severity, and says for each record at fault what is wrong and what
would be right. Admin, import and audit call the same rules.
"""

from lineage.integrity import (  # noqa: F401 - they enter their rules
    changes,
    errors,
    gaps,
    lives,
    naming,
    sourcing,
)
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
from lineage.integrity.near import near
from lineage.integrity.rows import (
    end_before_founding,
    faults_of,
    refuse_backwards,
    refuse_circles,
)

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
    "near",
    "reference",
    "refuse_backwards",
    "refuse_circles",
]
