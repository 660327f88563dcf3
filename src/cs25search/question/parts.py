"""Split a question that asks two things into its parts."""

import re

from ..text.japanese import is_japanese
from .aliases import names_of

SHORTEST = 3  # letters of a name that a part may take from the other one
LONGEST = 4  # words of such a name

_WH = r"why|how|what|when|who|whose|where|which"
_IS = r"is|are|was|were|does|do|did|can|could|should|will|would|has|have"
_AUX = rf"(?:{_IS})(?:n['’]t)?"
_BEGINS = rf"(?:(?:{_WH})\b|(?:{_AUX}) (?:it|they|he|she|i|that|this|these|those)\b)"
_JOINED = re.compile(
    rf"^(?P<one>.{{8,}}?)(?:[,?]? and (?P<other>{_BEGINS}.{{6,}})"
    rf"|, and (?P<whether>(?:{_AUX}) .{{6,}}))$",
    re.I,
)
# Without "and": "..., who was the intern"; not "In lecture 3, what is ...", "the author, who ...".
_ASIDE = re.compile(
    rf"^(?P<one>(?!(?:{_AUX}|in|on|at|for|with|if|when|while|given|since|because|as|after|before|"
    r"during|to|from|under|without|by|though|although|once|so|but|and|ok|hi|hey|sorry|i)\b)"
    rf"[^,?:]{{8,}}), (?P<other>(?:{_WH}|{_IS})\b [^,]{{6,}})$",
    re.I,
)
_QUESTIONS = re.compile(
    rf"^(?P<one>.{{8,}}?\?|(?:{_WH}|{_AUX})\b[^.?]{{6,}}\.) +(?:and )?"
    rf"(?P<other>(?:(?:{_WH})\b|(?:{_AUX})\b).{{6,}})$",
    re.I,
)
# Of parts without "and", the first one must ask something too: "latent arrays, is this needed?".
_ASKS = re.compile(
    rf"\b(?:{_WH})\b|^(?:{_AUX})\b|,? (?:right|correct|huh|no|isn['’]t it|don['’]t they)$", re.I
)
_TAG = re.compile(r",? (?:right|correct|huh|no|isn['’]t it|don['’]t they)$", re.I)
# "What" and "how" are no questions in "なんですが" and "どうし".
_ASKS_JA = (
    r"(?:何|誰|だれ|なに|なんで(?!す|しょ|あ)|いくつ|いつ|どこ|どれ|どの"
    r"|どう(?!し(?!て))|なぜ|どんな)"
)
_AND_JA = r"(?:そして|また|あと|それと|それで)?"
_TELL_JA = r".*(?:教え|説明し|知り|分か|わか)"
_JOINED_JA = re.compile(
    rf"^(?P<one>[^、。？?]*{_ASKS_JA}[^、。？?]*?)(?P<end>い?て|で|し)?[、。？?]{_AND_JA}"
    rf"(?P<other>[^、。？?]*{_ASKS_JA}.*)$"
)
# "The role of heads, and the reason for the mask": two nouns to be told about.
_TOLD_JA = re.compile(
    r"^(?P<one>[^、。？?]{4,})と、(?P<other>(?!.*(?:違い|差|関係|比較|比べ|どちら))[^、。？?]{4,}?)"
    r"(?P<end>(?:を|について)?(?:教え|説明し|知り).*|はどう(?:なっ|です|でしょう).*"
    r"|(?<=理由)[。？?]*|(?<=仕組み)[。？?]*)$"
)
# Two whole questions, of which the second one may have no interrogative: "..., does it replace TD?"
_WHOLE_JA = re.compile(
    rf"^(?P<one>[^。？?]{{4,}})[？?]\s*{_AND_JA}"
    rf"(?P<other>(?!{_TELL_JA})[^。？?]{{4,}}(?:[？?]+|の|(?<!と)か))$"
    rf"|^(?P<first>[^、。？?]*{_ASKS_JA}[^、。？?]*?(?:[のか]|こと))[、。]{_AND_JA}"
    rf"(?P<second>(?!{_TELL_JA})[^、。？?]{{5,}}[のかた])[。？?]*$"
    rf"|^(?P<asked>[^。？?]{{6,}}か)。{_AND_JA}(?P<also>(?!{_TELL_JA})[^。？?]{{5,}}[のか])[。？?]*$"
)
# "..., and did it win against XGBoost?": yes or no, of something that it names.
_CHECKED_JA = re.compile(
    r"^(?P<one>[^、。？?]*(?:何|誰|だれ|いつ|どこ|どの|どんな)[^、。？?]*?)(?P<end>い?て)、"
    r"(?P<other>[^、。？?]*(?:の|か)[。？?]*)$"
)
# "Strengths and weaknesses": a note is about one of them.
_OPPOSITES = re.compile(
    r"(?P<one>advantages?|benefits?|pros|strengths?) and (?P<other>disadvantages?|drawbacks?|cons"
    r"|weaknesses|limitations)\b"
    r"|(?P<one_ja>利点|長所|強み|メリット)と(?P<other_ja>欠点|短所|弱み|弱点|デメリット)",
    re.I,
)
# What is asked about a lecture as a whole: two qualities of it, or two things to be told.
_QUALITIES = re.compile(
    r"^(?P<head>(?:is|was) lecture \d+(?: \w+)?? )(?P<one>\w+) (?:and|but) (?P<other>\w+)\??$",
    re.I,
)
_THINGS = re.compile(
    r"^(?P<one>[\w ]+?) and (?P<other>[\w ]+?) (?P<of>(?:of|for) lecture \d+)\??$", re.I
)
_THINGS_JA = re.compile(
    r"^(?P<of>第\d+回(?:の講義)?の)(?P<one>[^、。？?のとをにがはでも]{2,})と(?P<other>[^、。？?のとをにがはでも]{2,}?)(?P<end>(?:を|は|も)?(?:教え.*|[？?]?))$"
)
_SUBJECT_JA = re.compile(r"(?P<name>[^のはがをでに、。？?]{2,20}?)(?:の|は|が|を|とは|って|で|に)")
_NAME_JA = re.compile(r"[A-Za-z]{3,}|[ァ-ヺー]{4,}")
_POINTS = re.compile(r"\b(?:it|they|them|its|their)\b", re.I)
_WORD = re.compile(r"[A-Za-z0-9@][\w@-]*")


def two_parts(question: str) -> tuple[str, str] | None:
    """Return the parts of a question that asks two things, None if it asks one.

    >>> two_parts("What is an induction head and why does it matter for learning?")
    ('What is an induction head?', 'Why does it matter for learning?')
    >>> two_parts("What are queries and keys?"), two_parts("In lecture 3, what is compared?")
    (None, None)
    >>> two_parts("tokens get dropped, right? does that hurt")
    ('tokens get dropped?', 'Does that hurt?')
    >>> two_parts("how the paper was written, who was the intern")
    ('how the paper was written?', 'Who was the intern?')
    >>> two_parts("How many images are in JFT. Can people outside Google use it")
    ('How many images are in JFT?', 'Can people outside Google use it?')
    >>> two_parts("A puzzle where a cube stands on its corner. why is it hard?")
    >>> two_parts("what does an induction head do, how many layers does it need")
    ('what does an induction head do?', 'How many layers does it need?')
    >>> two_parts("第4回は誰が話していて、どれくらい難しい？")
    ('第4回は誰が話している？', 'どれくらい難しい？')
    >>> two_parts("ヘッドの役割と、マスクをかける理由を教えて")
    ('ヘッドの役割を教えて', 'マスクをかける理由を教えて')
    >>> two_parts("NPTは何で評価されて、XGBoostに勝ったの？")
    ('NPTは何で評価された？', 'XGBoostに勝ったの？')
    >>> two_parts("系列予測として解くってどういうこと、あとTD学習はもういらないの？")
    ('系列予測として解くってどういうこと？', 'TD学習はもういらないの？')
    >>> two_parts("パラメータ数と、1トークンの計算量はどうなってますか？")
    ('パラメータ数はどうなってますか？', '1トークンの計算量はどうなってますか？')
    >>> two_parts("表データでのNPTの成績は？ブースティングに勝ってる？")
    ('表データでのNPTの成績は？', 'ブースティングに勝ってる？')
    >>> two_parts("どこがまずかったのか、あとGLOMに生物学的な根拠はあるのか")
    ('どこがまずかったのか？', 'GLOMに生物学的な根拠はあるのか？')
    >>> two_parts("What is GLOM, and has Hinton actually built it?")
    ('What is GLOM?', 'Has Hinton actually built it?')
    >>> two_parts("位置情報は与える？ フーリエ特徴"), two_parts("GLOMって何ですか？教えてください")
    (None, None)
    >>> two_parts("MoEの利点と欠点は？"), two_parts("なぜ層を増やすと、損失が下がるの？")
    (('MoEの利点は？', 'MoEの欠点は？'), None)
    >>> two_parts("毎回ゲストが話す形式でしょうか。質疑応答の時間もありますか？")
    ('毎回ゲストが話す形式でしょうか？', '質疑応答の時間もありますか？')
    >>> two_parts("Transformer初めてなんですけど、どの回から見ればいいですか？")
    """
    text = question.strip()
    if pair := _OPPOSITES.search(text):
        sides = (pair["one"] or pair["one_ja"], pair["other"] or pair["other_ja"])
        before, after = text[: pair.start()], text[pair.end() :]
        return f"{before}{sides[0]}{after}", f"{before}{sides[1]}{after}"
    if is_japanese(text):
        if told := _TOLD_JA.match(text):
            return f"{told['one']}{told['end']}", f"{told['other']}{told['end']}"
        found = _JOINED_JA.match(text)
        if found is None and (checked := _CHECKED_JA.match(text)) and own_names(checked["other"]):
            found = checked
        if found is None and (whole := _WHOLE_JA.match(text)):
            one, other = (part for part in whole.groups() if part)
            return (f"{one}？", f"{other.rstrip('？?')}？") if is_japanese(other) else None
        if found is None:
            return None
        one = _finite(found["one"], found["end"] or "")
        return f"{one}？", f"{found['other'].rstrip('。？?')}？"
    found = next((one for one in (_QUESTIONS.match(text), _ASIDE.match(text)) if one), None)
    if found is None or not _ASKS.search(found["one"].rstrip("?., ")):
        found = _JOINED.match(text)
    if found is None:
        return None
    one = _TAG.sub("", found["one"].rstrip("?., "))
    other = (found["other"] or found["whether"]).rstrip("? ")
    return f"{one}?", f"{other[0].upper()}{other[1:]}?"


def two_sides_of(question: str) -> tuple[str, str] | None:
    """Return the parts of a question for two sides of one lecture, None if it asks for one.

    Args:
        question: With the lecture's number.

    >>> two_sides_of("Is lecture 8 long and difficult?")
    ('Is lecture 8 long?', 'Is lecture 8 difficult?')
    >>> two_sides_of("length and difficulty of lecture 5")
    ('length of lecture 5?', 'difficulty of lecture 5?')
    >>> two_sides_of("第5回の難易度と長さを教えて")
    ('第5回の難易度を教えて', '第5回の長さを教えて')
    >>> two_sides_of("What is lecture 5 about?"), two_sides_of("第4回の要点を三つにまとめて")
    (None, None)
    >>> two_sides_of("第9回のまとめ")
    """
    if found := _QUALITIES.match(question):
        return f"{found['head']}{found['one']}?", f"{found['head']}{found['other']}?"
    if found := _THINGS.match(question):
        return f"{found['one']} {found['of']}?", f"{found['other']} {found['of']}?"
    if found := _THINGS_JA.match(question):
        parts = (f"{found['of']}{found[part]}{found['end']}" for part in ("one", "other"))
        return next(parts), next(parts)
    return None


def _finite(clause: str, end: str) -> str:
    """Return a clause with its verb in the form that ends a sentence.

    >>> _finite("誰が書", "いて"), _finite("誰が話して", "いて"), _finite("誰が読ん", "で")
    ('誰が書いた', '誰が話している', '誰が読んだ')
    >>> _finite("何で評価され", "て"), _finite("話すのは誰", "で"), _finite("何を話", "し")
    ('何で評価された', '話すのは誰', '何を話')
    """
    if end == "いて":
        return f"{clause}{'いる' if clause.endswith(('て', 'で')) else 'いた'}"
    if end == "て":
        return f"{clause}た"
    return f"{clause}だ" if end == "で" and clause.endswith(("ん", "い")) else clause


def completed(part: str, before: str) -> str:
    """Return the second part of a question with its pronoun replaced.

    A pronoun is the thing that the first part names: what else the first part says about it would
    match the wrong moments.

    >>> completed("How big is it?", "What is Codex trained on?")
    'How big is Codex?'
    >>> completed("Who was the intern?", "How was the paper written?")
    'Who was the intern?'
    """
    from .follow_up import understood_as  # few questions have two parts

    if not is_japanese(part):
        names = named_things(before)
        if len(names) == 1 and _POINTS.search(part) and not named_things(part):
            return _POINTS.sub(names[0], part, count=1)
    return understood_as(part, before)


def with_topic(part: str, before: str) -> str:
    """Return the second part of a question with the topic of the first one.

    >>> with_topic("Does that hurt?", "What are dropped tokens?")
    'Does that hurt: dropped tokens?'
    >>> with_topic("学習に何時間かかる？", "GPT-3の大きさはいくつ？")
    'GPT-3について、学習に何時間かかる？'
    """
    from .follow_up import topic_before

    if is_japanese(part):
        subject = _SUBJECT_JA.match(before)
        return f"{subject['name']}について、{part}" if subject else part
    return f"{part.rstrip('?')}: {topic_before(before)}?"


def is_told(part: str) -> bool:
    """Return whether a part asks to be told about a thing that it names in full.

    >>> is_told("マスクをかける理由を教えて"), is_told("どれくらい難しい？")
    (True, False)
    """
    return re.search("教え|説明し|知りた", part) is not None


def own_names(part: str) -> list[str]:
    """Return what a part names itself.

    >>> own_names("Who leads the GPT-3 team?"), own_names("Jukeboxではどう使う？")
    (['GPT-3'], ['Jukebox'])
    >>> own_names("Does that hurt?"), own_names("何層から現れる？")
    ([], [])
    """
    return _NAME_JA.findall(part) if is_japanese(part) else named_things(part)


def named_things(text: str) -> list[str]:
    """Return the names of the field in an English text, the longest first where they overlap.

    >>> named_things("What are tokens in the Switch Transformer and in Codex?")
    ['Switch Transformer', 'Codex']
    """
    words = _WORD.findall(text)
    found, at = [], 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            is_thing = len(name) >= SHORTEST and not name.endswith(("ed", "ing"))
            if is_thing and len(names_of(name)) > 1:
                found.append(name)
                break
        else:
            length = 1
        at += length
    return found
