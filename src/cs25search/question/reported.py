"""Questions about what somebody says about something."""

import re

_SAYS = re.compile(
    r"^(?:so,? |and |but )?what(?:['’]s| (?:does|did|do|is|was|are|were)) (?:the )?"
    r"(?P<who>[\w .'’-]{2,40}?)"
    r"(?:['’]s? (?:view|opinion|take|position|thought|advice|idea)s? (?:on|about|of)"
    r"| (?:say|think|believe|argue|mention|suggest|recommend|claim|tell us) (?:about|of|on)) "
    r"(?P<topic>[^?]{2,80}?)\W*$",
    re.I,
)
_SAYS_JA = re.compile(
    r"^(?P<who>[^はがの、]{2,20}?)(?:さん|氏|先生|教授)?は、?(?P<topic>[^、。？?]{1,40}?)"
    r"(?:について|に関して|に対して|のことを)、?(?:何|なん|なに|どう|どの|どんな).*$"
)


def reported(question: str) -> tuple[str, str] | None:
    """Return who says something about what; None for other questions.

    >>> reported("What does Hinton think about capsules?")
    ('Hinton', 'capsules')
    >>> reported("what's Mark Chen's opinion on prompts"), reported("What is GLOM about?")
    (('Mark Chen', 'prompts'), None)
    >>> reported("ヒントンは脳について何と言っていますか")
    ('ヒントン', '脳')
    """
    found = _SAYS.match(question.strip()) or _SAYS_JA.match(question.strip())
    return (found["who"], found["topic"]) if found else None
