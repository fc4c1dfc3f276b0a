"""A file on its way into a submission: checked, shown, confirmed – and what stops it."""

import io
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import override_settings

from gongshi.audit.models import AuditEvent
from gongshi.catalogue import importing
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.import_actions import (
    assign_columns,
    confirm_import,
    forget_imports,
    give_up_import,
    take_out_copy,
)
from gongshi.catalogue.import_models import Import, ImportPiece, ImportRow
from gongshi.catalogue.models import AccessPath, Camera, Submission
from gongshi.identity.actions import lock_person
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.problems import WorkbookRefused
from gongshi.kernel.reencryption import encrypt_anew
from gongshi.notices.models import Notice
from tests.at_once import at_once
from tests.catalogue.books import csv_file, row, xlsx
from tests.catalogue.conftest import State
from tests.catalogue.importing import checked, database_url, fresh, upload, work
from tests.factories import make_camera, make_department, make_person


def confirm(whole: Import, *, good: bool = False) -> Import:
    """Confirmed by who uploaded it, and handed in."""
    confirm_import(actor=whole.asked_by, whole=whole, good_rows_only=good)
    work()
    return fresh(whole)


def publish(submission: Submission | None) -> None:
    assert submission is not None
    reviewer = make_person(Role.BUREAU_ADMINISTRATOR)
    decide_submission(actor=reviewer, submission=submission, verdict="approve")


@pytest.mark.django_db
class TestCheck:
    def test_it_counts_what_is_new_changed_the_same_and_at_fault(
        self, specialist: Person, police: Department
    ) -> None:
        first, second = row(police), row(police)
        publish(confirm(checked(specialist, police, xlsx([first, second]))).submission)
        rows = [first, second | {"设备名称": "换了名字"}, row(police), row(police, VLAN="0")]
        whole = checked(specialist, police, xlsx(rows))
        assert (whole.state, whole.rows_done) == ("checked", 4)
        assert (whole.same, whole.changed, whole.new, whole.faulty) == (1, 1, 1, 1)
        kinds = list(whole.rows.values_list("number", "kind"))
        assert kinds == [(2, "same"), (3, "changed"), (4, "new"), (5, "error")]
        changed = whole.rows.get(number=3)
        assert changed.proposed == {"name": "换了名字"}
        assert changed.previous == {"name": second["设备名称"]}

    def test_nothing_of_the_catalogue_changes_and_who_uploaded_is_told(
        self, specialist: Person, police: Department
    ) -> None:
        whole = checked(specialist, police, xlsx([row(police)]))
        assert not Camera.objects.exists() and not Submission.objects.exists()
        notice = Notice.objects.get(person=specialist)
        assert "检查完毕：1 行新增" in notice.text
        assert notice.url == f"/catalogue/imports/{whole.pk}/"

    def test_of_two_rows_with_one_code_neither_is_good(self, specialist: Person, police: Department) -> None:
        twice = row(police)
        whole = checked(specialist, police, xlsx([twice, row(police), twice]))
        assert list(whole.rows.filter(kind="error").values_list("number", flat=True)) == [2, 4]
        assert (whole.new, whole.faulty) == (1, 2)
        sentences = [sentence for each in whole.rows.filter(kind="error") for _, sentence, _ in each.problems]
        assert f"{twice['视频编号']} 与第 4 行重复，请删除或更正其中一行。" in sentences
        assert f"{twice['视频编号']} 与第 2 行重复，请删除或更正其中一行。" in sentences

    def test_rows_are_compared_across_chunks(
        self, specialist: Person, police: Department, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importing, "CHUNK", 2)
        twice = row(police)
        whole = checked(specialist, police, xlsx([twice, row(police), row(police), row(police), twice]))
        assert list(whole.rows.values_list("kind", flat=True)) == ["error", "new", "new", "new", "error"]

    def test_what_waits_for_review_and_what_others_compile_is_at_fault(
        self, specialist: Person, police: Department
    ) -> None:
        waiting, foreign = row(police), make_camera(make_department("丽水市水利局"))
        submission = submit_import(
            actor=specialist, department=police, title="", file=xlsx([waiting]), file_name="a.xlsx"
        )
        whole = checked(specialist, police, xlsx([waiting, row(police, 视频编号=foreign.code), row(police)]))
        first, second, third = whole.rows.all()
        assert f"{submission.number} 中等待审核" in first.problems[-1][1]
        assert f"{foreign.code} 由“丽水市水利局”编目，您不能修改" in second.problems[-1][1]
        assert second.previous == second.proposed == {}
        assert (first.kind, second.kind, third.kind) == ("error", "error", "new")

    def test_a_point_that_was_withdrawn_is_told_apart(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police, publication="withdrawn")
        whole = checked(specialist, police, xlsx([row(police, 视频编号=camera.code)]))
        assert (whole.revived, whole.rows.get().kind) == (1, "revived")

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (b"PK\x03\x04 no archive", "a.xlsx", "文件已损坏"),
            (b"\xff\xff\xff\xff", "a.csv", "编码无法识别"),
            ("姓名,电话\n张三,1\n".encode(), "a.csv", "没有找到数据表"),
            (csv_file([]).getvalue(), "a.csv", "表头下面没有数据行"),
            (b'"' + b"x" * 200_000, "a.csv", "CSV 文件格式有误"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(
        self, specialist: Person, police: Department, content: bytes, name: str, sentence: str
    ) -> None:
        whole = checked(specialist, police, io.BytesIO(content), name)
        assert whole.state == "failed"
        assert sentence in whole.failure
        assert not ImportRow.objects.exists()

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (b"", "a.xlsx", "文件是空的"),
            (b"%PDF", "a.pdf", "只支持 .xlsx 和 .csv 文件"),
            (b"\xd0\xcf\x11\xe0", "a.xls", "不支持 .xls 格式"),
            (b"a" * (64 * 1024 * 1024 + 1), "a.csv", "文件超过 64 MB"),
        ],
    )
    def test_what_is_no_workbook_is_refused_at_the_door(
        self, specialist: Person, police: Department, content: bytes, name: str, sentence: str
    ) -> None:
        with pytest.raises(WorkbookRefused, match=sentence):
            upload(specialist, police, io.BytesIO(content), name)
        assert not Import.objects.exists()

    def test_too_many_rows_are_told(
        self, specialist: Person, police: Department, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importing, "LARGE", importing.LARGE.__class__(10**6, 3, 10**6, 10**7))
        whole = checked(specialist, police, xlsx([row(police) for _ in range(4)]))
        assert (whole.state, whole.failure[:14]) == ("failed", "一次最多导入 3 行，本文件"[:14])
        assert not ImportRow.objects.exists()

    def test_passwords_are_unreadable_in_the_database(self, specialist: Person, police: Department) -> None:
        content = csv_file([row(police, 取流地址="rtsp://admin:topsecret@10.1.2.9/main", VLAN="33")])
        checked(specialist, police, content, "a.csv")
        with connection.cursor() as cursor:
            for table in ("catalogue_import", "catalogue_importpiece", "catalogue_importrow"):
                cursor.execute(f"SELECT string_agg(row_to_json(t)::text, '') FROM {table} t")
                assert "topsecret" not in cursor.fetchone()[0]


@pytest.mark.django_db
class TestConfirming:
    def test_what_was_shown_is_handed_in(self, specialist: Person, police: Department) -> None:
        given = row(police)
        whole = confirm(checked(specialist, police, xlsx([given, row(police)])))
        assert whole.state == "done" and whole.submission is not None
        assert whole.submission.compiled_by == specialist
        assert [change.kind for change in whole.submission.changes.all()] == ["create", "create"]
        publish(whole.submission)
        assert AccessPath.objects.get(camera__code=given["视频编号"]).main_url == given["取流地址"]

    def test_all_or_nothing_is_refused_with_one_row_at_fault(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        whole = checked(specialist, police, xlsx([row(police), row(police, VLAN="0")]))
        before = state()
        with pytest.raises(Invalid, match="有 1 行有误，不能整体提交"):
            confirm_import(actor=specialist, whole=whole, good_rows_only=False)
        assert (state(), fresh(whole).state) == (before, "checked")

    def test_good_rows_only_leaves_the_others_out_and_lists_them(
        self, specialist: Person, police: Department
    ) -> None:
        whole = checked(specialist, police, xlsx([row(police), row(police, VLAN="0"), row(police)]))
        done = confirm(whole, good=True)
        assert done.submission is not None
        assert done.submission.changes.count() == 2
        assert "文件共 3 行，其中 1 行有误，未提交。" in done.submission.warnings
        assert [each.number for each in done.rows.all()] == [3]

    def test_nothing_to_change_is_not_handed_in(self, specialist: Person, police: Department) -> None:
        given = row(police)
        publish(confirm(checked(specialist, police, xlsx([given]))).submission)
        again = checked(specialist, police, csv_file([given]), "a.csv")
        with pytest.raises(Invalid, match="没有需要变更的点位"):
            confirm_import(actor=specialist, whole=again, good_rows_only=False)

    def test_it_is_handed_in_once_however_often_it_is_confirmed(
        self, specialist: Person, police: Department
    ) -> None:
        whole = checked(specialist, police, xlsx([row(police)]))
        confirm_import(actor=specialist, whole=whole, good_rows_only=False)
        with pytest.raises(Conflict, match="正在提交"):
            confirm_import(actor=specialist, whole=whole, good_rows_only=False)
        work()
        with pytest.raises(Conflict, match="已提交，不能再次操作"):
            confirm_import(actor=specialist, whole=whole, good_rows_only=False)
        assert Submission.objects.count() == 1

    def test_the_file_goes_when_it_is_handed_in_or_given_up(
        self, specialist: Person, police: Department
    ) -> None:
        confirm(checked(specialist, police, xlsx([row(police)])))
        assert not ImportPiece.objects.exists() and not ImportRow.objects.exists()
        whole = checked(specialist, police, xlsx([row(police, VLAN="0")]))
        assert set(whole.pieces.values_list("kind", flat=True)) == {"file", "copy"}
        assert give_up_import(actor=specialist, whole=whole).state == "given_up"
        assert not ImportPiece.objects.exists() and not ImportRow.objects.exists()

    def test_what_nobody_confirms_for_a_week_is_given_up(
        self, specialist: Person, police: Department
    ) -> None:
        old, new = (checked(specialist, police, xlsx([row(police, VLAN=vlan)])) for vlan in ("0", "5"))
        Import.objects.filter(pk=old.pk).update(asked_at=clock.now() - timedelta(days=8))
        assert forget_imports() == 1
        assert (fresh(old).state, fresh(new).state) == ("given_up", "checked")
        assert set(ImportPiece.objects.values_list("whole", flat=True)) == {new.pk}

    def test_each_step_is_in_the_record(self, specialist: Person, police: Department) -> None:
        confirm(checked(specialist, police, xlsx([row(police)])))
        give_up_import(actor=specialist, whole=checked(specialist, police, xlsx([row(police)])))
        recorded = AuditEvent.objects.filter(action__startswith="catalogue:").order_by("id")
        assert [event.action for event in recorded] == [
            "catalogue:import:asked",
            "catalogue:import:confirmed",
            "catalogue:submission:submitted",
            "catalogue:import:asked",
            "catalogue:import:given_up",
        ]


@pytest.mark.django_db
def test_keys_may_change_between_check_and_confirmation(specialist: Person, police: Department) -> None:
    given = row(police)
    whole = checked(specialist, police, xlsx([given, row(police, VLAN="0")]))
    with override_settings(FIELD_CIPHER="sm4"):
        outcome = encrypt_anew()
        assert (outcome.unreadable, outcome.rows >= 3) == ((), True)
        publish(confirm(whole, good=True).submission)
        assert AccessPath.objects.get().main_url == given["取流地址"]


@pytest.mark.django_db
class TestTheCatalogueGoesOn:
    def test_what_is_different_now_is_shown_and_not_handed_in(
        self, specialist: Person, police: Department
    ) -> None:
        camera, other = make_camera(police), make_camera(police)
        cells = [row(police, 视频编号=each.code, 设备名称=each.name) for each in (camera, other)]
        whole = checked(specialist, police, xlsx(cells))
        colleague = make_person(Role.DATA_SPECIALIST, department=police)
        publish(
            submit_import(
                actor=colleague,
                department=police,
                title="",
                file=xlsx([cells[0] | {"设备名称": "先换的名字"}]),
                file_name="b.xlsx",
            )
        )
        again = confirm(whole)
        assert (again.state, again.differing, again.submission) == ("checked", 1, None)
        assert list(again.rows.filter(differs=True).values_list("code", flat=True)) == [camera.code]
        done = confirm(again)
        assert done.submission is not None
        assert done.submission.changes.get(code=camera.code).previous["name"] == "先换的名字"

    def test_what_is_the_same_after_all_is_handed_in_at_once(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police)
        whole = checked(specialist, police, xlsx([row(police, 视频编号=camera.code)]))
        publish(confirm(checked(specialist, police, xlsx([row(police)]))).submission)
        assert confirm(whole).state == "done"

    def test_a_point_that_waits_for_review_meanwhile_is_told(
        self, specialist: Person, police: Department
    ) -> None:
        given = row(police)
        whole = checked(specialist, police, xlsx([given, row(police)]))
        submit_import(actor=specialist, department=police, title="", file=xlsx([given]), file_name="b.xlsx")
        again = confirm(whole)
        assert (again.state, again.faulty, again.new) == ("checked", 1, 1)
        assert Submission.objects.count() == 1

    def test_who_was_locked_in_between_hands_nothing_in(self, specialist: Person, police: Department) -> None:
        whole = checked(specialist, police, xlsx([row(police)]))
        confirm_import(actor=specialist, whole=whole, good_rows_only=False)
        security = make_person(Role.SECURITY_ADMINISTRATOR)
        lock_person(actor=security, person=specialist, reason="调查")
        work()
        assert fresh(whole).state == "checked" and "未提交" in fresh(whole).failure
        assert not Submission.objects.exists()


@pytest.mark.django_db
class TestOnce:
    def test_the_same_file_leads_to_the_import_that_is_open(
        self, specialist: Person, police: Department
    ) -> None:
        file = xlsx([row(police)]).getvalue()
        colleague = make_person(Role.DATA_SPECIALIST, department=police)
        first = upload(specialist, police, io.BytesIO(file))
        assert upload(colleague, police, io.BytesIO(file)).pk == first.pk
        work()
        assert upload(specialist, police, io.BytesIO(file)).pk == first.pk
        confirm(fresh(first))
        assert upload(colleague, police, io.BytesIO(file)).pk == first.pk
        assert work() == 0
        assert (Import.objects.count(), Submission.objects.count()) == (1, 1)

    def test_after_the_catalogue_went_on_it_is_a_new_one(
        self, specialist: Person, police: Department
    ) -> None:
        file = xlsx([row(police)]).getvalue()
        first = confirm(checked(specialist, police, io.BytesIO(file)))
        publish(first.submission)
        second = checked(specialist, police, io.BytesIO(file))
        assert second.pk != first.pk
        assert (second.same, second.new) == (1, 0)

    def test_what_was_given_up_may_be_uploaded_again(self, specialist: Person, police: Department) -> None:
        file = xlsx([row(police)]).getvalue()
        first = upload(specialist, police, io.BytesIO(file))
        give_up_import(actor=specialist, whole=first)
        assert upload(specialist, police, io.BytesIO(file)).pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_of_two_who_upload_the_same_file_at_once_there_is_one_import(police: Department) -> None:
    file = xlsx([row(police) for _ in range(5)]).getvalue()
    people = [make_person(Role.DATA_SPECIALIST, department=police) for _ in range(2)]
    outcomes = at_once(*(partial(upload, person, police, io.BytesIO(file)) for person in people))
    assert len({whole.pk for whole in outcomes if isinstance(whole, Import)}) == 1, outcomes
    assert len(outcomes) == 2
    work()
    whole = Import.objects.get()
    assert (whole.state, whole.new, whole.rows.count()) == ("checked", 5, 5)


@pytest.mark.django_db(transaction=True)
def test_confirming_twice_at_once_makes_one_submission(specialist: Person, police: Department) -> None:
    whole = checked(specialist, police, xlsx([row(police)]))
    step = partial(confirm_import, actor=specialist, whole=whole, good_rows_only=False)
    outcomes = at_once(step, step)
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Import"]
    work()
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestBeside:
    """Large files are kept by a second process."""

    @pytest.fixture(autouse=True)
    def many_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importing, "CHUNK", 2)
        monkeypatch.setattr(importing, "BESIDE_FROM", 1)
        monkeypatch.setenv("DATABASE_URL", database_url())

    def test_it_finds_the_same_as_one_alone(
        self, specialist: Person, police: Department, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        camera, twice = make_camera(police), row(police)
        rows = [twice, row(police, VLAN="0"), row(police, 视频编号=camera.code), row(police), twice]
        found = []
        for alone_from, file in ((1, xlsx(rows)), (100, csv_file(rows))):
            monkeypatch.setattr(importing, "BESIDE_FROM", alone_from)
            whole = checked(specialist, police, file, "a.xlsx" if alone_from == 1 else "a.csv")
            found.append([*whole.rows.values_list("number", "kind", "proposed", "problems", "base_version")])
        assert found[0] == found[1]
        assert [kind for _, kind, *_ in found[0]] == ["error", "error", "changed", "new", "error"]

    def test_what_is_refused_half_way_leaves_nothing(
        self, specialist: Person, police: Department, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importing, "LARGE", importing.LARGE.__class__(10**6, 5, 10**6, 10**7))
        whole = checked(specialist, police, csv_file([row(police) for _ in range(7)]), "a.csv")
        assert (whole.state, whole.rows.count()) == ("failed", 0)

    def test_giving_up_while_it_is_checked_ends_the_check(
        self, specialist: Person, police: Department
    ) -> None:
        whole = upload(specialist, police, csv_file([row(police) for _ in range(300)]), "a.csv")

        def give_up() -> Import:
            while not fresh(whole).rows_done:
                time.sleep(0.01)
            return give_up_import(actor=specialist, whole=whole)

        outcomes = at_once(work, give_up)
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        assert (fresh(whole).state, whole.rows.count(), whole.pieces.count()) == ("given_up", 0, 0)


@pytest.mark.django_db
class TestWhoMay:
    @pytest.mark.parametrize(
        "role", [role for role in Role if role not in {Role.DATA_SPECIALIST, Role.BUREAU_ADMINISTRATOR}]
    )
    def test_other_roles_upload_nothing(self, role: Role, police: Department, specialist: Person) -> None:
        with pytest.raises(Forbidden):
            upload(make_person(role, department=police), police, xlsx([row(police)]))
        assert not Import.objects.exists() and not ImportPiece.objects.exists()

    def test_nobody_uploads_for_another_department(self, police: Department, specialist: Person) -> None:
        with pytest.raises(Forbidden):
            upload(make_person(Role.DATA_SPECIALIST), police, xlsx([row(police)]))
        assert not Import.objects.exists()

    def test_only_who_uploaded_confirms_assigns_and_takes_the_copy(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        whole = checked(specialist, police, xlsx([row(police), row(police, VLAN="0")]))
        before = state()
        for person in (
            make_person(Role.DATA_SPECIALIST, department=police),
            make_person(Role.DATA_SPECIALIST),
            make_person(Role.BUREAU_ADMINISTRATOR),
        ):
            with pytest.raises(Forbidden):
                confirm_import(actor=person, whole=whole, good_rows_only=True)
            with pytest.raises(Forbidden):
                assign_columns(actor=person, whole=whole, heads={})
            with pytest.raises(Forbidden):
                take_out_copy(actor=person, whole=whole)
        assert (state(), fresh(whole).state) == (before, "checked")

    def test_a_colleague_may_give_it_up_and_a_stranger_may_not(
        self, specialist: Person, police: Department
    ) -> None:
        whole = checked(specialist, police, xlsx([row(police)]))
        with pytest.raises(Forbidden):
            give_up_import(actor=make_person(Role.DATA_SPECIALIST), whole=whole)
        assert fresh(whole).state == "checked"
        colleague = make_person(Role.DATA_SPECIALIST, department=police)
        assert give_up_import(actor=colleague, whole=whole).state == "given_up"
