"""Escape text for Markdown that other programs read: Obsidian, Slack, GitHub, editors."""

import re

from .clean import clean

JOINER = "\u2060"  # word joiner: no width, no line break

# Programs look for these in parsed text, where the backslashes are gone: emoji, web and mail
# addresses, mentions. An invisible character inside prevents a match.
LATE = r"""(?<=:)(?=[\w+-]+:)                    # :smile:
      | (?<=:)(?=//)                             # https://
      | (?<=www)(?=\.)
      | (?<=@)(?=[-\w]+\.[-\w])                  # name@host.example
"""
_LATE = "(?ix)" + LATE + r"| (?<=(?<!\w)@)(?=\w)  # @channel"
# $x$ is a formula, %%x%% a comment and ==x== a highlight in Obsidian, &lt; an entity.
_SIGNS = r"([\\`*_{}\[\]<>|~!#$%=^&])"
_BEGIN = r"(?P<bullet>[-+])|(?P<number>[0-9]+)(?P<dot>[.)])"


def escape_markdown(text: str) -> str:
    r"""Return one line of Markdown that shows `text` literally.

    >>> escape_markdown("a_b <i>\n![x](y) costs $5")
    'a\\_b \\<i\\> \\!\\[x\\](y) costs \\$5'
    >>> escape_markdown("1. item"), escape_markdown("- item")
    ('1\\. item', '\\- item')
    """
    escaped = re.sub(_SIGNS, r"\\\1", re.sub(_LATE, JOINER, clean(text)))
    if begin := re.match(_BEGIN, escaped):  # at the beginning of a line it would start a list
        at = begin.start("bullet") if begin["bullet"] else begin.start("dot")
        escaped = f"{escaped[:at]}\\{escaped[at:]}"
    return escaped
