"""What is printed under a drawing that leaves the site: whose record it is, and its licence."""

from __future__ import annotations

from django.conf import settings


def licence() -> str:
    """``"Lineage: the Trotskyist movement. The record is under CC BY 4.0."``"""
    name, _, version = settings.RECORD_LICENCE.rpartition("-")
    words = f"{name.replace('-', ' ', 1)} {version}".strip()
    return f"{settings.RECORD_TITLE}. The record is under {words}."
