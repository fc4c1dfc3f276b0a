"""The reason that an act asks for."""

from gongshi.kernel.errors import Invalid

REASON_LENGTH = 300


def reason_given(reason: str, sentence: str) -> str:
    """The reason without blanks around it. Raises Invalid with the sentence when there is none."""
    reason = reason.strip()
    if not reason:
        raise Invalid(sentence, field="reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(f"理由不能超过 {REASON_LENGTH} 个字，请精简后再提交。", field="reason")
    return reason
