"""Which edition of the record stands: a mark that changes with every change, by whatever door.

Triggers of the database set it, so that a row written past the models, by another program or by
hand, counts too. The mark is random: a record that was rolled back or loaded anew never has the
mark of another. Triggers are put in place after every migration, since SQLite drops those of a
table that a migration rebuilds.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, models, router

KEY = 1


class Edition(models.Model):
    """One row, which the triggers write."""

    is_derived = True

    mark = models.CharField(max_length=32)

    class Meta:
        verbose_name = "edition of the record"
        default_permissions = ()

    def __str__(self) -> str:
        return self.mark


def current() -> str:
    """The mark of the record as it stands; one query. Empty where nothing was ever written."""
    return Edition.objects.filter(pk=KEY).values_list("mark", flat=True).first() or ""


def hold() -> None:
    """Wait for other transactions that write to the record, and see what they wrote.

    On PostgreSQL all writers queue for the one row, since the triggers write to it; SQLite's
    transactions are one at a time already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Edition._meta.db_table} (id, mark) VALUES"  # noqa: S608
                " (%s, replace(gen_random_uuid()::text, '-', '')) ON CONFLICT (id)"
                " DO UPDATE SET mark = excluded.mark",
                [KEY],
            )


def recorded_tables() -> list[str]:
    """The tables that readers' pages are made of."""
    models_ = Edition._meta.apps.get_app_config("lineage").get_models()
    return sorted(
        model._meta.db_table
        for model in models_
        if not hasattr(model, "history_object") and not getattr(model, "is_derived", False)
    )


def put_triggers_in_place(using: str) -> None:
    """Make the triggers of a database anew."""
    database = connections[using]
    statements = _STATEMENTS.get(database.vendor)
    if statements is None:
        raise ImproperlyConfigured(
            f"The record can’t stand in {database.vendor}. "
            "Name SQLite or PostgreSQL in DATABASE_URL."
        )
    target = Edition._meta.db_table
    existing = set(database.introspection.table_names())
    if target not in existing:
        return
    with database.cursor() as cursor:
        for statement in statements["once"]:
            cursor.execute(statement.format(target=target, key=KEY))
        for table in recorded_tables():
            if table in existing:
                for statement in statements["each"]:
                    cursor.execute(statement.format(target=target, key=KEY, table=table))


def _sqlite(change: str) -> list[str]:
    name = f"edition_{{table}}_{change.lower()}"
    # No "INSERT OR REPLACE": in a trigger the conflict clause of the outer statement takes over.
    writes = (
        "INSERT INTO {target} (id, mark) SELECT {key}, ''"
        " WHERE NOT EXISTS (SELECT 1 FROM {target} WHERE id = {key});"
        " UPDATE {target} SET mark = lower(hex(randomblob(16))) WHERE id = {key}"
    )
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {change} ON {{table}} BEGIN {writes}; END",
    ]


_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {target}_changes() RETURNS trigger AS $$
BEGIN
  INSERT INTO {target} (id, mark) VALUES ({key}, replace(gen_random_uuid()::text, '-', ''))
    ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;
  RETURN NULL;
END $$ LANGUAGE plpgsql
"""
_ON_STATEMENT = """
CREATE TRIGGER edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION {target}_changes()
"""
_STATEMENTS: dict[str, dict[str, list[str]]] = {
    "sqlite": {
        "once": [],
        "each": [*_sqlite("INSERT"), *_sqlite("UPDATE"), *_sqlite("DELETE")],
    },
    "postgresql": {
        "once": [_POSTGRESQL],
        "each": ["DROP TRIGGER IF EXISTS edition ON {table}", _ON_STATEMENT],
    },
}


def _after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    if router.allow_migrate_model(using, Edition):
        put_triggers_in_place(using)


def connect() -> None:
    """Put the triggers in place after every migration."""
    from django.apps import apps

    models.signals.post_migrate.connect(
        _after_migrate, sender=apps.get_app_config("lineage"), dispatch_uid="lineage.edition"
    )
