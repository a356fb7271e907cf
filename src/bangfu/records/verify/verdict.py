"""What a verification found: all in order, or the first fact that is not."""

from __future__ import annotations

from dataclasses import dataclass

from bangfu.core.text import Text

WHAT = {
    "gap": Text("这之前缺了事实", "facts are missing before it"),
    "sequence": Text("序号不是数", "its sequence is no number"),
    "link": Text("与前一条的链接断了", "its link to the fact before is broken"),
    "content": Text("内容与哈希不符", "its content does not match its hash"),
    "reference": Text("所指的对象或事实不存在", "it refers to something that is not there"),
    "amends": Text("更正或作废的对象不对", "it amends what it cannot amend"),
    "participants": Text("参与人的行不对", "its participants' rows are wrong"),
    "sealed": Text("密封的内容打不开", "its sealed values do not open"),
    "projection": Text(
        "登记表与台账不符", "the registry's rows are not what the ledger says"
    ),
    "checkpoint": Text(
        "与存证点不符：台账被改写过", "a checkpoint differs: the ledger was rewritten"
    ),
    "tail": Text(
        "存证点之后的事实不见了", "facts that a checkpoint counted are gone"
    ),
    "counter": Text(
        "数据库自己数过的事实更多：末尾的事实不见了，或计数被改过",
        "the database itself has counted another number of facts: the last ones are gone, "
        "or its count was changed",
    ),
    "meta": Text(
        "县的基本设置被改过，与第一条事实所记不同",
        "how the county was made is not what the ledger's first fact says of it",
    ),
    "account": Text(
        "账号被绕过程序直接改过", "an account was edited past the program"
    ),
    "token": Text(
        "接口令牌被绕过程序直接改过，其账号为",
        "a token was edited past the program, that of the account",
    ),
    "erasures": Text(
        "在外保管的删除清单缺行或被改过",
        "a line of the list of erasures kept outside is gone or changed",
    ),
    "damaged": Text("数据库文件已损坏", "the database file is damaged"),
    "strays": Text("有不属于任何事实的参与人行", "participants belong to no fact"),
}  # fmt: skip

# Not in the ledger but beside it: `detail` names what, and there is no fact to name.
BESIDE = frozenset(("meta", "account", "token", "erasures"))


@dataclass(frozen=True, slots=True)
class Broken:
    """The first fact that is not in order; `uid` is empty where it cannot be told any more."""

    what: str
    sequence: int
    uid: str = ""
    kind: str = ""
    day: str = ""
    detail: str = ""

    @property
    def text(self) -> Text:
        """The finding in words."""
        what = WHAT[self.what]
        rest = f" ({self.detail})" if self.detail else ""
        if self.what in BESIDE:
            return Text(f"{what.zh}：{self.detail}。", f"{what.en}: {self.detail}.")
        named = f"{self.uid} {self.kind} {self.day}".strip() or "?"
        return Text(
            f"第 {self.sequence} 条事实（{named}）：{what.zh}{rest}。",
            f"Fact {self.sequence} ({named}): {what.en}{rest}.",
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many facts were read, the chain's head, how many checkpoints matched, what is broken.

    `warnings` are what weakens the proof without breaking it: no checkpoint outside, a trigger
    that is gone.
    """

    facts: int
    head: str
    checkpoints: int = 0
    broken: Broken | None = None
    warnings: tuple[Text, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is broken."""
        return self.broken is None

    @property
    def text(self) -> Text:
        """The verdict in words, warnings left out."""
        if self.broken is not None:
            return self.broken.text
        return Text(
            f"台账完好：{self.facts} 条事实，{self.checkpoints} 个存证点相符，链头 {self.head}。",
            f"The ledger is whole: {self.facts} facts, {self.checkpoints} checkpoints match, "
            f"head {self.head}.",
        )
