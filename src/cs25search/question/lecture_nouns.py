"""What people call a lecture: talk, video, class; 授業, 動画, 回.

A question means the same with any of these words, so patterns use them all, and a question about
the course is compared with its usual wordings too.
"""

import re

from ..text.words import ORDINALS

# As parts of patterns that ignore case.
LECTURE = r"(?:lecture|talk|video|class|session)"
LECTURES = r"(?:lectures|talks|videos|classes|sessions)"
LECTURE_JA = r"(?:講義|授業|回|動画|講演|ビデオ|レクチャー|セッション)"

# Compiled when first used: not every question is compared with the course.
# "Video" and "class" are also what models are trained on: only after words that choose a lecture,
# and not before another noun ("which video games").
_NOUN = (
    rf"(?i)(?P<before>\b(?:{'|'.join(ORDINALS)}|which|what|whole|entire|each|every|last|best|good|"
    r"easy|(?:long|short|hard|easi|simpl)est|difficult|recommended) )"
    r"(?:video|class|session|talk)(?P<many>(?:e?s)?)\b"
    r"(?=\W*$| (?:is|are|was|were|do|does|did|should|would|can|could|will|has|have|had|i|we|to|in"
    r"|on|of|for|from|by|with|about|that|which|where|and|or|if|(?:explain|mention|cover|discuss"
    r"|introduc|deal|talk|speak|us|need|say|show|answer)\w*)\b)"
)
_NOUN_JA = (
    r"授業|講演(?!者)|レクチャー|講義(?!者|室|ノート)"
    r"|(?:(?<=どの)|(?<=各)|(?<=おすすめの)|(?<=お勧めの)|(?<=最初の)|(?<=べき)|(?<=[いた]))"
    r"(?:動画|ビデオ|セッション)|(?:動画|ビデオ)(?=[はをが](?:どれ|何|全部|見|観|あり|教え))"
    r"|(?<=[いなるたのき])回(?=[はがをでにのもだって、。？?]|$)"
)

_ORDINAL = rf"(?i)\b(?:the )?({'|'.join(ORDINALS)}) lecture\b"


def usual_wordings(question: str) -> tuple[str, ...]:
    """Return a question as it is, then with the usual words for a lecture where it has others.

    >>> usual_wordings("Which class is the hardest?")
    ('Which class is the hardest?', 'Which lecture is the hardest?')
    >>> usual_wordings("How hard is the third class?")[-1]
    'How hard is lecture 3?'
    >>> usual_wordings("一番難しい授業は？")
    ('一番難しい授業は？', '一番難しい講義は？', '一番難しい回は？')
    >>> usual_wordings("How many classes has ImageNet?"), usual_wordings("第3回の要点")
    (('How many classes has ImageNet?',), ('第3回の要点',))
    >>> usual_wordings("Which video games does she like?")
    ('Which video games does she like?',)
    """
    worded = [
        question,
        re.sub(
            _NOUN, lambda found: f"{found['before']}lecture{'s' if found['many'] else ''}", question
        ),
        re.sub(_NOUN_JA, "講義", question),
        re.sub(_NOUN_JA, "回", question),
    ]
    worded.append(re.sub(_ORDINAL, lambda one: f"lecture {_place(one[1])}", worded[1]))
    return tuple(dict.fromkeys(worded))


def _place(ordinal: str) -> int:
    return ORDINALS.index(ordinal.lower()) + 1
