"""Run as a program over a county in a file: `found N` makes it with N homes and a plan of pairs,
`approve` orders the whole plan without carrying it out; each prints the plan's uid.
"""

from __future__ import annotations

import os
import sys

A_HELPER = 10


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()
    sys.stdout.write(found(int(arguments[1])) if arguments[0] == "found" else approve())


def found(homes: int) -> str:
    """Make the county; every home is vacant, so that the plan gives all of them a helper."""
    from django.core.management import call_command

    from bangfu.records import actions
    from bangfu.records.pairing import actions as pairing
    from bangfu.web import clock
    from tests.cast import as_registrar, founding, settle, status, uid

    call_command("migrate", verbosity=0, skip_checks=True)
    cast = settle()
    by = cast.policy("registrar")
    helpers = [f"cadre {n}" for n in range(homes // A_HELPER + 1)]
    drafts = [founding("person", name, name=f"干部{n}", unit=uid("bureau"))
              for n, name in enumerate(helpers)]  # fmt: skip
    drafts += [status(f"{name} drawn", name, "drawn_in", "first") for name in helpers]
    for n in range(homes):
        drafts.append(founding("household", f"home {n}", name=f"户{n}", place=uid("reed pond")))
        drafts.append(status(f"poor {n}", f"home {n}", "category", "registered_poor"))
    actions.record([as_registrar(draft) for draft in drafts], by=by, now=clock.now())

    def apart(uid: str) -> None:
        pairing.work(by, uid, clock=clock.now)

    return pairing.ask_for(by, "helper", now=clock.now(), apart=apart)


def approve() -> str:
    """Order the whole plan as its approver; nothing is carried out yet."""
    from bangfu.records.pairing import approving
    from bangfu.records.pairing_rows import PairingPlan
    from bangfu.web import clock
    from tests.cast import TODAY, Cast

    plan = PairingPlan.objects.get().uid
    approving.approve(
        Cast().policy("registrar"), plan, households=None, document="襄结〔2017〕2号", on=TODAY,
        now=clock.now(), apart=lambda _plan: None,
    )  # fmt: skip
    return plan


if __name__ == "__main__":
    main(sys.argv[1:])
