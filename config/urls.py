"""The addresses of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("lineage.urls")),
]

handler400 = "lineage.views.answers.bad_request"
handler403 = "lineage.views.answers.forbidden"
handler404 = "lineage.views.answers.not_found"
handler500 = "lineage.views.answers.failed"
