"""Django's ``loaddata``, for fixtures of the record in any order of files.

Django saves a row that points to one of a later file at once, with the reference left empty, and
again when the reference is known. A succession without its bodies can't be saved, so here a row
with open references waits until all files are read. Natural keys are looked up in memory, and
families derived once, at the end.
"""

from typing import Any

from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject

from lineage.exchange.collector import uncollected
from lineage.models import Citation
from lineage.models.derivation import together
from lineage.models.natural_keys import in_memory


class Command(loaddata.Command):
    """Installs fixtures; rows of the record with forward references are saved last."""

    def loaddata(self, fixture_labels: Any) -> None:
        with together(), in_memory(), uncollected():
            super().loaddata(fixture_labels)

    def save_obj(self, obj: DeserializedObject) -> bool:
        waits = obj.deferred_fields and obj.object._meta.app_label == "lineage"
        if not waits:
            return super().save_obj(obj)
        self.models.add(type(obj.object))
        self.objs_with_deferred_fields.append(obj)
        return True

    def load_label(self, fixture_label: Any) -> None:
        super().load_label(fixture_label)
        # What is cited before what cites it, whichever file they came from.
        self.objs_with_deferred_fields.sort(key=lambda obj: isinstance(obj.object, Citation))
