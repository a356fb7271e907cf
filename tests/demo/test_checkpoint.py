"""The command that writes a checkpoint, and the one at the start of serving."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from bangfu.web import command
from tests.demo.command import bangfu, make


def test_a_checkpoint_is_written_for_an_auditor_to_take_away(tmp_path: Path) -> None:
    made = make(tmp_path / "data", date(2017, 7, 31))
    outside = made.folder / "outside" / "checkpoints.jsonl"
    outside.unlink()
    printed = made.ask("checkpoint")
    point = json.loads(outside.read_text().splitlines()[-1])
    assert f"{point['sequence']} {point['hash']}" in printed
    assert str(outside) in printed
    kept = tmp_path / "kept.jsonl"
    kept.write_text(outside.read_text().replace(point["hash"], "0" * 64))
    broken = bangfu("verify", "--checkpoints", str(kept), "--data", str(made.folder))
    assert broken.returncode == 1


def test_serving_writes_one_before_the_first_page() -> None:
    assert "daily" in command._serve.__code__.co_names
