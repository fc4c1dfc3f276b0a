"""Fields at rest."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gongshi.kernel.encryption import _open, _seal, decrypt, encrypt, masked


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


KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


class TestCiphers:
    def test_sm4_in_gcm_is_that_of_rfc_8998(self) -> None:
        plain = bytes.fromhex(
            "aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8
        )
        nonce = bytes.fromhex("00001234567800000000abcd")
        bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        sealed = _seal(algorithms.SM4(KEY), nonce, plain, bound)
        assert sealed.hex() == (
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
            "83de3541e4c2b58177e065a9bf7b62ec"
        )
        assert _open(algorithms.SM4(KEY), nonce + sealed, bound) == plain

    @pytest.mark.parametrize("cipher", ["aes", "sm4"])
    def test_the_cipher_is_chosen_by_setting_and_both_are_read(self, settings: Settings, cipher: str) -> None:
        settings.FIELD_CIPHER = cipher
        sealed = encrypt("13800000000")
        assert sealed.startswith(f"v2:0:{cipher}:")
        settings.FIELD_CIPHER = "aes"
        assert decrypt(sealed) == "13800000000"

    def test_what_the_first_version_wrote_is_read(self, settings: Settings) -> None:
        nonce = b"\1" * 12
        sealed = AESGCM(settings.FIELD_KEY).encrypt(nonce, "旧值".encode(), b"v1")
        assert decrypt(f"v1:{base64.urlsafe_b64encode(nonce + sealed).decode()}", "any.place") == "旧值"


class TestRefusals:
    def test_what_was_moved_to_another_column_is_noticed(self) -> None:
        with pytest.raises(ValueError, match="moved"):
            decrypt(encrypt("rtsp://10.1.2.3/1", "catalogue_accesspath.main_url"), "identity_person.phone")

    def test_a_head_that_was_changed_is_noticed(self) -> None:
        sealed = encrypt("13800000000")
        for other in (
            sealed.replace("v2:0:aes", "v2:0:sm4"),
            sealed.replace("v2:0:aes", "v2:0:des"),
            sealed.replace("v2:0:", "v2:7:"),
            sealed.replace("v2:", "v1:"),
            sealed.replace("v2:", "v9:"),
            "v2:0:aes:",
            "v2:0",
            "plain",
        ):
            with pytest.raises(ValueError):
                decrypt(other)

    def test_another_installation_reads_nothing(self, settings: Settings) -> None:
        sealed = encrypt("13800000000")
        settings.FIELD_KEY = b"\7" * 32
        with pytest.raises(ValueError, match="another key"):
            decrypt(sealed)


@pytest.mark.parametrize(
    ("text", "shown"), [("", ""), ("12345", "12345"), ("123456", "123*56"), ("0578-2091234", "057*******34")]
)
def test_short_texts_are_not_made_longer_by_the_mask(text: str, shown: str) -> None:
    assert masked(text) == shown
