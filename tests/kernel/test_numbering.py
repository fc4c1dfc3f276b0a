"""Document numbers have no gaps, also when many ask at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from gongshi.kernel.clock import today
from gongshi.kernel.numbering import next_number


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_different_numbers_without_a_gap() -> None:
    def take(_: int) -> str:
        try:
            with transaction.atomic():
                return next_number("XQ")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(take, range(40)))
    assert numbers == [f"XQ-{today().year}-{n:06d}" for n in range(1, 41)]


@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_rolled_back_is_given_again() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number("XQ")
        raise ZeroDivisionError
    with transaction.atomic():
        assert next_number("XQ").endswith("000001")


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        next_number("XQ")
