"""Say how to make the first account, where there is none."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Say how to make the first account of the admin, where there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        if not get_user_model().objects.filter(is_staff=True).exists():
            self.stdout.write(
                "There is no account for the editors' desk (/admin/) yet. To make the first one, "
                "run in another terminal:\n\n"
                "    .venv/bin/python manage.py createsuperuser\n\n"
                "Further accounts are made in the admin, in the groups Editor and Publisher."
            )
