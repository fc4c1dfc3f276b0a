"""Whatever is handed in, the reader and the checks answer with a sentence and never with a crash."""

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongshi.catalogue.columns import COLUMNS, COMPILED_COLUMNS, HEADS, SECRECY_HEAD
from gongshi.catalogue.validation import validate
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department
from gongshi.kernel.errors import GongshiError
from gongshi.kernel.problems import Severity
from gongshi.kernel.workbook import Row, read_workbook
from tests.catalogue.books import row, xlsx

DEPARTMENT = Department(pk=1, code="331100-GA", name="丽水市公安局")
NAMES = DepartmentNames([DEPARTMENT])
GOOD = xlsx([row(DEPARTMENT) for _ in range(3)]).getvalue()
LABELS = [label for column in COLUMNS for label in column.cell.labels(NAMES)]
CELLS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "0", "-1", "1e400", "nan", "10.0.0.1", "::1", "::ffff:1.2.3.4", "255.255.255.0", "/129", "²"]
    ),
    st.sampled_from(
        ["2024-13-01", "99999999", "rtsp://", "rtsp://[", "rtsp://a:99999/", "、、", "2024年1月1日", *LABELS]
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.ip_addresses().map(str),
)


def take(content: bytes, file_name: str) -> None:
    try:
        validate(read_workbook(content, file_name, HEADS, {SECRECY_HEAD}), NAMES, {1})
    except GongshiError as error:
        assert error.message


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a", ""]))
def test_any_bytes(content: bytes, file_name: str) -> None:
    take(content, file_name)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_to_a_workbook(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    take(bytes(content), "a.xlsx")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from(HEADS), CELLS, max_size=12), max_size=4))
def test_any_cells(changes: list[dict[str, str]]) -> None:
    rows = [Row(number, row(DEPARTMENT) | each) for number, each in enumerate(changes, start=2)]
    proposals, problems = validate(rows, NAMES, {1})
    faulty = {problem.row for problem in problems if problem.severity is Severity.ERROR}
    for proposal in proposals:
        complete = len(proposal.values) == len(COMPILED_COLUMNS) + 2
        assert complete or proposal.row in faulty


@given(st.lists(st.lists(CELLS, max_size=40), max_size=5))
def test_any_table(table: list[list[str]]) -> None:
    take("\n".join(",".join(cells) for cells in table).encode("utf-8", "ignore"), "a.csv")
    text = io.StringIO()
    text.write(",".join(HEADS) + "\n" + "\n".join(",".join(cells) for cells in table))
    take(text.getvalue().encode("utf-8", "ignore"), "a.csv")
