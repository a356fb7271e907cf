"""Every address. A path without a view that declares its audience is refused to everybody."""

from __future__ import annotations

from django.urls import path

from bangfu.web.api.addresses import api_patterns
from bangfu.web.views import (
    branches,
    county,
    desk,
    desk_accounts,
    desk_forms,
    desk_handover,
    disclosure,
    erasing,
    facts,
    find,
    handbook,
    pages,
    posts,
    record,
    signing,
    signing_account,
    today,
    township,
    trace,
    upkeep,
)
from bangfu.web.views import month as month_views

urlpatterns = [
    path("", signing.home, name="home"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-in/code", signing.code, name="code"),
    path("account", signing_account.account, name="account"),
    path("account/second-factor", signing_account.enrol, name="second-factor"),
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
    path("township/export", disclosure.export, name="export"),
    path("audit", disclosure.audit, name="audit"),
    path("audit/amended", disclosure.amended, name="amended"),
    path("branches", branches.branches, name="branches"),
    path("branches/<str:uid>", branches.branch, name="branch"),
    path("staffing", posts.staffing, name="staffing"),
    path("coverage", posts.coverage, name="coverage"),
    path("county", county.county, name="county"),
    path("figures", county.figures, name="figures"),
    path("trace/<str:target>", trace.trace, name="trace"),
    path("fact/<str:uid>", facts.fact, name="fact"),
    path("fact/<str:uid>/correct", facts.correct, name="correct"),
    path("fact/<str:uid>/void", facts.void, name="void"),
    path("fact/<str:uid>/reveal/<slug:field>", disclosure.reveal, name="reveal"),
    path("desk", desk.desk, name="desk"),
    path("desk/find", desk.find, name="desk-find"),
    path("desk/of/<str:uid>", desk.subject, name="desk-subject"),
    path("desk/new/<str:kind_id>", desk_forms.new, name="desk-new"),
    path("desk/of/<str:uid>/erase", erasing.erase, name="desk-erase"),
    path("desk/of/<str:uid>/<str:kind_id>", desk_forms.about, name="desk-about"),
    path("desk/correct/<str:uid>", desk_forms.correct, name="desk-correct"),
    path("desk/choose/<str:kind_id>", desk_forms.choose, name="desk-choose"),
    path("desk/handover", desk_handover.handover, name="desk-handover"),
    path("desk/accounts", desk_accounts.accounts, name="accounts"),
    path("upkeep", upkeep.upkeep, name="upkeep"),
    path("desk/accounts/log", desk_accounts.log, name="account-log"),
    path("handbook", handbook.handbook, name="handbook"),
    path("handbook/<slug:shape>/<slug:rule_id>", handbook.rule, name="rule"),
    path("about", pages.about, name="about"),
    path("feedback", pages.feedback, name="feedback"),
    *api_patterns,
]
handler400 = "bangfu.web.views.pages.bad_request"
handler403 = "bangfu.web.views.pages.forbidden"
handler404 = "bangfu.web.views.pages.not_found"
handler500 = "bangfu.web.views.pages.broken"
