"""The application's configuration."""

from django.apps import AppConfig


class LineageConfig(AppConfig):
    """The record: its models, pages, admin and commands."""

    name = "lineage"
    verbose_name = "The record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lineage.models import derivation, edition, keeping

        derivation.connect()
        edition.connect()
        keeping.connect()
