"""Document numbers: without gaps within a year, also when many ask at once."""

from django.db import connection

from gongshi.kernel import clock


def next_number(prefix: str) -> str:
    """The next number of a series, such as `XQ-2026-000123`.

    Must run in the transaction that uses the number: if that is rolled back, the number is given again.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that uses it")
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kernel_numberseries (prefix, year, last) VALUES (%s, %s, 1)
            ON CONFLICT (prefix, year) DO UPDATE SET last = kernel_numberseries.last + 1
            RETURNING last
            """,
            [prefix, year],
        )
        (last,) = cursor.fetchone()
    return f"{prefix}-{year}-{last:06d}"
