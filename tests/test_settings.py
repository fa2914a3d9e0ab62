"""The settings, read by a process of its own: safe on loopback when nothing is said, and in
production unwilling to start on anything unsafe or missing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEY = "k3!v9-Qw7zR2pLm8XsT4yUe6HjN1cBf5GdA0oIiEaSrVxWq+Zt"
PRODUCTION = {
    "LINEAGE_ENV": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "lineage.example.org,.example.net",
    "DATABASE_URL": "sqlite:///nowhere.sqlite3",
}
SHOW = """
import json
from config import settings
print(json.dumps({name: getattr(settings, name, None) for name in %r}))
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with this environment and no other."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settings(*names: str, **environment: str) -> dict[str, object]:
    """The settings of those names in this environment."""
    process = run("-c", SHOW % (names,), **environment)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def refusal(**environment: str) -> str:
    """What a production site that does not start says last."""
    process = run("manage.py", "check", **environment)
    assert process.returncode != 0
    return process.stderr.strip().splitlines()[-1].partition("ImproperlyConfigured: ")[2]


def without(name: str) -> dict[str, str]:
    return {one: value for one, value in PRODUCTION.items() if one != name}


def test_an_empty_environment_is_a_development_site_on_loopback():
    shown = settings("DEBUG", "PRODUCTION", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASES")
    database = shown.pop("DATABASES")["default"]
    assert shown == {
        "DEBUG": False,
        "PRODUCTION": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "CSRF_TRUSTED_ORIGINS": [],
    }
    assert (database["ENGINE"], database["NAME"]) == (
        "django.db.backends.sqlite3",
        str(ROOT / "lineage.sqlite3"),
    )


def test_an_empty_environment_passes_the_checks():
    process = run("manage.py", "check")
    assert (process.returncode, process.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


def test_debugging_is_asked_for_and_production_never_debugs():
    assert settings("DEBUG", DEBUG="1") == {"DEBUG": True}
    assert settings("DEBUG", DEBUG="true") == {"DEBUG": False}
    assert settings("DEBUG", DEBUG="1", **PRODUCTION) == {"DEBUG": False}


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            without("SECRET_KEY"),
            (
                "SECRET_KEY is not set. In production it must hold a random text of 50 characters "
                "or more."
            ),
        ),
        (
            PRODUCTION | {"SECRET_KEY": KEY[:49]},
            (
                "SECRET_KEY can be guessed; set it to a random text of 50 characters or more, such "
                "as python -c 'import secrets; print(secrets.token_urlsafe(50))' prints."
            ),
        ),
        (
            PRODUCTION | {"SECRET_KEY": "abcd" * 20},
            (
                "SECRET_KEY can be guessed; set it to a random text of 50 characters or more, such "
                "as python -c 'import secrets; print(secrets.token_urlsafe(50))' prints."
            ),
        ),
        (
            without("ALLOWED_HOSTS"),
            (
                "ALLOWED_HOSTS is not set. In production it must hold the host names of the site, "
                "comma-separated."
            ),
        ),
        (
            PRODUCTION | {"ALLOWED_HOSTS": "lineage.example.org, *"},
            (
                "ALLOWED_HOSTS names no host, or every host ('*'); name those of the site instead, "
                "such as lineage.example.org."
            ),
        ),
        (
            PRODUCTION | {"ALLOWED_HOSTS": " , "},
            (
                "ALLOWED_HOSTS names no host, or every host ('*'); name those of the site instead, "
                "such as lineage.example.org."
            ),
        ),
        (
            without("DATABASE_URL"),
            (
                "DATABASE_URL is not set. In production it must hold the address of the database, "
                "such as postgres://user@host/name."
            ),
        ),
        (
            PRODUCTION | {"LINEAGE_ENV": "prod"},
            "LINEAGE_ENV is 'prod'; write 'production', or leave it out for development.",
        ),
        (
            {"LINEAGE_ENV": ""},
            "LINEAGE_ENV is ''; write 'production', or leave it out for development.",
        ),
    ],
    ids=[
        "no secret key",
        "a short secret key",
        "a secret key of four letters",
        "no hosts",
        "every host",
        "hosts without a name",
        "no database",
        "an unknown environment",
        "an empty environment name",
    ],
)
def test_production_does_not_start_without_what_it_needs(environment, said):
    assert refusal(**environment) == said


def test_production_with_all_it_needs_passes_the_checks_for_deployment():
    process = run("manage.py", "check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert (process.returncode, process.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    ), process.stderr


def test_files_are_collected_for_production_alone():
    told = "from config import settings; print(settings.STATIC_ROOT)"
    assert run("-c", told).stdout == "None\n"
    assert run("-c", told, **PRODUCTION).stdout == f"{ROOT / 'staticfiles'}\n"


def test_production_keeps_its_cookies_and_pages_on_https():
    shown = settings(
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        **PRODUCTION,
    )
    assert shown == {
        "ALLOWED_HOSTS": ["lineage.example.org", ".example.net"],
        "CSRF_TRUSTED_ORIGINS": ["https://lineage.example.org", "https://*.example.net"],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }


def test_the_header_of_a_proxy_is_trusted_only_where_that_is_asked_for():
    name = "SECURE_PROXY_SSL_HEADER"
    assert settings(name, **PRODUCTION) == {name: None}
    assert settings(name, TRUST_PROXY_HEADER="yes", **PRODUCTION) == {name: None}
    assert settings(name, TRUST_PROXY_HEADER="1", **PRODUCTION) == {
        name: ["HTTP_X_FORWARDED_PROTO", "https"]
    }
    assert settings(name, TRUST_PROXY_HEADER="1") == {name: None}
