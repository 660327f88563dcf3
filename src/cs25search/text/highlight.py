"""Where the words of a question match a text."""

import re
from collections.abc import Sequence

from .japanese import is_japanese
from .ngrams import bigrams
from .topic_words import english_topic_words
from .words import STOP_WORDS, WORD, fold, stem


def marks(query: str, text: str) -> list[tuple[int, int]]:
    """Return where words of `text` match words of the query, as (begin, end) positions.

    Words match when they share a stem (Snowball English) and are not stop words. In Japanese, Latin
    words match, and so do runs of two or more characters that are also in the query.

    >>> text = "The routers compute in float32."
    >>> [text[b:e] for b, e in marks("Why does the router need float32?", text)]
    ['routers', 'float32']
    >>> text = "ルーターにはfloat32が要る"
    >>> [text[b:e] for b, e in marks("Why does the router need float32?", text)]
    ['float32']
    >>> text = "スループットの高いルータ、ニューラルネットワーク"
    >>> [text[b:e] for b, e in marks("ルーターとネットワーク", text)]
    ['ルータ', 'ネットワーク']
    """
    if is_japanese(query) or is_japanese(text):
        return _shared_runs(query, text)
    query_words = english_topic_words(query)
    found = [(match.span(), fold(match[0])) for match in WORD.finditer(text)]
    return [span for span, word in found if word not in STOP_WORDS and stem(word) in query_words]


_KATAKANA = re.compile(r"[\u30a1-\u30ff]+")
_HIRAGANA = re.compile(r"[\u3040-\u309f]+")
_PARTICLES = "とをのはがにでもへや"


def _shared_runs(query: str, text: str) -> list[tuple[int, int]]:
    pairs = set(bigrams(query))
    query_runs = {run.rstrip("ー") for run in _KATAKANA.findall(fold(query))}
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[A-Za-z0-9]+|[\u30a1-\u30ff]+|[^\W_A-Za-z0-9\u30a1-\u30ff]+", text):
        run = fold(match[0])
        if _KATAKANA.fullmatch(run):
            # Two katakana are not enough: the ルー of ルーター is also in スループット.
            inside = max((w for w in query_runs if len(w) > 2 and w in run), key=len, default="")
            if run.rstrip("ー") in query_runs:
                found.append(match.span())
            elif inside:
                begin = run.index(inside)
                found += _in_text([(begin, begin + len(inside))], run, match)
            continue
        if run.isascii():
            if run in pairs and run not in STOP_WORDS:
                found.append(match.span())
            continue
        found += _in_text(_whole_words(run, _runs_of(run, pairs)), run, match)
    return _joined(found)


def _in_text(
    spans: Sequence[tuple[int, int]], run: str, match: re.Match[str]
) -> list[tuple[int, int]]:
    """Return positions in a folded run as positions in the text.

    Those in a run that folding makes longer or shorter (¼, ﾊﾞ) are the whole run.

    >>> marks("㐀¼¹", "㐀¼¹"), marks("バッチ", "ﾊﾞｯﾁ正規化")
    ([(0, 3)], [(0, 7)])
    """
    if len(run) != len(match[0]):
        return [match.span()] if spans else []
    return [(match.start() + begin, match.start() + end) for begin, end in spans]


def _runs_of(run: str, pairs: set[str]) -> list[tuple[int, int]]:
    """Return the positions in a run of which each pair of characters is in the query."""
    found: list[tuple[int, int]] = []
    for i in range(len(run) - 1):
        pair = run[i : i + 2]
        # Two hiragana are usually grammar ("です", "から"), not a topic.
        if pair not in pairs or _HIRAGANA.fullmatch(pair):
            continue
        begin, end = i, i + 2
        if found and found[-1][1] >= begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _whole_words(run: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans without particles at their ends, and with the endings of words that they cut.

    >>> run = "大きい画像の計算量を"
    >>> [run[b:e] for b, e in _whole_words(run, [(0, 2), (3, 5), (5, 8)])]
    ['大きい', '画像', '計算']
    """
    whole = []
    for begin, end in spans:
        while begin < end and _HIRAGANA.match(run, begin):
            begin += 1
        if end - begin > 1 and run[end - 1] in _PARTICLES:
            end -= 1
        elif end > begin and _HIRAGANA.match(run, end - 1):
            while end < len(run) and _HIRAGANA.match(run, end) and run[end] not in _PARTICLES:
                end += 1
        if begin < end:
            whole.append((begin, end))
    return whole


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans with neighbours that touch as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and joined[-1][1] >= begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined
