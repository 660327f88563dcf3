"""Complete what is left in Latin letters where Japanese was typed by its sound."""

import re
from collections.abc import Callable

from .spelling import Sounds

SHORTEST = 4  # letters of a whole word
_JAPANESE = r"[ぁ-んァ-ヶー一-龯]"
_RUN = re.compile(
    rf"(?<![A-Za-z0-9_@.\\/-])[A-Za-z][a-z]*(?={_JAPANESE})|(?<={_JAPANESE})[a-z]+(?![\w@.-])"
)
# The syllables of kana in Latin letters, double consonants included.
_SYLLABLES = re.compile(
    r"(?:(?:([kstcpgzdbhfmrj])(?=\1))?(?:[kstnhmyrwgzdbpfj]|[kstnhmrgzdbpj]y|sh|ch|ts)?[aiueo]|n)+"
)
_VOWELS = "あいうえおゃゅょ"
# A consonant between hiragana, unless a particle follows, as it does a variable: どうしtます.
_PARTICLE = r"[はがをにのとでもやへ]|から|より|まで|だけ|ほど|など|なら|です"
_STRAY = re.compile(rf"(?<=[ぁ-ん])([b-df-hj-np-tv-z])(?!{_PARTICLE})([ぁ-ん])")


def complete_kana(
    question: str, is_word: Callable[[str], bool], sounds: Callable[[], Sounds]
) -> str:
    """Return a Japanese question with words and letters that were left in Latin letters in kana.

    Args:
        is_word: Whether a dictionary or the index has a Latin word, which is then left alone.
        sounds: Returns the Japanese words of the index, from `spelling.sounds_of`. A whole word
            becomes the one that sounds the same.

    >>> none, known = set().__contains__, {"tokens", "nano"}.__contains__
    >>> words = lambda: {"ホウシュウ": ("報酬", ("名詞",))}
    >>> complete_kana("housyuuが疎だとbubunはどうなるんでしょうkあ", none, words)
    '報酬が疎だとぶぶんはどうなるんでしょうか'
    >>> complete_kana("どうしtますか。なにwさしてる", none, dict)
    'どうしますか。なにさしてる'
    >>> complete_kana("tokensのnanoと、kを増やしたらpはどうなる。上位kあたり", known, dict)
    'tokensのnanoと、kを増やしたらpはどうなる。上位kあたり'
    """

    def whole(match: re.Match[str]) -> str:
        typed = match[0].lower()
        if len(typed) < SHORTEST or not _SYLLABLES.fullmatch(typed) or is_word(typed):
            return match[0]
        import jaconv  # not needed by most queries

        kana = str(jaconv.alphabet2kana(typed))
        # With a capital, it may be a name.
        word, _ = sounds().get(jaconv.hira2kata(kana), (kana if typed == match[0] else "", ()))
        return word or match[0]

    def rest(match: re.Match[str]) -> str:
        consonant, kana = match.groups()
        if kana not in _VOWELS:
            return str(kana)
        import jaconv

        return str(jaconv.alphabet2kana(consonant + jaconv.kana2alphabet(kana)))

    return _STRAY.sub(rest, _RUN.sub(whole, question))
