"""Correct misspelt words of a question, from the words of an index.

Only words that neither a dictionary nor the index has are corrected, to a similar word of the
index. Words with a digit, and short ones with a capital after their first letter, are names and
left alone.
Names of speakers are written as they are heard, and corrected to those that sound alike.
Katakana words are corrected to similar names of aliases.json. Japanese is typed by its sound, so
words that were converted to the wrong characters are corrected to words that sound the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from ..text.japanese import GRAMMAR, Morpheme, is_japanese, morphemes
from ..text.words import STOP_WORDS
from .aliases import katakana_names
from .katakana import sounds_of as latin_sounds

SHORTEST = 5  # letters of a word to correct; shorter ones are similar to too many words
# One slip is corrected in each five letters, two at most: two slips apart, ChatGPT is a chatbot.
LETTERS, MOST_SLIPS = 5, 2
NAME_FROM, JOINED_FROM = 7, 8  # letters of a name in which one slip is corrected; of HumanEval
PART = 4  # letters of each part of a compound
_WORD = re.compile(rf"(?<![A-Za-z0-9_@.\\/])[A-Za-z]{{{SHORTEST},}}(?![A-Za-z0-9_@\\/]|\.[A-Za-z])")
SHORTEST_KANA, TWO_SLIPS_KANA = 4, 8  # letters, without long vowels
LONG_KANA = 5  # letters of a word of the index that is no name
_KANA = re.compile(r"[ァ-ヺー・]{4,}")
# Ways to write the same sound: "ー" and "・" are often left out, small vowels written large.
_SAME_SOUND = str.maketrans("ァィゥェォヴ", "アイウエオブ", "ー・")
# Kana of a word that is known by its sound, characters and morphemes that it was converted to.
SHORTEST_SOUND, SHORTEST_CONVERTED, MOST_MORPHEMES = 3, 2, 6
_TITLE = re.compile(r"(『[^』]*』|「[^」]*」)")
_NOUN = re.compile(r"[一-龯ァ-ヺー]+")
_HIRAGANA = re.compile(r"[ぁ-んー]{4,}")
# Letters of a speaker's name that was heard, slips in its sounds; and beside another name of the
# same speaker: Chris Ola.
SHORTEST_NAME, HEARD_FROM, SLIPS_BESIDE = 3, 5, 2
_NAME = re.compile(rf"(?<![A-Za-z0-9_@.\\/-])[A-Za-z]{{{SHORTEST_NAME},}}(?![A-Za-z0-9_@\\/-])")
# The first word of a question, and the question words that it may be.
_FIRST = re.compile(r"^[A-Za-z]{3,6}\b(?![-'’.@/\\])")
_ASKING = ("what", "how", "why", "who", "when", "where", "which")
_BEGINS = re.compile(r"(?:^|[.!?:。！？]\s*)$")

IsWord = Callable[[str], bool]
Sounds = Mapping[str, tuple[str, tuple[str, ...]]]


def unknown_words(question: str, is_word: IsWord) -> list[str]:
    """Return the words of a question that may be misspelt, in lower case.

    Args:
        is_word: Whether a word is a usual one.

    >>> unknown_words("Why does the ruoter of GPT3 run nn.Linear?", {"linear"}.__contains__)
    ['ruoter']
    """
    return [
        match[0].lower()
        for match in _WORD.finditer(question)
        if _is_plain(match[0]) and not is_word(match[0].lower())
    ]


def correct(question: str, counts: Mapping[str, int], is_word: IsWord) -> str:
    """Return a question with its misspelt words corrected.

    Args:
        counts: The words of the index in lower case, and how many chunks have each.
        is_word: Whether a dictionary, or the index in another form, has a word. Only asked for
            words that are similar to one of the index.

    >>> counts = {"router": 20, "rooster": 1, "attention": 300, "transformer": 200}
    >>> correct("Why does the ruoter need Atention?", counts, set().__contains__)
    'Why does the router need Attention?'
    >>> correct("スイッチtrasformerのrooster", counts, set().__contains__)
    'スイッチtransformerのrooster'
    >>> correct("HumanEvel, ChatGPD", {"humaneval": 9, "chatgpt": 1}, set().__contains__)
    'HumanEval, ChatGPD'
    >>> [correct(text, {}, set().__contains__) for text in ("wht is GLOM", "Hwo?", "whats GLOM")]
    ['what is GLOM', 'How?', 'whats GLOM']
    """

    def asking(match: re.Match[str]) -> str:
        typed, word = match[0], match[0].lower()
        if word in counts or word in STOP_WORDS or word[:-1] in _ASKING or is_word(word):
            return typed
        return _asking_word(typed)

    def corrected(match: re.Match[str]) -> str:
        typed, word = match[0], match[0].lower()
        if not _is_plain(typed) or word in counts:
            return typed
        is_joined = not typed[1:].islower()
        is_name = typed[0].isupper() and not _BEGINS.search(question[: match.start()])
        is_name = is_name or is_joined
        found = _nearest(word, counts, _most_slips(len(word), is_name))
        if not found or is_word(word):
            return typed
        if is_joined and len(found) == len(typed):
            return "".join(
                new.upper() if old.isupper() else new for old, new in zip(typed, found, strict=True)
            )
        return found.capitalize() if typed[0].isupper() else found

    return _WORD.sub(corrected, _FIRST.sub(asking, question))


def _asking_word(typed: str) -> str:
    """Return the question word of which a word differs by one slip; the word itself without one.

    >>> [_asking_word(word) for word in ("waht", "whn", "Wich", "GLOM")]
    ['what', 'when', 'Which', 'GLOM']
    """
    from rapidfuzz.distance import OSA

    word = typed.lower()
    near = [
        (len({*word} - {*other}), word[0] != other[0], other)
        for other in _ASKING
        if OSA.distance(word, other) == 1
    ]
    if not near:
        return typed
    found = min(near)[-1]
    return found.capitalize() if typed[0].isupper() else found


def correct_names(
    question: str, speakers: Iterable[str], counts: Mapping[str, int], is_word: IsWord
) -> str:
    """Return a question with the speakers' names corrected that were written by ear.

    A word that the index lacks is one if it sounds like a name: but for one slip if either has
    HEARD_FROM letters, but for two beside another name of the same speaker.

    Args:
        speakers: Their whole names.
        counts: The words of the index in lower case.
        is_word: Whether a dictionary has a word in lower case. Such a word is a name only with a
            capital, beside another one.

    >>> speakers, counts = ["Mark Chen", "Barret Zoph", "Chris Olah", "Aidan Gomez"], {"gomes": 1}
    >>> correct_names("What did Zof and Aiden Gomez say?", speakers, counts, {"aiden"}.__contains__)
    'What did Zoph and Aidan Gomez say?'
    >>> correct_names("chris ola, Mark Chan", speakers, counts, set().__contains__)
    'chris olah, Mark Chen'
    >>> correct_names("ola, OLAF, Gomes, mark then", speakers, counts, {"then"}.__contains__)
    'ola, OLAF, Gomes, mark then'
    """
    names = {
        own: {*parts} - {own}
        for name in speakers
        for parts in [name.lower().split()]
        for own in parts
    }
    typed = _NAME.findall(question)
    unknown = {
        word
        for word in typed
        if word[1:].islower() and word.lower() not in names and word.lower() not in counts
    }
    if not unknown:
        return question  # most questions: nothing is compared
    alone = [_heard(word.lower(), names, False) for word in typed]

    def as_name(place: int, word: str) -> str:
        lower = word.lower()
        if word not in unknown:
            return word
        neighbours = {*alone[max(0, place - 1) : place], *alone[place + 1 : place + 2]}
        beside = [name for name, own in names.items() if neighbours & own]
        found = _heard(lower, beside, True) or _heard(lower, names, False)
        if not found or (is_word(lower) and not (found in beside and word[0].isupper())):
            return word
        return found.capitalize() if word[0].isupper() else found

    corrected = iter([as_name(*one) for one in enumerate(typed)])
    return _NAME.sub(lambda match: next(corrected), question)


def _heard(word: str, names: Iterable[str], is_beside: bool) -> str:
    """Return the name that sounds like a word in lower case; "" if none does."""
    from rapidfuzz.distance import OSA

    near = []
    for name in names:
        slips = int(max(len(word), len(name)) >= HEARD_FROM)
        distance = OSA.distance(latin_sounds(word), latin_sounds(name))
        if distance <= (SLIPS_BESIDE if is_beside else slips):
            near.append((distance, name))
    return min(near, default=(0, ""))[1]


def correct_katakana(question: str, is_known: IsWord, words: Iterable[str] = ()) -> str:
    """Return a question with its misspelt katakana words corrected.

    Args:
        is_known: Whether the index has a morpheme that no dictionary has.
        words: Those of the index. One of them in katakana is meant by a word that lacks a letter or
            has one too many; by one with another letter, names alone are: チューリング.

    >>> correct_katakana("トランスフォマーの計算量", set().__contains__)
    'トランスフォーマーの計算量'
    >>> correct_katakana("アテンッションとエキスバート", set().__contains__)
    'アテンションとエキスパート'
    >>> words = ["エンコーディング", "ブースティング", "チューニング"]
    >>> correct_katakana("エンコーディグとブーステイングとチューリング", set().__contains__, words)
    'エンコーディングとブースティングとチューリング'
    >>> correct_katakana("コンピュータとチャットボットとエンコード", set().__contains__)
    'コンピュータとチャットボットとエンコード'
    """

    def corrected(match: re.Match[str]) -> str:
        typed = match[0]
        if _plain(typed) in katakana_names().values():
            return typed
        parts = morphemes(typed)
        strange = [one.surface for one in parts if one.is_name]
        if not strange or all(map(is_known, strange)):
            is_cut = len(parts) > 1 and "・" not in typed
            return _nearest_word(typed, words) if is_cut else typed
        found = _nearest_name(typed)
        return found if found != typed else _nearest_word(typed, words)

    return _KANA.sub(corrected, question)


def sounds_of(vocabulary: Iterable[str]) -> Sounds:
    """Return Japanese words and names by their sound, each with its part of speech.

    Args:
        vocabulary: The words of an index, common ones first, of which one sound keeps the first.

    >>> sounds_of(["精度", "制度", "層", "attention"])["セイド"]
    ('精度', ('名詞', '普通名詞', '一般'))
    """
    sounds: dict[str, tuple[str, tuple[str, ...]]] = {}
    for word in (*katakana_names(), *vocabulary):
        if is_japanese(word) and (parts := morphemes(word)):
            sound = _plain(_sound(parts))
            if len(sound) >= SHORTEST_SOUND:
                sounds.setdefault(sound, (word, parts[0].part_of_speech))
    return sounds


def correct_homophones(
    question: str,
    sounds: Callable[[], Sounds],
    is_known: IsWord,
    is_asked: IsWord,
    is_written: IsWord,
) -> str:
    """Return a question with its words corrected that were converted to the wrong characters.

    A word that the index lacks becomes one that it has, if that sounds the same and is of the same
    part of speech. Several morphemes that sound like one word of the index are that word, unless
    the index has them beside each other.

    Args:
        sounds: Returns those of the index, from `sounds_of`; only called if the index lacks a word.
        is_known: Whether the index has a Japanese word, in its normal form.
        is_asked: Whether a question that is spelt right has these characters; they are left alone.
        is_written: Whether the index has these characters beside each other.

    >>> sounds, none = lambda: sounds_of(["精度", "回路", "強力"]), set().__contains__
    >>> correct_homophones("分類の制度と回露", sounds, {"分類"}.__contains__, none, none)
    '分類の精度と回路'
    >>> correct_homophones("『制度』の制度", sounds, none, none, none)
    '『制度』の精度'
    >>> correct_homophones("ヘッドが協力する", sounds, {"ヘッド"}.__contains__, none, none)
    'ヘッドが協力する'
    >>> correct_homophones("びじょんトランスフォーマー", sounds, none, none, none)
    'ビジョントランスフォーマー'
    >>> correct_homophones("分類の制度", sounds, none, {"制度"}.__contains__, none)
    '分類の制度'
    >>> sounds, known = lambda: sounds_of(["画像"]), {"画", "増"}.__contains__
    >>> correct_homophones("画増の分割", sounds, known, none, none)
    '画像の分割'
    >>> correct_homophones("画増の分割", sounds, known, none, {"画増"}.__contains__)
    '画増の分割'
    >>> sounds, known = lambda: sounds_of(["強化"]), {"教科", "強化", "学習"}.__contains__
    >>> correct_homophones("教科学習", sounds, known, none, {"強化学習"}.__contains__)
    '強化学習'
    """
    if len(titles := _TITLE.split(question)) > 1:  # every second one is a title
        return "".join(
            text if place % 2 else correct_homophones(text, sounds, is_known, is_asked, is_written)
            for place, text in enumerate(titles)
        )
    parts, corrected = morphemes(question), question

    def is_usual(run: Sequence[Morpheme]) -> bool:
        if not all(one.kind in GRAMMAR or is_known(one.normal_form) for one in run):
            return False
        return not all(map(_is_noun, run)) or is_written("".join(one.surface for one in run))

    if is_usual(parts) and all(map(is_usual, pairwise(parts))):
        return question
    words = sounds()
    while parts:
        for length in range(min(MOST_MORPHEMES, len(parts)), 0, -1):
            surface = "".join(one.surface for one in parts[:length])
            word = _meant(parts[:length], words, is_usual)
            word = word or (_meant_beside(parts[:2], words, is_usual) if length == 2 else "")
            if word and not is_asked(surface):
                corrected = re.sub(re.escape(surface), word, corrected, count=1, flags=re.I)
                break
        else:
            length = 1
        parts = parts[length:]
    return corrected


def _is_noun(part: Morpheme) -> bool:
    is_noun = part.part_of_speech[0] in ("名詞", "接尾辞")
    return is_noun and _NOUN.fullmatch(part.surface) is not None


def _meant(
    parts: list[Morpheme], sounds: Sounds, is_known: Callable[[list[Morpheme]], bool]
) -> str:
    """Return the word that some morphemes were converted from by mistake; "" if there is none.

    A name may have been left in hiragana: ひんとん.
    """
    surface = "".join(one.surface for one in parts)
    if not is_japanese(surface) or not surface.isalnum() or len(surface) < SHORTEST_CONVERTED:
        return ""
    word, part_of_speech = sounds.get(_plain(_sound(parts)), ("", ()))
    if not word or _plain(word) == surface:
        return ""
    if _HIRAGANA.fullmatch(surface) and _KANA.fullmatch(word):
        return word
    ends = {parts[0].kind, parts[-1].kind} & GRAMMAR
    if ends or is_known(parts):
        return ""
    is_usual = len(parts) == 1 and not parts[0].is_name
    is_other = parts[0].kind != "名詞" or parts[0].part_of_speech != part_of_speech
    return "" if is_usual and is_other else word


def _meant_beside(
    pair: Sequence[Morpheme], sounds: Sounds, is_known: Callable[[list[Morpheme]], bool]
) -> str:
    """Return two nouns of which one was converted by mistake: 教科学習; "" if there are none.

    With a word of the same sound, the index has them beside each other.
    """
    if len(pair) < 2 or not all(map(_is_noun, pair)) or is_known([*pair]):
        return ""
    for place, part in enumerate(pair):
        word, _ = sounds.get(_sound([part]), ("", ()))
        joined = f"{word}{pair[1].surface}" if place == 0 else f"{pair[0].surface}{word}"
        if word and is_known(parts := morphemes(joined)) and all(map(_is_noun, parts)):
            return joined
    return ""


def _sound(parts: Iterable[Morpheme]) -> str:
    return "".join(one.reading for one in parts)


def _nearest_name(typed: str) -> str:
    """Return the name that sounds most like a katakana word within some slips, else the word."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    sound = typed.translate(_SAME_SOUND)
    if len(sound) < SHORTEST_KANA - 1:
        return typed
    slips = 0 if len(sound) < SHORTEST_KANA else 1 if len(sound) < TWO_SLIPS_KANA else 2
    names = {name: plain.translate(_SAME_SOUND) for name, plain in katakana_names().items()}
    near = process.extract(sound, names, scorer=OSA.distance, score_cutoff=slips, limit=None)
    likely = [(distance, other[:1] != sound[:1], place) for place, (other, distance, _) in
              enumerate(near) if other not in sound or other == sound]  # fmt: skip
    return near[min(likely)[2]][2] if likely else typed


def _nearest_word(typed: str, words: Iterable[str]) -> str:
    """Return the long katakana word that sounds like one but for a letter more or less."""
    from rapidfuzz.distance import OSA

    sound = typed.translate(_SAME_SOUND)
    if len(sound) < LONG_KANA:
        return typed
    for word in words:
        other = word.translate(_SAME_SOUND)
        is_near = abs(len(other) - len(sound)) == 1 and OSA.distance(other, sound) == 1
        if len(other) >= LONG_KANA and _KANA.fullmatch(word) and (is_near or other == sound):
            return word
    return typed


def _plain(name: str) -> str:
    return name.replace("・", "")


def _is_plain(word: str) -> bool:
    """Return whether a word may be corrected.

    >>> [_is_plain(word) for word in ("router", "HumanEvel", "ChatGPT", "BACKPROP")]
    [True, True, False, False]
    """
    return word[1:].islower() or (len(word) >= JOINED_FROM and not word.isupper())


def _most_slips(length: int, is_name: bool) -> int:
    if is_name:
        return 1 if length >= NAME_FROM else 0
    return min(length // LETTERS, MOST_SLIPS)


def _nearest(word: str, counts: Mapping[str, int], slips: int) -> str:
    """Return the most likely word of the index within some slips; "" without one.

    A slip is a letter too much, missing, wrong, or swapped with the next (optimal string
    alignment). One slip is likelier than two, then a word with the same first letter, then a
    common one.
    """
    from rapidfuzz import process  # not needed by most queries
    from rapidfuzz.distance import OSA

    near = process.extract(word, counts.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None)
    likely = [
        (distance, other[0] != word[0], -counts[other], other)
        for other, distance, _ in near
        # PyTorch is not a misspelling of torch.
        if other not in STOP_WORDS and not (distance > 1 and other in word)
    ]
    return min(likely)[-1] if likely else ""


def is_compound(word: str, is_word: IsWord) -> bool:
    """Return whether a word is two words run together, each with at least four letters.

    >>> is_compound("timestamps", {"time", "stamps"}.__contains__)
    True
    """
    return any(
        is_word(word[:place]) and is_word(word[place:])
        for place in range(PART, len(word) - PART + 1)
    )
