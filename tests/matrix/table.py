"""Who gets what: every address, every method. Whoever does not stand in a cell is refused.

`X.asking` are those of X who work in the department whose demand, items and grants the prepared things are,
`X.source` those of the department whose cameras they ask for (`people.py`, `city.py`).
"""

from typing import Final

from tests.matrix.people import (
    AUDIT,
    BUREAUS,
    BUSINESS,
    EVERYBODY,
    HEADS,
    NAMED,
    NOBODY,
    OPERATORS,
    REVIEWERS,
    SECURITY,
    SPECIALISTS,
    SYSTEM,
    VIEWERS,
    WHOEVER,
    People,
)

Row = dict[str, People]


def reads(people: People) -> Row:
    return {"GET": people}


def acts(people: People) -> Row:
    """A button, or an operation of the interface."""
    return {"POST": people}


def edits(people: People) -> Row:
    return {"PUT": people}


def keeps(people: People) -> Row:
    """Changes a thing, and takes it away."""
    return {"PATCH": people, "DELETE": people}


def fills_in(people: People, *, sends: People | None = None) -> Row:
    """A page with a form; `sends` where not everybody who sees it may send it."""
    return {"GET": people, "POST": people if sends is None else sends}


ADMINISTRATORS = SYSTEM | SECURITY | AUDIT
WATCHERS_OF_SAFETY = SECURITY | AUDIT
KEEP_OR_READ_ACCOUNTS = ADMINISTRATORS | SPECIALISTS
SEE_THE_DEMAND = BUSINESS.asking | BUREAUS | OPERATORS
SEE_THE_GRANT = SEE_THE_DEMAND | BUSINESS.source
SEE_THE_ORDER = SPECIALISTS.asking | VIEWERS.asking | BUREAUS | OPERATORS
READ_SCORES = SPECIALISTS | REVIEWERS | HEADS | BUREAUS
READ_FILINGS = SPECIALISTS | HEADS | BUREAUS
READ_THE_FILING = SPECIALISTS.source | HEADS.source | BUREAUS
SEE_THE_RECTIFICATION = BUSINESS.source | BUREAUS | OPERATORS
SEE_THE_PICTURE = BUSINESS.source | BUREAUS
SEE_THE_INSPECTION = SEE_THE_PICTURE | OPERATORS
KEEP_WATCH = BUREAUS | OPERATORS
READ_THE_REGISTER = SPECIALISTS | REVIEWERS | HEADS | BUREAUS | AUDIT
MAY_DO_WITHOUT_A_SECOND_FACTOR = VIEWERS | HEADS

PAGES: Final[dict[str, Row]] = {
    "": reads(EVERYBODY),
    "healthz": reads(WHOEVER),
    "readyz": reads(WHOEVER),
    # A media node has a password of its own.
    "media-hooks/<slug:event>": acts(NOBODY),
    "account/code/": fills_in(EVERYBODY),
    "account/login/": fills_in(WHOEVER),
    "account/logout/": fills_in(EVERYBODY),
    "account/password/": fills_in(EVERYBODY),
    "account/second-factor/": reads(EVERYBODY),
    "account/second-factor/new/": fills_in(EVERYBODY),
    "account/second-factor/recovery-codes/": fills_in(EVERYBODY),
    "account/second-factor/removal/": fills_in(EVERYBODY, sends=MAY_DO_WITHOUT_A_SECOND_FACTOR),
    "account/undertaking/": fills_in(EVERYBODY),
    "account/locks/": reads(WATCHERS_OF_SAFETY),
    "account/locks/<int:pk>/lift/": fills_in(SECURITY),
    "account/passwords/<slug:account>/reset/": fills_in(SECURITY),
    "account/second-factors/": reads(WATCHERS_OF_SAFETY),
    "account/second-factors/<slug:account>/reset/": fills_in(SECURITY),
    "account/undertakings/": reads(WATCHERS_OF_SAFETY),
    "account/undertakings/acceptances/": reads(WATCHERS_OF_SAFETY | SPECIALISTS),
    "account/undertakings/new/": fills_in(SECURITY),
    "alerts/": reads(WATCHERS_OF_SAFETY),
    "alerts/<int:pk>/": reads(WATCHERS_OF_SAFETY),
    "alerts/<int:pk>/taking/": acts(SECURITY),
    # Who took it over goes on with it.
    "alerts/<int:pk>/question/": fills_in(SECURITY, sends=SECURITY.asking),
    "alerts/<int:pk>/conclusion/": fills_in(SECURITY, sends=SECURITY.asking),
    "alerts/<int:pk>/reopening/": fills_in(SECURITY),
    "alerts/mine/": reads(EVERYBODY),
    "alerts/mine/<int:pk>/": fills_in(NAMED),
    "assessment/": reads(BUSINESS),
    "atlas/": reads(BUSINESS),
    "atlas/lists/": reads(BUSINESS),
    "atlas/lists/<int:pk>/": reads(BUSINESS.asking),
    "audit/bundles/": reads(AUDIT),
    "audit/bundles/new/": fills_in(AUDIT),
    "audit/bundles/<int:bundle_id>/": fills_in(AUDIT),
    "audit/bundles/<int:bundle_id>/file/": reads(AUDIT),
    "audit/events/": reads(AUDIT),
    "audit/events/<int:event_id>/": reads(AUDIT),
    "audit/register/": reads(READ_THE_REGISTER),
    "audit/register/sheet/": reads(READ_THE_REGISTER),
    "audit/seals/": reads(AUDIT),
    "audit/verifications/new/": fills_in(AUDIT),
    "audit/verifications/<int:verification_id>/": reads(AUDIT),
    "catalogue/": reads(BUSINESS),
    "catalogue/cameras/<slug:code>/": reads(BUSINESS),
    "catalogue/cameras/<slug:code>/edit/": fills_in(SPECIALISTS.source),
    # A draft is its compiler's own business.
    "catalogue/cameras/<slug:code>/history/": reads(BUSINESS),
    "catalogue/cameras/<slug:code>/withdrawal/": fills_in(SPECIALISTS.source),
    "catalogue/bulk/": reads(SPECIALISTS | BUREAUS),
    "catalogue/bulk/edit/": fills_in(SPECIALISTS | BUREAUS),
    "catalogue/bulk/withdrawal/": fills_in(SPECIALISTS | BUREAUS),
    "catalogue/checks/": reads(SPECIALISTS | BUREAUS | REVIEWERS | SYSTEM),
    "catalogue/checks/scheme/": fills_in(REVIEWERS | SYSTEM),
    "catalogue/changes/<int:pk>/": fills_in(SPECIALISTS.source),
    "catalogue/changes/<int:pk>/drop/": acts(SPECIALISTS.source),
    "catalogue/compile/": fills_in(SPECIALISTS | BUREAUS),
    "catalogue/completeness/": reads(READ_SCORES),
    "catalogue/completeness/weights/": reads(READ_SCORES),
    "catalogue/completeness/weights/<slug:key>/": fills_in(BUREAUS),
    "catalogue/filings/": reads(READ_FILINGS),
    "catalogue/filings/<slug:code>/": reads(READ_THE_FILING),
    "catalogue/filings/<slug:code>/record/": fills_in(SPECIALISTS.source),
    "catalogue/filings/<slug:code>/sheet.xlsx": reads(READ_THE_FILING),
    "catalogue/imports/": reads(SPECIALISTS | BUREAUS),
    # Of the departments for which one compiles; what was uploaded is the uploader's own business.
    "catalogue/imports/<int:pk>/": reads(SPECIALISTS.source),
    "catalogue/imports/<int:pk>/columns/": fills_in(SPECIALISTS.source),
    "catalogue/imports/<int:pk>/confirmation/": fills_in(SPECIALISTS.source),
    "catalogue/imports/<int:pk>/copy/": reads(SPECIALISTS.source),
    "catalogue/imports/<int:pk>/giving-up/": acts(SPECIALISTS.source),
    "catalogue/submissions/": reads(SPECIALISTS | BUREAUS),
    "catalogue/submissions/<int:pk>/": reads(SPECIALISTS.source | BUREAUS),
    "catalogue/submissions/<int:pk>/decide/": fills_in(BUREAUS),
    "catalogue/submissions/<int:pk>/hand-in/": fills_in(SPECIALISTS.source),
    # The bureau for departments without a specialist.
    "catalogue/submit/": fills_in(SPECIALISTS | BUREAUS),
    "catalogue/submit/template.xlsx": reads(SPECIALISTS | BUREAUS),
    "clients/": reads(WATCHERS_OF_SAFETY),
    "clients/new/": fills_in(SECURITY),
    "clients/<int:pk>/": reads(WATCHERS_OF_SAFETY),
    "clients/<int:pk>/ending/": fills_in(SECURITY),
    "clients/<int:pk>/resumption/": acts(SECURITY),
    "clients/<int:pk>/secret/": fills_in(SECURITY),
    "clients/<int:pk>/suspension/": fills_in(SECURITY),
    "clients/<int:pk>/terms/": fills_in(SECURITY),
    "demands/": reads(BUSINESS),
    "demands/<int:pk>/": reads(SEE_THE_DEMAND),
    # A draft stays at home.
    "demands/<int:pk>/edit/": fills_in(SPECIALISTS.asking),
    "demands/<int:pk>/lines/": reads(SEE_THE_DEMAND),
    "demands/<int:pk>/phone/": fills_in(SEE_THE_DEMAND),
    "demands/<int:pk>/withdrawal/": fills_in(SPECIALISTS.asking),
    "demands/confirmations/": reads(REVIEWERS | BUREAUS),
    "demands/confirmations/<int:pk>/": fills_in(REVIEWERS.source),
    # Empty for who has no lists.
    "demands/forecast/": reads(EVERYBODY),
    "demands/monitor/": reads(BUSINESS),
    "demands/new/": fills_in(SPECIALISTS),
    "demands/reviews/": reads(BUREAUS),
    "demands/reviews/<int:pk>/": fills_in(BUREAUS),
    "grants/": reads(BUSINESS),
    "grants/<int:pk>/": fills_in(SEE_THE_GRANT, sends=SPECIALISTS.source | REVIEWERS.source | BUREAUS),
    "items/": reads(BUSINESS),
    "items/categories/": reads(BUSINESS),
    "items/categories/new/": fills_in(SPECIALISTS),
    "items/new/": fills_in(SPECIALISTS),
    "notices/": reads(EVERYBODY),
    "notices/read/": acts(EVERYBODY),
    "parameters/": reads(SYSTEM | AUDIT),
    "parameters/<str:key>/": fills_in(SYSTEM),
    "parameters/changes/": reads(SYSTEM | AUDIT),
    "people/": reads(KEEP_OR_READ_ACCOUNTS),
    "people/new/": fills_in(SECURITY),
    "people/<int:pk>/": reads(ADMINISTRATORS | SPECIALISTS.asking),
    "people/<int:pk>/edit/": fills_in(SECURITY | SPECIALISTS.asking),
    "people/<int:pk>/lock/": fills_in(SECURITY),
    "people/<int:pk>/phone/": fills_in(SECURITY | SPECIALISTS.asking),
    "people/<int:pk>/propose/<slug:kind>/": fills_in(SPECIALISTS.asking),
    "people/<int:pk>/unlock/": fills_in(SECURITY),
    "people/departments/": reads(KEEP_OR_READ_ACCOUNTS),
    "people/departments/import/": fills_in(SYSTEM),
    "people/departments/new/": fills_in(SYSTEM),
    "people/departments/template/": reads(SYSTEM),
    "people/departments/tree/": reads(KEEP_OR_READ_ACCOUNTS),
    "people/departments/<int:pk>/": reads(KEEP_OR_READ_ACCOUNTS),
    "people/departments/<int:pk>/edit/": fills_in(SYSTEM),
    "people/departments/<int:pk>/head/": fills_in(SYSTEM),
    "people/departments/<int:pk>/merger/": fills_in(SYSTEM),
    "people/proposals/": reads(KEEP_OR_READ_ACCOUNTS),
    "people/proposals/import/": fills_in(SPECIALISTS),
    # A specialist for people of his department, an administrator for another administrator.
    "people/proposals/new/": fills_in(KEEP_OR_READ_ACCOUNTS),
    "people/proposals/template/": reads(SPECIALISTS),
    "people/proposals/<str:number>/": fills_in(ADMINISTRATORS | SPECIALISTS.asking, sends=SECURITY),
    "people/proposals/<str:number>/withdrawal/": fills_in(
        ADMINISTRATORS | SPECIALISTS.asking, sends=SPECIALISTS.asking
    ),
    "people/reviews/": reads(KEEP_OR_READ_ACCOUNTS),
    "people/reviews/<int:pk>/": fills_in(
        ADMINISTRATORS | SPECIALISTS.asking, sends=SECURITY | SPECIALISTS.asking
    ),
    # Empty for who has no cameras.
    "quality/": reads(BUSINESS),
    "quality/cameras/<slug:code>/inspection/": acts(KEEP_WATCH),
    "quality/inspections/new/": fills_in(KEEP_WATCH),
    "quality/inspections/<int:pk>/": reads(SEE_THE_INSPECTION),
    "quality/inspections/<int:pk>/thumbnail/": reads(SEE_THE_PICTURE),
    "quality/plans/": reads(KEEP_WATCH),
    "quality/plans/new/": fills_in(BUREAUS),
    "quality/plans/<int:pk>/": reads(KEEP_WATCH),
    "quality/plans/<int:pk>/edit/": fills_in(BUREAUS),
    "quality/plans/<int:pk>/run/": acts(KEEP_WATCH),
    "quality/runs/": reads(KEEP_WATCH),
    "quality/runs/<int:pk>/": reads(KEEP_WATCH),
    "rectification/": reads(BUSINESS),
    "rectification/cameras/<slug:code>/": fills_in(BUREAUS),
    "rectification/<slug:number>/": reads(SEE_THE_RECTIFICATION),
    "rectification/<slug:number>/answer/": fills_in(SPECIALISTS.source),
    "rectification/<slug:number>/closing/": fills_in(BUREAUS),
    "saved-filters/": reads(EVERYBODY),
    # Whoever saved it; one that is shared is tidied up by the department's specialist, too.
    "saved-filters/<int:pk>/": fills_in(NAMED),
    "saved-filters/<int:pk>/removal/": fills_in(NAMED | SPECIALISTS.asking),
    "saved-filters/new/": acts(EVERYBODY),
    "sessions/": reads(SECURITY),
    "sessions/<int:pk>/end/": fills_in(SECURITY),
    "sessions/mine/": reads(EVERYBODY),
    "sessions/mine/failed/": reads(EVERYBODY),
    "sessions/networks/": reads(SECURITY),
    "sessions/networks/<int:pk>/withdraw/": fills_in(SECURITY),
    "sessions/networks/new/": fills_in(SECURITY),
    "viewing/": reads(BUSINESS),
    "viewing/mine/": reads(BUSINESS),
    "viewing/nodes/": reads(SYSTEM),
    "work-orders/": reads(OPERATORS | BUREAUS),
    # The operator who claimed it carries it out.
    "work-orders/<int:pk>/": fills_in(SEE_THE_ORDER, sends=OPERATORS.bureau),
    "work-orders/<int:pk>/claim/": acts(OPERATORS),
    "work-orders/<int:pk>/feedback/": acts(SPECIALISTS.asking | VIEWERS.asking),
    "work-orders/<int:pk>/lanes/<int:lane_pk>/acceptance/": acts(BUREAUS),
}

OPERATIONS: Final[dict[str, Row]] = {
    # Ninja's root: not found.
    "": reads(NOBODY),
    "docs": reads(EVERYBODY),
    "openapi.json": reads(EVERYBODY),
    "alerts": reads(WATCHERS_OF_SAFETY),
    "alerts/<int:alert_id>": reads(WATCHERS_OF_SAFETY),
    "alerts/<int:alert_id>/taking": acts(SECURITY),
    "alerts/<int:alert_id>/question": acts(SECURITY.asking),
    "alerts/<int:alert_id>/conclusion": acts(SECURITY.asking),
    "alerts/<int:alert_id>/reopening": acts(SECURITY),
    "alerts/mine": reads(EVERYBODY),
    "alerts/mine/<int:alert_id>/explanation": acts(NAMED),
    "assessment/aims": reads(BUSINESS),
    "assessment/scores": reads(BUSINESS),
    "atlas/borders": reads(BUSINESS),
    "atlas/cameras/<int:camera_id>": reads(BUSINESS),
    "atlas/lists": reads(BUSINESS) | acts(BUSINESS),
    "atlas/lists/<int:list_id>": reads(BUSINESS.asking) | keeps(BUSINESS.asking),
    "atlas/lists/<int:list_id>/file": reads(BUSINESS.asking),
    "atlas/lists/<int:list_id>/points": acts(BUSINESS.asking),
    "atlas/codes": acts(BUSINESS),
    "atlas/codes/file": acts(BUSINESS),
    "atlas/facets": reads(BUSINESS),
    "atlas/rows": reads(BUSINESS),
    "atlas/select": acts(BUSINESS),
    "atlas/setup": reads(BUSINESS),
    "atlas/viewport": reads(BUSINESS),
    "atlas/summary": acts(BUSINESS),
    "audit/bundles": reads(AUDIT) | acts(AUDIT),
    "audit/bundles/<int:bundle_id>": reads(AUDIT),
    "audit/bundles/<int:bundle_id>/confirmation": acts(AUDIT),
    "audit/bundles/<int:bundle_id>/file": reads(AUDIT),
    "audit/events": reads(AUDIT),
    "audit/events/<int:event_id>": reads(AUDIT),
    "audit/register": reads(READ_THE_REGISTER),
    "audit/register/sheet": reads(READ_THE_REGISTER),
    "audit/sealing": reads(AUDIT),
    "audit/seals": reads(AUDIT),
    "audit/verifications": reads(AUDIT) | acts(AUDIT),
    "audit/verifications/<int:verification_id>": reads(AUDIT),
    "catalogue/cameras": reads(BUSINESS),
    "catalogue/export/cameras": reads(BUSINESS),
    "catalogue/completeness": reads(READ_SCORES),
    "catalogue/completeness/weights": reads(READ_SCORES),
    "catalogue/completeness/weights/<key>": edits(BUREAUS),
    "catalogue/filings": reads(READ_FILINGS),
    "catalogue/filings/<code>": reads(READ_THE_FILING) | acts(SPECIALISTS.source),
    "catalogue/filings/<code>/points": reads(READ_THE_FILING),
    "catalogue/filings/<code>/sheet": reads(READ_THE_FILING),
    "catalogue/cameras/<camera_id>": reads(BUSINESS),
    "catalogue/cameras/<camera_id>/history": reads(BUSINESS),
    "catalogue/bulk-edits": acts(SPECIALISTS | BUREAUS),
    "catalogue/withdrawals": acts(SPECIALISTS | BUREAUS),
    "catalogue/checks": reads(SPECIALISTS | BUREAUS | REVIEWERS | SYSTEM),
    "catalogue/code-schemes": reads(SPECIALISTS | BUREAUS | REVIEWERS | SYSTEM),
    "catalogue/code-schemes/<department_id>": edits(REVIEWERS.source | SYSTEM),
    "catalogue/changes": acts(SPECIALISTS | BUREAUS),
    "catalogue/changes/<change_id>/removal": acts(SPECIALISTS.source),
    "catalogue/imports": reads(SPECIALISTS | BUREAUS) | acts(SPECIALISTS | BUREAUS),
    "catalogue/imports/<import_id>": reads(SPECIALISTS.source),
    "catalogue/imports/<import_id>/columns": edits(SPECIALISTS.source),
    "catalogue/imports/<import_id>/confirmation": acts(SPECIALISTS.source),
    "catalogue/imports/<import_id>/copy": reads(SPECIALISTS.source),
    "catalogue/imports/<import_id>/giving-up": acts(SPECIALISTS.source),
    "catalogue/imports/<import_id>/rows": reads(SPECIALISTS.source),
    "catalogue/submissions": reads(SPECIALISTS | BUREAUS) | acts(SPECIALISTS | BUREAUS),
    "catalogue/submissions/<submission_id>": reads(SPECIALISTS.source | BUREAUS),
    "catalogue/submissions/<submission_id>/decision": acts(BUREAUS),
    "catalogue/submissions/<submission_id>/handing-in": acts(SPECIALISTS.source),
    "catalogue/submissions/<submission_id>/publishing": reads(SPECIALISTS.source | BUREAUS),
    # Lists of the own department, empty for who has no part in the business.
    "categories": reads(EVERYBODY) | acts(SPECIALISTS),
    "clients": reads(WATCHERS_OF_SAFETY) | acts(SECURITY),
    "clients/<int:client_pk>": reads(WATCHERS_OF_SAFETY) | edits(SECURITY),
    "clients/<int:client_pk>/ending": acts(SECURITY),
    "clients/<int:client_pk>/resumption": acts(SECURITY),
    "clients/<int:client_pk>/secret": acts(SECURITY),
    "clients/<int:client_pk>/suspension": acts(SECURITY),
    "credentials/acceptances": reads(WATCHERS_OF_SAFETY | SPECIALISTS),
    "credentials/locks": reads(WATCHERS_OF_SAFETY),
    "credentials/locks/<lock_id>/lift": acts(SECURITY),
    "credentials/password": acts(EVERYBODY),
    "credentials/passwords/<account>/reset": acts(SECURITY),
    "credentials/second-factor": reads(EVERYBODY) | acts(EVERYBODY),
    "credentials/second-factor/proposal": acts(EVERYBODY),
    "credentials/second-factor/recovery-codes": acts(EVERYBODY),
    "credentials/second-factor/removal": acts(MAY_DO_WITHOUT_A_SECOND_FACTOR),
    "credentials/second-factors": reads(WATCHERS_OF_SAFETY),
    "credentials/second-factors/<account>/reset": acts(SECURITY),
    "credentials/step": reads(EVERYBODY),
    "credentials/undertaking": reads(EVERYBODY) | acts(EVERYBODY),
    "credentials/undertakings": reads(WATCHERS_OF_SAFETY) | acts(SECURITY),
    "demands": reads(EVERYBODY) | acts(SPECIALISTS),
    "demands/<demand_id>": reads(BUSINESS.asking) | edits(SPECIALISTS.asking),
    "demands/<demand_id>/phone": acts(SEE_THE_DEMAND),
    "demands/<demand_id>/submission": acts(SPECIALISTS.asking),
    "demands/<demand_id>/withdrawal": acts(SPECIALISTS.asking),
    "grants": reads(BUSINESS),
    "grants/<int:grant_id>": reads(SEE_THE_GRANT),
    "grants/<int:grant_id>/revocation": acts(SPECIALISTS.source | REVIEWERS.source | BUREAUS),
    "items": reads(EVERYBODY) | acts(SPECIALISTS),
    "lanes/<lane_id>/confirmation": acts(REVIEWERS.source),
    "lanes/<lane_id>/review": acts(BUREAUS),
    "parameters": reads(SYSTEM | AUDIT),
    "parameters/<str:key>": edits(SYSTEM),
    "parameters/changes": reads(SYSTEM | AUDIT),
    "people": reads(KEEP_OR_READ_ACCOUNTS) | acts(SECURITY),
    "people/<int:person_id>": reads(ADMINISTRATORS | SPECIALISTS.asking)
    | edits(SECURITY | SPECIALISTS.asking),
    "people/<int:person_id>/lock": acts(SECURITY),
    "people/<int:person_id>/phone": acts(SECURITY | SPECIALISTS.asking),
    "people/<int:person_id>/proposals": acts(SPECIALISTS.asking),
    "people/<int:person_id>/unlock": acts(SECURITY),
    "people/colleagues": reads(EVERYBODY),
    "people/departments": reads(EVERYBODY) | acts(SYSTEM),
    "people/departments/<code>": reads(KEEP_OR_READ_ACCOUNTS) | edits(SYSTEM),
    "people/departments/<code>/head": acts(SYSTEM),
    "people/departments/<code>/merger": acts(SYSTEM),
    "people/departments/import": acts(SYSTEM),
    "people/me": reads(EVERYBODY),
    "people/proposals": reads(KEEP_OR_READ_ACCOUNTS) | acts(KEEP_OR_READ_ACCOUNTS),
    "people/proposals/<number>/decision": acts(SECURITY),
    "people/proposals/<number>/withdrawal": acts(SPECIALISTS.asking),
    "people/proposals/import": acts(SPECIALISTS),
    "people/reviews": reads(KEEP_OR_READ_ACCOUNTS),
    "people/reviews/<int:review_id>": reads(ADMINISTRATORS | SPECIALISTS.asking),
    "people/reviews/<int:review_id>/confirmation": acts(SECURITY | SPECIALISTS.asking),
    "quality/cameras/<int:camera_id>/inspection": acts(KEEP_WATCH),
    "quality/faults": reads(BUSINESS),
    "quality/inspections": reads(BUSINESS),
    "quality/inspections/<int:inspection_id>": reads(SEE_THE_INSPECTION),
    "quality/inspections/<int:inspection_id>/thumbnail": reads(SEE_THE_PICTURE),
    "quality/plans": reads(KEEP_WATCH) | acts(BUREAUS),
    "quality/plans/<int:plan_id>": reads(KEEP_WATCH) | edits(BUREAUS),
    "quality/plans/<int:plan_id>/run": acts(KEEP_WATCH),
    "quality/runs": reads(KEEP_WATCH),
    "quality/runs/<int:run_id>": reads(KEEP_WATCH),
    "rectification": reads(BUSINESS) | acts(BUREAUS),
    "rectification/<number>": reads(SEE_THE_RECTIFICATION),
    "rectification/<number>/answer": acts(SPECIALISTS.source),
    "rectification/<number>/closing": acts(BUREAUS),
    "saved-filters": reads(EVERYBODY) | acts(EVERYBODY),
    "saved-filters/<int:filter_id>": edits(NAMED),
    "saved-filters/<int:filter_id>/removal": acts(NAMED | SPECIALISTS.asking),
    "sessions": reads(SECURITY),
    "sessions/<int:session_id>/end": acts(SECURITY),
    "sessions/current": reads(EVERYBODY),
    "sessions/mine": reads(EVERYBODY),
    "sessions/mine/failed": reads(EVERYBODY),
    "sessions/networks": reads(SECURITY) | acts(SECURITY),
    "sessions/networks/<int:network_id>/withdraw": acts(SECURITY),
    "viewing/cameras": reads(BUSINESS),
    # Whom a grant names, and nobody else; his looks are his own.
    "viewing/sessions": acts(NAMED),
    "viewing/sessions/<int:session_id>": reads(NAMED),
    "viewing/sessions/<int:session_id>/closing": acts(NAMED),
    "viewing/watching": acts(EVERYBODY),
    "work-orders": reads(EVERYBODY),
    "work-orders/<order_id>": reads(SEE_THE_ORDER),
    "work-orders/<order_id>/acceptance": acts(BUREAUS),
    "work-orders/<order_id>/claim": acts(OPERATORS),
    "work-orders/<order_id>/feedback": acts(SPECIALISTS.asking | VIEWERS.asking),
    "work-orders/<order_id>/lines/<line_id>/result": acts(OPERATORS.bureau),
}

MATRIX: Final[dict[str, Row]] = PAGES | {f"api/v1/{path}": row for path, row in OPERATIONS.items()}

# What needs more than a body – a code of this minute, a file that a job has made. Here only default deny is
# tried; that whoever may really can is tested there.
ELSEWHERE: Final = {
    "GET readyz": "tests/config/test_health.py",
    "POST account/login/": "tests/credentials/test_coming_in.py",
    "POST account/logout/": "tests/test_browser_safety.py",
    "POST account/code/": "tests/credentials/test_second_factor.py",
    "POST account/second-factor/new/": "tests/credentials/test_second_factor.py",
    "POST api/v1/credentials/second-factor": "tests/credentials/test_second_factor.py",
    "POST audit/bundles/<int:bundle_id>/": "tests/audit/test_export.py",
    "GET audit/bundles/<int:bundle_id>/file/": "tests/audit/test_export.py",
    "POST api/v1/audit/bundles/<int:bundle_id>/confirmation": "tests/audit/test_export.py",
    "GET api/v1/audit/bundles/<int:bundle_id>/file": "tests/audit/test_export.py",
}
# Taking something out of the portal is an act.
RECORDED_READS: Final = frozenset(
    {
        "GET catalogue/imports/<int:pk>/copy/",
        "GET api/v1/catalogue/imports/<import_id>/copy",
        "GET audit/register/sheet/",
        "GET api/v1/audit/register/sheet",
        "GET quality/inspections/<int:pk>/thumbnail/",
        "GET api/v1/quality/inspections/<int:inspection_id>/thumbnail",
        "GET api/v1/atlas/lists/<int:list_id>/file",
        "GET api/v1/catalogue/export/cameras",
        "GET catalogue/filings/<slug:code>/sheet.xlsx",
        "GET api/v1/catalogue/filings/<code>/sheet",
    }
)
# They compute, or remember in the session only; everybody of the cast has signed already.
UNCHANGING: Final = frozenset(
    {
        "POST account/undertaking/",
        "POST api/v1/credentials/undertaking",
        "POST account/code/",
        "POST api/v1/atlas/codes",
        "POST api/v1/atlas/codes/file",
        "POST api/v1/atlas/select",
        "POST api/v1/atlas/summary",
        "POST api/v1/credentials/second-factor/proposal",
        "POST api/v1/viewing/watching",
    }
)
# The refusal of a right password clears the count of wrong ones.
TRACES: Final = {
    "POST account/second-factor/removal/": frozenset({"credentials_guard"}),
    "POST api/v1/credentials/second-factor/removal": frozenset({"credentials_guard"}),
}
