"""The two groups of the desk: editors write drafts, publishers publish them."""

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations

RECORD = (
    "account",
    "affiliation",
    "changeevent",
    "citation",
    "countryperiod",
    "fact",
    "identifier",
    "link",
    "name",
    "organisation",
    "source",
    "succession",
    "waiver",
)
PUBLISHED = ("affiliation", "changeevent", "organisation")


def make_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    # Django makes permissions after all migrations have run; the groups want them now.
    config = apps.get_app_config("lineage")
    config.models_module = True
    create_contenttypes(config, verbosity=0, using=using, apps=apps)
    create_permissions(config, verbosity=0, using=using, apps=apps)
    config.models_module = None

    permissions = apps.get_model("auth", "Permission").objects.using(using)
    writing = permissions.filter(
        content_type__app_label="lineage",
        codename__in=[
            f"{verb}_{model}" for model in RECORD for verb in ("add", "change", "delete", "view")
        ],
    )
    publishing = permissions.filter(
        content_type__app_label="lineage",
        codename__in=[f"publish_{model}" for model in PUBLISHED],
    )
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, granted in (("Editor", [writing]), ("Publisher", [writing, publishing])):
        group, _made = groups.get_or_create(name=name)
        group.permissions.set([permission for some in granted for permission in some])


def remove_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=["Editor", "Publisher"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("lineage", "0001_the_record"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
