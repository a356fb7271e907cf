"""Every address. A path without a view that declares its audience is refused to everybody."""

from __future__ import annotations

from django.urls import path

from bangfu.web.views import (
    county,
    facts,
    find,
    handbook,
    pages,
    posts,
    record,
    signing,
    today,
    township,
    trace,
)
from bangfu.web.views import month as month_views

urlpatterns = [
    path("", signing.home, name="home"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("language", signing.language, name="language"),
    path("letters", signing.letters, name="letters"),
    path("today", today.today, name="today"),
    path("record", record.kinds, name="record"),
    path("record/<slug:kind_id>", record.record, name="record-kind"),
    path("find/<slug:kind_id>", find.find, name="find"),
    path("tray", pages.tray, name="tray"),
    path("month", month_views.month, name="month"),
    path("month/rows", month_views.rows, name="month-rows"),
    path("township", township.township, name="township"),
    path("township/rows", township.rows, name="duty-rows"),
    path("staffing", posts.staffing, name="staffing"),
    path("coverage", posts.coverage, name="coverage"),
    path("county", county.county, name="county"),
    path("figures", county.figures, name="figures"),
    path("trace/<str:target>", trace.trace, name="trace"),
    path("fact/<str:uid>", facts.fact, name="fact"),
    path("fact/<str:uid>/correct", facts.correct, name="correct"),
    path("fact/<str:uid>/void", facts.void, name="void"),
    path("handbook", handbook.handbook, name="handbook"),
    path("handbook/<slug:shape>/<slug:rule_id>", handbook.rule, name="rule"),
    path("about", pages.about, name="about"),
    path("feedback", pages.feedback, name="feedback"),
]
handler400 = "bangfu.web.views.pages.bad_request"
handler403 = "bangfu.web.views.pages.forbidden"
handler404 = "bangfu.web.views.pages.not_found"
handler500 = "bangfu.web.views.pages.broken"
