"""The record: bodies, changes, statements, and how we know."""

from lineage.models.change import ChangeEvent, Succession
from lineage.models.correction import Correction, CorrectionState
from lineage.models.edition import Edition
from lineage.models.forwarding import Forwarding
from lineage.models.layout import Layout
from lineage.models.organisation import (
    CountryPeriod,
    Identifier,
    Link,
    Name,
    Organisation,
)
from lineage.models.proposal import Proposal, ProposalState, Remark
from lineage.models.source import Citation, Source, Waiver
from lineage.models.statement import Account, Affiliation, Fact
from lineage.models.vocabulary import (
    ChangeKind,
    FactKind,
    Manner,
    NameKind,
    OrganisationKind,
    Role,
    Status,
)

__all__ = [
    "Account",
    "Affiliation",
    "ChangeEvent",
    "ChangeKind",
    "Citation",
    "Correction",
    "CorrectionState",
    "CountryPeriod",
    "Edition",
    "Fact",
    "FactKind",
    "Forwarding",
    "Identifier",
    "Layout",
    "Link",
    "Manner",
    "Name",
    "NameKind",
    "Organisation",
    "OrganisationKind",
    "Proposal",
    "ProposalState",
    "Remark",
    "Role",
    "Source",
    "Status",
    "Succession",
    "Waiver",
]
