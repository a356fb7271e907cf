"""What an erasure leaves to be done outside its transaction."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from bangfu.core.text import Refused
from bangfu.records import effects, numbers, screening, snapshots
from bangfu.records.folder import IMPORTS
from bangfu.records.mirror import current
from bangfu.records.models import Subject


def sweep(party: str) -> None:
    """After the transaction: overwrite journal and mirror, and forget what memory holds.

    Raises `Refused` "not_swept" where the journal is being read all the time.
    """
    # Whose data a workbook holds that waits to be imported, nobody knows: it has to be sent anew.
    # Workbooks first: a run that then still writes a report sees that its workbook is gone.
    for name in ("workbook", "report"):
        for kept in (Path(settings.BANGFU_DATA) / IMPORTS).glob(f"*/{name}"):
            kept.unlink(missing_ok=True)
    number = Subject.objects.values_list("id", flat=True).get(uid=party)
    current.erase(number)
    numbers.forget()
    screening.forget()
    effects.forget()
    if not snapshots.wipe_journal():
        raise Refused(
            "not_swept",
            "已删除，但数据库日志还没清空：有人在长时间读取。请过几分钟再提交一次。",
            "It is erased, but the database's journal is not cut yet: somebody reads at length. "
            "Send it once more in some minutes.",
        )
