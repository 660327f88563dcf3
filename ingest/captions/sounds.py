"""Remove marks of sounds that are not speech: [Music], (applause)."""

import re
from collections.abc import Iterable

from .track import Timed

# Bracketed sounds and unheard words. "__" is YouTube's mask for a swear word.
_SOUND = re.compile(
    r"(?:upbeat |soft |dramatic |gentle |intro |theme )?music(?: playing)?|blank[_ ]audio|beep"
    r"|(?:audience |cheer(?:s|ing) and )?applau(?:se|ding)|clapping|cheering|bell(?: ringing)?"
    r"|(?:audience )?(?:laughter|laugh(?:s|ing)?)|chuckl(?:es|ing)|cough(?:s|ing)?|sigh(?:s|ing)?"
    r"|clears throat|silence|pause|noise|no audio|no speech|inaudible|unintelligible|crosstalk"
    r"|speaker[_ ]turn"
    r"|(?:speaking )?foreign(?: language)?|speaking in foreign language|__"
    # German, French, Spanish, Portuguese, Italian, Dutch, Polish, Turkish, Vietnamese
    r"|(?:leise |ruhige )?musik|applaus|beifall|(?:ge)?lachen|gelächter|räuspern|husten|stille"
    r"|unverständlich|lacht|hustet|seufzt|musique|applaudissements|rires?|toux|(?:le )?public rit"
    r"|silence|música|aplausos?|risas?|risos?|tos|silencio|silêncio|inaudible|inaudível|ininteligible"
    r"|musica|applausi?|risate?|tosse|silenzio|incomprensibile|muziek|gelach|applaus|muzyka"
    r"|oklaski|śmiech|müzik|alkış(?:lar)?|gülüşmeler|âm nhạc|vỗ tay|cười"
    # Russian, Ukrainian, Hindi, Arabic, Thai, Korean, Chinese, Japanese
    r"|(?:играет )?музыка|аплодисменты|смех|сме[её]тся|кашель|тишина|неразборчиво"
    r"|музика|оплески|сміх|संगीत|तालियां|तालियाँ|हंसी|हँसी|موسيقى|تصفيق|ضحك|เพลง|ดนตรี|เสียงปรบมือ|เสียงหัวเราะ"
    r"|음악|박수|웃음|음성 없음|音乐|掌声|笑声|音樂|掌聲|笑聲|音楽|拍手|笑|笑い|笑い声|無音|咳",
    re.I,
)
_BRACKETS = re.compile(r"[\[(【（][^\[\]()【】（）]{1,30}[\])】）]")
_OPENING = ("[", "(", "【", "（")
_CLOSING = ("]", ")", "】", "）")


def is_sound(text: str) -> bool:
    """Return whether a bracketed text is a sound.

    >>> is_sound("Music"), is_sound("Alba")
    (True, False)
    """
    return _SOUND.fullmatch(text.strip("[]()【】（）.,!? ")) is not None


def without_sounds(tokens: Iterable[Timed]) -> list[Timed]:
    """Return words without bracketed sound marks; other brackets are kept.

    >>> words = "[Upbeat music] so [see slide] (Laughter)".split()
    >>> without_sounds((None, word) for word in words)
    [(None, 'so'), (None, '[see'), (None, 'slide]')]
    >>> without_sounds([(None, "皆さん[拍手]こんにちは（笑）"), (None, "（拍手）")])
    [(None, '皆さんこんにちは')]
    >>> without_sounds([(None, "[Music]>>"), (None, "[Music]>>Hi")])
    [(None, 'Hi')]
    """
    kept: list[Timed] = []
    for time, word in tokens:
        plain = _BRACKETS.sub(lambda found: "" if is_sound(found[0]) else found[0], word)
        if plain != word and plain.startswith(">>"):
            plain = plain.lstrip(">")  # a mark of the speaker stood behind the sound
        if plain != word and not plain.strip(".,!?"):
            continue
        kept.append((time, plain))
        if not plain.rstrip(".,!?").endswith(_CLOSING):
            continue
        # The longest marks have three tokens, as do those with separate brackets: "[ __ ]".
        for size in range(1, min(5, len(kept)) + 1):
            if kept[-size][1].startswith(_OPENING):
                mark = " ".join(word for _, word in kept[-size:])
                if is_sound(mark):
                    del kept[-size:]
                break
    return kept
