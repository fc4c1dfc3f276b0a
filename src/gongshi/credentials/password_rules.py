"""What a password must be (等保 level 3, 身份鉴别 a), as Django's validators; each says what to do."""

from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from gongshi.credentials.models import PasswordSetting
from gongshi.credentials.policy import PASSWORDS_REMEMBERED
from gongshi.identity.models import Person

SHORTEST: Final = 10
LONGEST: Final = 128
CLASSES: Final = 3
RUN: Final = 4
ALIKE: Final = 0.7
KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

HINT: Final = (
    f"至少 {SHORTEST} 位，包含大写字母、小写字母、数字、其他字符中的 {CLASSES} 类；不能含账号、姓名、"
    "连续或重复的字符（如 1234、abcd、aaaa），不能是常用密码或最近用过的密码。"
)


class LongEnough:
    def validate(self, password: str, user: Person | None = None) -> None:
        if not SHORTEST <= len(password) <= LONGEST:
            raise ValidationError(f"密码须为 {SHORTEST} 至 {LONGEST} 位，请调整长度。", code="length")


class MixedClasses:
    def validate(self, password: str, user: Person | None = None) -> None:
        if len({_class_of(character) for character in password}) < CLASSES:
            raise ValidationError(
                f"密码须包含大写字母、小写字母、数字、其他字符中的至少 {CLASSES} 类，请补充。", code="classes"
            )


class UnlikeItsOwner:
    def validate(self, password: str, user: Person | None = None) -> None:
        """Not the account or the name, forwards or backwards, nor much like them."""
        given = password.lower()
        for own in (user.account.lower(), user.name.lower()) if user else ():
            if any(_is_like(given, text) for text in (own, own[::-1])):
                raise ValidationError("密码不能与账号或姓名相同、相近，请另设密码。", code="like_owner")


class NoRuns:
    def validate(self, password: str, user: Person | None = None) -> None:
        given = password.lower()
        if any(_is_run(given[start : start + RUN]) for start in range(len(given) - RUN + 1)):
            raise ValidationError(
                f"密码不能含 {RUN} 个及以上连续或重复的字符（如 1234、abcd、aaaa、qwer），请修改。",
                code="run",
            )


class NotCommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "这是常用密码，容易被猜中，请另设密码。"


class NotUsedBefore:
    def validate(self, password: str, user: Person | None = None) -> None:
        """Neither the password of now nor one of the last ones (parameter `passwords_remembered`)."""
        if user is None or user.pk is None:
            return
        number = PASSWORDS_REMEMBERED.value()
        settings = PasswordSetting.objects.filter(person=user)[:number]
        used = {user.password} | {setting.encoded for setting in settings}
        if any(Person(password=encoded).check_password(password) for encoded in used):
            raise ValidationError(f"不能使用最近 {number} 次用过的密码，请另设密码。", code="used_before")


def _class_of(character: str) -> str:
    if character.isascii() and character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "digit" if character.isdigit() else "other"


def _is_like(password: str, own: str) -> bool:
    # One or two Latin letters are in many a good password.
    tells = len(own) > 2 or not own.isascii()
    return (tells and own in password) or SequenceMatcher(a=password, b=own).quick_ratio() >= ALIKE


def _is_run(part: str) -> bool:
    distances = {ord(after) - ord(before) for before, after in pairwise(part)}
    one_class = part.isalpha() or part.isdigit()
    along_the_keyboard = any(part in row or part[::-1] in row for row in KEYBOARD)
    return distances == {0} or (one_class and distances in ({1}, {-1})) or along_the_keyboard
