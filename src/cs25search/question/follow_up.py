"""Complete a follow-up question from the question before it.

What the last question that was asked whole is about is the subject of the conversation: "it" in the
third question is still the subject of the first one.
"""

import re

from ..text.japanese import is_japanese, japanese_words, language_of
from ..text.topic_words import topic_words
from .aliases import english_name
from .cleanup import FURTHER, PLACE, asks_place, topic_of, without_further, without_place_asked
from .lecture_nouns import LECTURE, LECTURE_JA
from .named import named_lectures
from .read import usual_end
from .small_talk import is_small_talk

MOST_LETTERS = 18  # of a Japanese question without a subject
MOST_WORDS = 7  # in a longer question, a pronoun usually refers to something in it

_MORE = re.compile(
    r"^(?:(?:can|could) you )?(?:please )?(?:(?:tell|say|explain|give)(?: me| us)? )?"
    r"(?:(?:some )?more(?: about (?:it|that|this))?|in more detail|more details?)\W*$"
    r"|^(?:go on|continue|and then)\W*$"
    r"|^(?:もっと|もう少し)?(?:詳しく|くわしく)?(?:教えて|説明して)?(?:ください)?[。？?]*$",
    re.I,
)
_EXAMPLE = re.compile(
    r"^(?:and |so )?(?:(?:can|could) you )?(?:please )?"
    r"(?:(?:give|show|tell)(?: me| us)? |(?:is|are) there |got |do (?:you|they|we) have )?"
    r"(?:(?:an?|any|some|one) )?(?:(?:concrete|simple|everyday|real|good|specific) )?examples?"
    r"(?: of (?:it|that|this|them))?\W*$"
    r"|^(?:for example|such as|like what)\W*$"
    r"|^(?:(?:例えば|たとえば)(?:どんな(?:もの|の))?"
    r"|(?:何か|なにか|簡単な|身近な)?(?:具体)?例(?:は|とか(?:は)?|を(?:一つ|1つ)?(?:教えて|挙げて|見せて)|って何|って)?)"
    r"(?:何が)?(?:ある|あります)?(?:の|か|ですか|んですか)?(?:ください|ほしい|欲しい)?[。？?]*$",
    re.I,
)
_BARE = re.compile(
    r"^(?:and |but |so |ok,? )?(?P<word>why|how|when|where|who|how so|how come|since when)"
    r"(?: (?:is|does|did|was) (?:it|that|this)(?: so| the case)?)?\W*$",
    re.I,
)
# "Why does the router need float32?" is continued as "How does the router need float32?"
_HELPING = re.compile(r"^(?:why|how|when|where|what) (?P<verb>does|do|did|can|could)\b", re.I)
_BARE_JA = re.compile(
    r"^(?:で、|では、?|じゃあ、?)?(?:それ|これ)?(?:は|って)?(?P<word>なぜ|どうして|なんで|いつ|誰|どうやって)"
    r"(?:ですか|なの|なんですか|か)?[。？?]*$"
)
WHY = re.compile(
    r"\W*(?:(?:and|but|so|ok),? )?why\b"
    r"|\W*(?:で|では|じゃあ)?、?(?:それ|これ)?[はって]*(?:なぜ|どうして|なんで)",
    re.I,
)
# "Does it beat XGBoost?" is continued as "Why does it beat XGBoost?"
_WHETHER = re.compile(r"(?:does|do|did|is|are|was|were|can|could|has|have|will)\b", re.I)
_ABOUT = re.compile(
    r"^(?:and |but |so |ok,? )?(?:what|how) about (?:in |for )?(?P<other>[^?]+?)\W*$", re.I
)
_ABOUT_JA = re.compile(
    r"^(?:では、?|じゃあ、?)?(?P<other>[^。？?]{1,20}?)(?:については|についても|の場合は|では|だと|(?<!と)は)[？?]$"
)
# A comparison that names one side: "compared with ViT?", ViTとの違いは？
_COMPARED = re.compile(
    r"^(?:and |but |so |ok,? )?(?:how (?:does|do|is|are) (?:it|that|this|they) )?"
    r"(?:compared?|vs\.?|versus|(?:the )?difference|differ(?:ent)?)(?: (?:with|to|from))? "
    r"(?P<other>(?!between)[^?,]+?)\W*$",
    re.I,
)
_COMPARED_JA = re.compile(
    r"^(?:では、?|じゃあ、?)?(?P<other>[^。？?、]{2,20}?)(?P<way>との違い|と(?:どう|何が|なにが)違|[とに]比べ)"
    r"[ぁ-ん]*(?:何(?:ですか)?)?[。？?]*$"
)
# A particle between two words: "BERTより新しいモデル".
_JOINED_JA = re.compile(r"[^ぁ-ん](?:の|や|と|より|から|で|に|を|が|へ)+[^ぁ-ん]")
# "and in Codex?", "and for images?"
_PLACE = re.compile(r"^(?:and|but|so) (?P<word>in|for|with|on|at) (?P<other>[^?]+?)\W*$", re.I)
# "this" alone, not before a noun ("this class").
_POINTS = re.compile(
    r"\b(?:it|they|them|he|she|him)\b"
    r"|(?<=\bis )(?:this|that)(?= \w+\W*(?:$|,))"
    r"|\b(?:this|that|these|those)(?=\W*$| (?:is|are|was|were|do|does|did|can|will|in|on|for|with|"
    r"so|to|the same|used|called|done|true|possible|better|faster|different|and|work|help|matter|"
    r"mean|make|need|use|differ|compare|train|scale|\w+ed)s?\b)",
    re.I,
)
_PERSON, _ASKS_WHO = re.compile("he|she|him", re.I), re.compile(r"\W*who\b", re.I)
_NAMED_BEFORE = re.compile(
    r"^(?P<before>.+?),? (?:what|why|how|when|who|where)\b.*\b(?:it|they|them|that|this)\b", re.I
)
# "it" that refers to nothing: "is it hard to train a transformer", "what does it mean that ...".
_IT_IS = re.compile(
    r"\bit (?:\w+ )?(?:mean|matter|cost|take|make sense|been|help to)\b"
    r"|\b(?:is|was) (?:it|that|this) (?:\w+ )?(?:worth|true|that)\b"
    r"|\b(?:is|was) (?:it|this) (?!able|going|used|meant|supposed)(?:\w+ )+?"
    r"(?:to|that|whether|if|when)\b",
    re.I,
)
# What makes another word of それ or これ: それぞれ, これまで, それとも.
_LONGER_JA = r"から|ぞれ|まで|ほど|なり|なら|とも|でも|にしても"
_POINTS_JA = re.compile(
    r"^(?P<asks>(?:なぜ|どうして|なんで|どのように|どうやって|いつ|誰が|どこで)、?)?"
    rf"(?:(?:それ|これ)ら?+(?!{_LONGER_JA})|そこ(?!で)|その(?:{LECTURE_JA}|人|手法|モデル)|彼ら?)"
)
_WHOLE_JA = re.compile(
    r"[A-Za-z]{2}|第|全部で|講義|授業|講演|(?<!何)回|スライド|作者|著者|コース|おすすめ|お勧め|とは|って何"
)
_NO_SUBJECT_JA = re.compile(
    r"何.*|誰|何故|如何|どう.*|どれ.*|何時|幾つ|何処|[ぁ-ん]+|為る|有る|居る|出来る|遣る|分|時間|回|個|[其此]れ|[其此]の"
)
_ASKING = re.compile(
    r"^(?:and |so )?"
    r"(?:who (?:first )?(?:\w+ed|came up with|made|wrote|g[ai]ves?"
    r"|(?:speaks?|spoke|talks?) (?:about|on))\b\s*"
    r"|how come |(?:which|what|who|how|why|when|where|can|could|do|does|did|is|are|was|were|"
    r"summari[sz]e|explain|describe)(?:n['’]t)?\b(?: (?:part|kind|sort|piece)s? of)?"
    r"(?: (?:is|are|was|were|do|does|did|can|many|much|long|well)(?:n['’]t)?\b)*\s*)",
    re.I,
)
# "the router do in Switch", "pass@k work": what was asked of the subject, no part of it
_DOES = re.compile(
    r" (?:do|works?|means?|stand for|look like|matter)(?=$| (?:in|on|for|with|at|inside|of)\b)"
)
_INTERROGATIVE_JA = re.compile(
    r"何|なに|なん|なぜ|どう|どこ|どの|どれ|いつ|誰|だれ|いくつ|とは|教えて"
)
_ASKING_JA = re.compile(
    r"[でに]?(?:にするのは|とは|(?:する)?って(?:何|なに|なん|どう)|は何|(?:な?の)?はなぜ|するのは"
    r"|はどう|を要約|の要点|について|(?:の| ?)(?:意味|定義)).*$"
)
_VIDEO_JA = ("動画", "ビデオ")  # "じゃあ動画は？" asks about videos, not for the one on the subject
_KATAKANA = re.compile(r"[ァ-ヺ]{2}")
_SIDE_JA = re.compile(r"(?P<of>[^、。？]{2,30})の[^の、。？]{1,10}は(?:何(?:ですか)?)?[。？?]*")
_THEN_JA = re.compile(r"^(?:じゃあ|それなら|だったら)、?")
_PARTICLE_END = re.compile(r"(?<=..)(?:って|[はがを])$")
# "wavenet what is it", "residual stream meaning"
_ASKED_AFTER = re.compile(
    r"(?:,? (?:what['’]?s?(?: is| are| does)?(?: (?:it|that|they|the idea|mean))?|meaning"
    r"|definition|explained|in (?:simple|plain|other) (?:words|terms|english)))+\W*$",
    re.I,
)
# The subject of "1層だけのモデルでは何ができるの".
_SUBJECT_JA = re.compile(
    r"^(?P<name>[^、。？?はが]{2,30}?)(?:では|には|とは|って|は|が)(?!.{0,2}$)"
)
# "and in lecture 3?", "what about the third talk?", 第3回は？
_OTHER_LECTURE = re.compile(
    r"^(?:(?:and|but|so|ok|then),? |(?:what|how) about |in |for |of )+"
    rf"(?P<lecture>{LECTURE} \d+|the \w+ {LECTURE})\W*$",
    re.I,
)
_OTHER_LECTURE_JA = re.compile(
    r"^(?:では、?|じゃあ、?)?(?P<lecture>第\s*\d+\s*回)(?:については|についても|の場合は|では|だと|は|も)[。？?]*$"
)
_LECTURE = re.compile(rf"\b{LECTURE} \d+\b|第\s*\d+\s*回|\bthe \w+ {LECTURE}\b", re.I)
_WHICH_LECTURE = re.compile(rf"^(?:which|what) {LECTURE}\b|どの{LECTURE_JA}", re.I)
_WHERE = re.compile(r"\b(?P<word>in|for|of|with|on|about|to) (?:the )?[^?]+\??$", re.I)


def understood_as(question: str, context: str, subject: str = "") -> str:
    """Return a question that can be asked alone: itself, or completed from the one before it.

    Args:
        context: The previous question, as it was understood.
        subject: The last question that was asked whole, if that is another one.

    >>> understood_as("how fast is it?", "Who presented GLOM?", "What is GLOM?")
    'how fast is GLOM?'
    >>> understood_as("which lecture is that?", "What is GLOM?")
    'Where in the lectures: What is GLOM?'
    >>> before = "Which part of the Switch Transformer runs in float32?"
    >>> understood_as("and why?", before)
    'Why the Switch Transformer runs in float32?'
    >>> understood_as("how?", "Why does the router need float32?")
    'How does the router need float32?'
    >>> understood_as("and why?", "why does the router need float32")
    'More: Why does the router need float32?'
    >>> understood_as("why?", "Does NPT beat XGBoost?")
    'Why does NPT beat XGBoost?'
    >>> understood_as("what about vision?", "Why do bigger models do better in language?")
    'Why do bigger models do better in vision?'
    >>> understood_as("How long is it?", "Summarise lecture 6")
    'How long is lecture 6?'
    >>> understood_as("それはなぜ？", "ルーターだけfloat32にするのはどうして安定するの？")
    'なぜルーターだけfloat32？'
    >>> understood_as("誰が話してる？", "第3回の内容は？"), understood_as("弱点は？", "GLOMとは？")
    ('第3回は誰が話してる？', 'GLOMの弱点は？')
    >>> understood_as("なぜそれが有効なのですか？", "GLOMとは？")
    'なぜGLOMが有効なのですか？'
    >>> understood_as("それぞれどう違う？", "クエリとキーとは？")
    'クエリとキーはそれぞれどう違う？'
    >>> understood_as("can it be used on video that has no labels at all?", "What is GLOM?")
    'can GLOM be used on video that has no labels at all?'
    >>> understood_as("is it hard for a neural network to find parts?", "What is GLOM?")
    'is it hard for a neural network to find parts?'
    >>> understood_as("and in Codex?", "What is the temperature?")
    'What is the temperature: in Codex?'
    >>> understood_as("and in lecture 3?", "Summarise lecture 9")
    'Summarise lecture 3'
    >>> understood_as("第3回は？", "第9回を要約して"), understood_as("???", "What is GLOM?")
    ('第3回を要約して', '???')
    >>> understood_as("who gave it?", "Summarise lecture 7", "Summarise lecture 6")
    'who gave lecture 7?'
    >>> understood_as("じゃあ欠点は？", "ViTの利点は？"), understood_as("何回やる？", "GLOMとは？")
    ('ViTの欠点は？', 'GLOMは何回やる？')
    >>> understood_as("tell me more", "What is GLOM?"), understood_as("詳しく", "GLOMとは？")
    ('More: What is GLOM?', '続き：GLOMとは？')
    >>> understood_as("go on", "More: What is GLOM?")
    'More: More: What is GLOM?'
    >>> understood_as("and compared with CQL?", "What is Decision Transformer?")
    'What is the difference between Decision Transformer and CQL?'
    >>> understood_as("GPT-3との違いは？", "Codexは何で学習した？")
    'CodexのGPT-3との違いは？'
    >>> understood_as("an example?", "What is GLOM?"), understood_as("例えば？", "GLOMとは？")
    ('What is an example of GLOM?', 'GLOMの例は？')
    >>> understood_as("具体例ある？", "GLOMとは？"), understood_as("例外ある？", "GLOMとは？")
    ('GLOMの例は？', 'GLOMは例外ある？')
    >>> understood_as("latent array what is it for", "What is GLOM?")
    'latent array what is it for'
    >>> understood_as("How does he know that?", "What is GLOM?")
    'How does he know GLOM?'
    >>> understood_as("What is GLOM?", before)
    'What is GLOM?'
    """
    if not context.strip() or is_small_talk(question) or not any(map(str.isalnum, question)):
        return question
    text = _THEN_JA.sub("", usual_end(question))
    context, further = without_further(without_place_asked(context)[0])
    if asks_place(text):
        return f"{PLACE[language_of(context)]}{context}"
    if _MORE.match(text):
        return FURTHER[language_of(context)] * (further + 1) + context
    japanese = is_japanese(text)
    elsewhere = (_OTHER_LECTURE_JA if japanese else _OTHER_LECTURE).match(text)
    if elsewhere and len(_LECTURE.findall(context)) == 1:
        return _LECTURE.sub(elsewhere["lecture"], context)
    if {*named_lectures(context)} - {*named_lectures(subject)}:
        subject = ""  # the conversation went on to another lecture
    topic = topic_before(context)
    whole = topic_before(without_further(subject)[0]) if subject else topic
    if _EXAMPLE.match(text):
        return f"{whole}の例は？" if is_japanese(context) else f"What is an example of {whole}?"
    if bare := (_BARE_JA if japanese else _BARE).match(text):
        word = bare["word"]
        if japanese and is_japanese(context) and not _INTERROGATIVE_JA.search(context):
            return f"{word}{context}"  # of something that was asked whether it is so
        if japanese:
            return f"{word}{topic}？"
        if _WHETHER.match(context):
            return f"{word.capitalize()} {context[0].lower()}{context[1:]}"
        helping = _HELPING.match(context)
        asked = f"{helping['verb']} {topic}" if helping else topic
        completed = f"{word.capitalize()} {asked}?"
        # "and why?" after a question that asked why: for more.
        is_same = completed.casefold() == usual_end(context).casefold()
        return f"{FURTHER['en']}{completed}" if is_same else completed
    if about := (_ABOUT_JA if japanese else _ABOUT).match(text):
        other = about["other"]
        if japanese and (_lacks_subject(text) or _is_side(other)) and other not in _VIDEO_JA:
            side = _SIDE_JA.fullmatch(context)  # another side of the same: 利点は？, 欠点は？
            return f"{side['of'] if side else whole}の{other}は？"
        # Longer ones name their own topic: "Transformerの今後の課題は？"
        if not _JOINED_JA.search(other) if japanese else len(text.split()) <= MOST_WORDS:
            return _about(context, other, japanese)
    if side := (_COMPARED_JA if japanese else _COMPARED).match(text):
        if not japanese:
            return f"What is the difference between {whole} and {side['other']}?"
        if not re.search("[とやはがも]|って", side["other"]):
            return f"{whole}{'の' if side['way'] == 'との違い' else 'は'}{text}"
    if place := _PLACE.match(text):
        return f"{context.rstrip('?？。. ')}: {place['word']} {place['other']}?"
    if japanese:
        if text.startswith("それぞれ"):
            return f"{whole}は{text}"
        pointed = _POINTS_JA.sub(lambda found: f"{found['asks'] or ''}{whole}", text, count=1)
        if pointed != text:
            return pointed
        return f"{whole}は{text}" if _lacks_subject(text) else question
    # "perceiver latent array what is it for" says itself what "it" is.
    named = _NAMED_BEFORE.match(text)
    if named and topic_words(named["before"]):
        return question
    if len(text.split()) <= MOST_WORDS and (found := _POINTS.search(text)):
        if (
            _PERSON.fullmatch(found[0])
            and not _ASKS_WHO.match(context)
            and not _LECTURE.search(whole)
        ):
            found = _POINTS.search(text, found.end())  # who speaks is not what he speaks about
        if found is None:
            return f"{text.rstrip('? ')}: {whole}?"
        return f"{text[: found.start()]}{whole}{text[found.end() :]}"
    # In a longer question, only a pronoun with nothing before it refers to the subject.
    if (found := _POINTS.search(text)) and not _IT_IS.search(text):
        before, after = text[: found.start()], text[found.end() :]
        is_thing = found[0].lower() in ("it", "this", "that") and not topic_words(before)
        if is_thing or re.search(r"\b(?:many|much|all|some|most|each|one) of $", before):
            return f"{before}{whole}{after}"
    return question


def refers_back(question: str) -> bool:
    """Return whether a question can only be understood from the one before it.

    >>> refers_back("and why?"), refers_back("how fast is it?"), refers_back("弱点は？")
    (True, True, True)
    >>> refers_back("what about vision?"), refers_back("一番わかりやすい回は？")
    (False, False)
    """
    text = usual_end(question)
    if asks_place(text) or _MORE.match(text) or _EXAMPLE.match(text):
        return True
    if is_japanese(text):
        points = _BARE_JA.match(text) or _OTHER_LECTURE_JA.match(text) or _POINTS_JA.match(text)
        return points is not None or text.startswith("それぞれ") or _lacks_subject(text)
    return any(one.search(text) for one in (_BARE, _OTHER_LECTURE, _POINTS))


def _lacks_subject(text: str) -> bool:
    """Return whether a short Japanese question names nothing that it could be about.

    >>> _lacks_subject("誰が話してる？"), _lacks_subject("弱点は？"), _lacks_subject("おすすめは？")
    (True, True, False)
    """
    if len(text) > MOST_LETTERS or _WHOLE_JA.search(text):
        return False
    own = _own_words(text)
    return len(own) <= 1 and not any(map(english_name, own))


def _is_side(other: str) -> bool:
    """Return whether a thing is a side of the subject (計算量), not another one (画像, 第3回)."""
    others = (_WHOLE_JA, _JOINED_JA, _KATAKANA)
    return len(_own_words(other)) > 1 and not any(one.search(other) for one in others)


def is_bare(question: str) -> bool:
    """Return whether a question has no words but those that ask and point.

    >>> is_bare("and why?"), is_bare("それはなぜ？"), is_bare("any limits?")
    (True, True, False)
    """
    return not (_own_words if is_japanese(question) else topic_words)(question)


def _own_words(text: str) -> list[str]:
    return [word for word in japanese_words(text) if not _NO_SUBJECT_JA.fullmatch(word)]


def _about(context: str, other: str, japanese: bool) -> str:
    if japanese:
        return f"{other}について：{context}"
    if where := _WHERE.search(context):
        return f"{context[: where.start()]}{where['word']} {other}?"
    return f"{context.rstrip('?？ ')}: {other}?"


def topic_before(context: str) -> str:
    """Return what a question is about.

    >>> topic_before("What is an induction head?"), topic_before("Which lecture is about GLOM?")
    ('an induction head', 'the lecture on GLOM')
    >>> topic_before("What does the router do in Switch?"), topic_before("How does GLOM work?")
    ('the router in Switch', 'GLOM')
    >>> topic_before("wavenet what is it"), topic_before("量子化するってどういうこと")
    ('wavenet', '量子化')
    >>> topic_before("Who presented the Switch Transformer?")
    'the Switch Transformer'
    """
    if named := _LECTURE.search(context):
        return named[0]
    if _WHICH_LECTURE.search(context):
        topic = topic_of(context)
        return f"{topic}の講義" if is_japanese(context) else f"the lecture on {topic}"
    if is_japanese(context):
        topic = _PARTICLE_END.sub("", _ASKING_JA.sub("", context).rstrip("。？?")) or context
        if topic == context.rstrip("。？?") and (found := _SUBJECT_JA.match(context)):
            return found["name"]
        return topic
    topic = _ASKED_AFTER.sub("", _ASKING.sub("", context.strip()).rstrip("?. "))
    return _DOES.sub("", topic, count=1) or topic or context
