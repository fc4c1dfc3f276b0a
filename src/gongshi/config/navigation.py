"""The frame around every page: left navigation, search and counts."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from gongshi.alerts.rules import Permission as Alerts
from gongshi.assessment.rules import Permission as Assessment
from gongshi.atlas.rules import Permission as Atlas
from gongshi.audit.rules import Permission as Audit
from gongshi.catalogue.rules import Permission as Catalogue
from gongshi.clients.rules import Permission as Clients
from gongshi.credentials.rules import Permission as Credentials
from gongshi.credentials.steps import days_to_warn_of
from gongshi.delivery.rules import Permission as Delivery
from gongshi.demand.rules import Permission as Demand
from gongshi.demo.accounts import ACCOUNTS, PASSWORD
from gongshi.demo.second_factors import code_to_show
from gongshi.grants.rules import Permission as Grants
from gongshi.identity.models import Person
from gongshi.identity.rules import Permission as Identity
from gongshi.kernel.authority import may
from gongshi.login.queries import why_login_ended
from gongshi.login.rules import Permission as Login
from gongshi.notices.queries import unread_count
from gongshi.parameters.rules import Permission as Parameters
from gongshi.quality.rules import Permission as Quality
from gongshi.rectification.rules import Permission as Rectification
from gongshi.viewing.rules import Permission as Viewing


@dataclass(frozen=True)
class Entry:
    """One line of the navigation; without a permission it is for everybody who is signed in.

    Of two entries for one page a person sees the first that is his. `also`: pages that stand under it,
    although their addresses do not.
    """

    label: str
    view: str
    icon: str
    permission: StrEnum | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    label: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "",
        (
            Entry("工作台", "oversight:workbench", "layout-dashboard"),
            Entry("点位一张图", "atlas:map", "map", Atlas.ReadMap),
        ),
    ),
    Group(
        "视频资源目录",
        (
            Entry("目录", "catalogue:cameras", "device-cctv", Catalogue.ReadCatalogue),
            Entry("编目提交", "catalogue:submit", "upload", Catalogue.CompileFor, ("catalogue:imports",)),
            Entry("批量编目", "catalogue:choose", "list-check", Catalogue.CompileFor),
            Entry("编目审核", "catalogue:submissions", "clipboard-check", Catalogue.ReviewSubmissions),
            Entry("编目批次", "catalogue:submissions", "clipboard-list", Catalogue.ReadSubmission),
            Entry("编目完整性", "catalogue:completeness", "clipboard-list", Catalogue.ReadScores),
            Entry("备案表", "catalogue:filings", "clipboard-check", Catalogue.ReadFiling),
            Entry("校验规则", "catalogue:checks", "checkbox", Catalogue.ReadChecks),
            Entry("质量考核", "quality:inspections", "activity", Quality.ReadInspections),
            Entry("检测计划", "quality:plans", "calendar", Quality.ReadPlans),
            Entry("考核评分", "assessment:scores", "chart-bar", Assessment.ReadScores),
            Entry("整改", "rectification:orders", "tool", Rectification.ReadOrders),
        ),
    ),
    Group(
        "业务事项需求",
        (
            Entry("业务事项库", "demand:items", "briefcase", Demand.ReadItems),
            Entry("点位需求清单", "atlas:lists", "list-details", Atlas.CreatePointList),
            Entry("需求申请", "demand:create", "send", Demand.DraftDemand),
            Entry("需求响应结果", "demand:demands", "file-text", Demand.ReadItems),
            Entry("事项工作流程", "demand:monitor", "route", Demand.ReadItems),
        ),
    ),
    Group(
        "审核中心",
        (
            Entry("数源确认", "demand:confirmations", "checkbox", Demand.ConfirmLane),
            Entry("大数据局审核", "demand:reviews", "gavel", Demand.ReviewLane),
            Entry("实施工单", "delivery:orders", "tool", Delivery.ReadWorkOrders),
        ),
    ),
    Group(
        "视频共享",
        (
            Entry("实时查看", "viewing:live", "player-play", Viewing.Watch),
            Entry("授权", "grants:grants", "key", Grants.ReadGrants),
            Entry("我的查看记录", "viewing:mine", "history", Viewing.Watch),
        ),
    ),
    Group(
        "系统管理",
        (
            Entry("部门", "identity:departments", "building-community", Identity.ReadPeople),
            Entry("账号", "identity:people", "users", Identity.ReadPeople),
            Entry("账号申请", "identity:proposals", "user-plus", Identity.ReadProposals),
            Entry("账号复核", "identity:reviews", "user-check", Identity.ReadReviews),
            Entry("锁定的账号", "credentials:locks", "lock", Credentials.ReadLocks),
            Entry("二次验证", "credentials:second_factors", "shield-lock", Credentials.ReadSecondFactors),
            Entry("承诺书", "credentials:undertakings", "writing-sign", Credentials.ReadUndertakings),
            Entry("承诺书签署", "credentials:acceptances", "writing-sign", Credentials.ReadAcceptances),
            Entry("在线登录", "login:live", "login", Login.ReadLogins),
            Entry("接入方", "clients:clients", "link", Clients.ReadClients),
            Entry("媒体节点", "viewing:nodes", "server", Viewing.ManageNodes),
            Entry("参数", "parameters:list", "settings", Parameters.ReadParameters),
        ),
    ),
    Group(
        "安全审计",
        (
            Entry("审计日志", "audit:events", "activity", Audit.ReadEvents),
            Entry("信息调用登记", "audit:register", "eye", Audit.ReadRegister),
            Entry("封条与校验", "audit:seals", "shield-lock", Audit.ReadSeals),
            Entry("告警", "alerts:alerts", "alert-triangle", Alerts.ReadAlerts),
            Entry("审计归档", "audit:bundles", "folder", Audit.ExportRecord),
        ),
    ),
)


def frame(request: HttpRequest) -> dict[str, object]:
    """Template context: `navigation` with what this person may use; before login the demo accounts."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return _at_the_door(request)
    # A table in a page is given this context, too, and shows nothing of it.
    return {"navigation": SimpleLazyObject(partial(_navigation, request, person))}


def _navigation(request: HttpRequest, person: Person) -> dict[str, object]:
    return {
        "groups": _groups(request, person),
        "folded": request.COOKIES.get("nav") == "folded",
        "search_url": reverse("catalogue:cameras") if may(person, Catalogue.ReadCatalogue) else "",
        "notices_url": reverse("notices:list"),
        "login_state_url": reverse("api:session_current"),
        "own_logins_url": reverse("login:mine"),
        "unread": unread_count(person),
        "password_days": days_to_warn_of(request),
    }


def _at_the_door(request: HttpRequest) -> dict[str, object]:
    """What strangers are shown: why they are out, single sign-on, and in a demonstration how to come in."""
    # Asked of the database by the template that shows it, and by no other.
    context: dict[str, object] = {"why_login_ended": partial(why_login_ended, request)}
    if settings.SOCIALACCOUNT_PROVIDERS:
        context["single_sign_on"] = settings.ENVIRONMENT.oidc_name
    if settings.ENVIRONMENT.demo:
        stage = getattr(request, "_login_stage", None)
        context |= {
            "demo_accounts": ACCOUNTS,
            "demo_password": PASSWORD,
            "demo_code": code_to_show(stage.login.user) if stage else None,
        }
    return context


@dataclass(frozen=True)
class Shown:
    """An entry as this person sees it; `active` when the page is the entry's own or one below it."""

    label: str
    url: str
    icon: str
    active: bool


def _groups(request: HttpRequest, person: Person) -> list[tuple[str, list[Shown]]]:
    """Headings with their entries, without empty groups."""
    mine = {group.label: _entries_of(group, person) for group in GROUPS}
    places = {
        place: url
        for entries in mine.values()
        for url, entry in entries.items()
        for place in (url, *map(reverse, entry.also))
    }
    here = places.get(_here(request.path, list(places)))
    return [
        (label, [Shown(entry.label, url, entry.icon, url == here) for url, entry in entries.items()])
        for label, entries in mine.items()
        if entries
    ]


def _entries_of(group: Group, person: Person) -> dict[str, Entry]:
    """Address → entry, of those that this person may use."""
    entries: dict[str, Entry] = {}
    for entry in group.entries:
        if entry.permission is None or may(person, entry.permission):
            entries.setdefault(reverse(entry.view), entry)
    return entries


def _here(path: str, urls: list[str]) -> str:
    """The entry under which a page stands: the longest address that the page's own begins with."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default="")
