"""The peer: django-import-export in bulk, the same rows into tables as wide as the sheets.

    python -m bench.roster.peer FILE DATABASE

Its faster setting: bulk, no reports of differences, no look-ups of what is there, one transaction,
instances not cleaned; what a cell is, its widgets read (dates, numbers; choices stay texts). A
person's household stays its number. There is no chain, no sealing, no policy, no history, no check
of options or ranges, and nothing is compared.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.roster.rules import HOUSEHOLD_KEYS, PERSON_KEYS, widened


def main(file: Path, database: Path) -> None:
    begun = time.monotonic()
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "import_export"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
    )  # fmt: skip
    import django

    django.setup()
    import tablib
    from django.db import connection

    book = widened()
    models = [
        model("Household", book.kinds["registry.household"].fields, HOUSEHOLD_KEYS),
        model("Person", book.kinds["registry.person"].fields, PERSON_KEYS),
    ]
    with connection.schema_editor() as editor:
        for one in models:
            editor.create_model(one)
    sheets = tablib.Databook().load(file.read_bytes(), format="xlsx").sheets()
    for one, sheet in zip(models, sheets, strict=True):
        sheet.headers = [field.name for field in one._meta.fields if not field.primary_key]
        result = resource(one).import_data(sheet, raise_errors=True)
        assert result.totals["new"] == len(sheet)
    print(f"{sum(one.objects.count() for one in models)} rows, {time.monotonic() - begun:.1f} s")


def model(name: str, fields: tuple, keys: tuple) -> type:
    """A table with a column for each of the sheet's."""
    from django.db import models

    dated = {2} if name == "Person" else set()
    columns = {
        f"k{n}": models.DateField() if n in dated
        else models.CharField(max_length=60, db_index=n in {0, 3})
        for n in range(len(keys))
    }  # fmt: skip
    made = {
        "integer": lambda: models.IntegerField(null=True),
        "money": lambda: models.DecimalField(max_digits=15, decimal_places=2, null=True),
        "number": lambda: models.DecimalField(max_digits=15, decimal_places=6, null=True),
        "boolean": lambda: models.CharField(max_length=3),
        "date": lambda: models.DateField(null=True),
    }
    for field in fields[-(40 - len(keys)) :]:
        columns[f"f_{field.id}"] = made.get(field.type, lambda: models.CharField(max_length=200))()
    meta = type("Meta", (), {"app_label": "peer"})
    return type(name, (models.Model,), {**columns, "Meta": meta, "__module__": __name__})


def resource(of: type) -> object:
    from import_export import resources, widgets
    from import_export.fields import Field

    class Meta:
        model = of
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True
        use_transactions = True
        import_id_fields = ("k0",)

    dated = {"Meta": Meta}
    if of.__name__ == "Person":
        widget = widgets.DateWidget(format="%Y年%m月%d日")
        dated["k2"] = Field(attribute="k2", column_name="k2", widget=widget)
    return type("Roster", (resources.ModelResource,), dated)()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
