"""What leaves the ledger is written into it: revealed identifiers and exports are facts.

Both kinds are built in. Nobody enters them by form: `records.disclosure` records one before it
shows or hands out anything, and none of them is ever corrected or withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bangfu.core.rules import FactKind, Field, Source, Term
from bangfu.core.text import Text

REVEAL = "reveal"
EXPORT = "export"
DISCLOSURES = frozenset((REVEAL, EXPORT))

PURPOSES: Mapping[str, Text] = {
    "contact": Text("联系走访", "To call or visit"),
    "payment": Text("资金发放", "To pay out money"),
    "identity": Text("核对身份", "To check an identity"),
    "meeting": Text("会议使用", "For a meeting"),
    "inspection": Text("督导检查", "For an inspection"),
    "request": Text("本人要求", "The person asked for it"),
}

_SOURCE = Source(
    title="帮扶一本账：查看与导出",
    quote="查看证件号码、电话和导出表格，先记明何人、何时、为何，再给出内容。",
    standing="proposal",
)
_TERMS = (Term(date(1949, 10, 1), None, _SOURCE),)
_PURPOSE = Field("purpose", Text("用途", "Purpose"), "choice", required=True, options=PURPOSES)

# `subject` is whose value it is; `fact` is the uid of the fact that holds it.
REVEAL_KIND = FactKind(
    id=REVEAL,
    title=Text("查看证件或电话", "Identifier revealed"),
    subject="person",
    terms=_TERMS,
    # Of no kind of evidence that a duty or a score may rest on.
    evidence="online",
    recorders=(),
    fields=(
        Field("fact", Text("事实", "Fact"), "text", required=True),
        Field("field", Text("内容", "Field"), "text", required=True),
        _PURPOSE,
    ),
)
# `subject` is the place or whatever else the table is about.
EXPORT_KIND = FactKind(
    id=EXPORT,
    title=Text("导出表格", "Table exported"),
    subject="township",
    terms=_TERMS,
    evidence="online",
    recorders=(),
    fields=(
        Field("what", Text("表格", "Table"), "text", required=True),
        Field("rows", Text("行数", "Rows"), "integer", required=True),
        _PURPOSE,
        Field("digest", Text("内容摘要", "Digest of its content"), "text", required=True),
    ),
)
DISCLOSURE_KINDS = (REVEAL_KIND, EXPORT_KIND)
