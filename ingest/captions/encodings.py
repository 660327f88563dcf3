"""Decode bytes: as Unicode if possible, else with an encoding guessed by charset-normalizer."""

import codecs
import re

from charset_normalizer import from_bytes

from cs25search.errors import CaptionError

# Encodings that caption editors use, the most common of each script first.
LEGACY = (
    "cp1252 cp932 gb18030 big5 cp949 euc_jp cp1251 koi8_r cp1250 cp1253 cp1254 cp1255 cp1256 cp874"
).split()
MOST_GUESSED_FROM = 20_000  # bytes with non-ASCII letters; more do not improve the guess
# Letters that occur in any few lines of these languages, to guess from short texts.
_COMMON = {
    "cp932": "のにはをがでとたしていれなもるすまさいょっンスルト",
    "euc_jp": "のにはをがでとたしていれなもるすまさいょっンスルト",
    "gb18030": "的一是不了在有我他这们来个上大到说就你时要也那会出么对讲",
    "big5": "的一是不了在有我他這們來個上大到說就你時要也那會出麼對講",
    "cp949": "이다는을를의에가고은로하지해습니도서게어그한요",
    "cp1252": "äöüßÄÖÜéèêëàâçîïôùûÉÀÇñáíóúÑãõåÅøØæÆ¿¡’“”‘…–—œŒ«»",
    "cp1254": "ığşİĞŞçöüÇÖÜâ’“”‘…–—",
}
# Joiners between letters other than ASCII are part of Persian, Indic and emoji spelling.
_INVISIBLE = re.compile(
    "[\x00\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
DAMAGED = "damaged UTF-8"
MOST_DAMAGED = 1 / 3  # damaged bytes for each whole non-ASCII letter; far more in other encodings


def decode(data: bytes | str, source: str) -> tuple[str, str]:
    """Return a text without invisible characters, and the encoding if it was guessed.

    The encoding is "" for whole Unicode, DAMAGED for UTF-8 with a few bytes that are not.

    Raises:
        CaptionError: The bytes are not text.
    """
    if isinstance(data, str):
        return _visible(data), ""
    for mark, name in (
        (codecs.BOM_UTF8, "UTF-8"),
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
    ):
        if data.startswith(mark):
            return _visible(_strict(data, name, source)), ""
    if name := _unmarked_utf16(data):
        return _visible(_strict(data, name, source)), name
    try:
        return _visible(data.decode("utf-8")), ""
    except UnicodeDecodeError as error:
        place = error.start
    if text := _damaged_utf8(data):
        return _visible(text), DAMAGED
    name = _guess(data)
    if not name:
        line = data.count(b"\n", 0, place) + 1
        reason = f"byte 0x{data[place]:02x} is not valid in UTF-8 text"
        raise CaptionError(source, line, reason)
    return _visible(_uncut(data, name)), name


def _damaged_utf8(data: bytes) -> str:
    """Return a text that is UTF-8 but for a few bytes or a cut-off end, "" if it is not."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    letters = sum(not letter.isascii() for letter in text) - damaged
    is_cut = damaged == 1 and text.endswith("\ufffd")
    if is_cut and letters:
        return text[:-1]
    return text if damaged <= MOST_DAMAGED * letters else ""


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _strict(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{data[error.start]:02x} is not valid in {encoding} text"
        raise CaptionError(source, line, reason) from None


def _uncut(data: bytes, encoding: str) -> str:
    """Decode bytes that may end within a letter, which is left out."""
    return codecs.getincrementaldecoder(encoding)().decode(data)


def _unmarked_utf16(data: bytes) -> str:
    """Return the variant of UTF-16 without a byte order mark: every second byte of ASCII is 0."""
    head = data[:2000]
    if len(data) % 2 or len(head) < 4:
        return ""
    high, low = head[0::2].count(0), head[1::2].count(0)
    if low > len(head) // 6 and high * 10 < low:
        return "UTF-16-LE"
    return "UTF-16-BE" if high > len(head) // 6 and low * 10 < high else ""


def _guess(data: bytes) -> str:
    """Return a legacy encoding in which the bytes are text, "" if there is none.

    Times and tags are ASCII in all of them and would only obscure the differences.
    """
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines)[:MOST_GUESSED_FROM]
    fits = [name for name in LEGACY if _fits(data, name)]
    shares = {name: _common_share(sample, name) for name in fits if name in _COMMON}
    western = ("cp1252", "cp1254")
    for name in western:
        if shares.get(name, 0.0) > 0.95:
            return name
    best = max((name for name in shares if name not in western), key=shares.__getitem__, default="")
    if best and shares[best] >= 0.1:
        return best
    found = from_bytes(sample, cp_isolation=LEGACY, threshold=0.5).best()
    return found.encoding if found and found.encoding in fits else ""


def _common_share(sample: bytes, name: str) -> float:
    """Return the share of the non-ASCII letters that are common in an encoding's language."""
    letters = [one for one in sample.decode(name, "ignore") if not one.isascii()]
    return sum(one in _COMMON[name] for one in letters) / max(1, len(letters))


def _fits(data: bytes, name: str) -> bool:
    try:
        text = _uncut(data, name)
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\r\n\t\x0b\x0c" for letter in set(text))
