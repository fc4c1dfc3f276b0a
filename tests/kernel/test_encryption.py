"""Fields at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongshi.kernel.encryption import decrypt, encrypt, masked


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=("Cs",))))
def test_what_was_encrypted_comes_back(plain: str) -> None:
    assert decrypt(encrypt(plain)) == plain


def test_the_same_text_is_never_stored_the_same_way_twice() -> None:
    assert encrypt("13800000000") != encrypt("13800000000")


def test_an_altered_field_is_noticed() -> None:
    sealed = encrypt("rtsp://10.1.2.3/1")
    altered = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(ValueError, match="altered"):
        decrypt(altered)


def test_a_masked_phone_keeps_its_ends() -> None:
    assert masked("13812345678") == "138******78"
