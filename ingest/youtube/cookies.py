"""Read a browser's cookies from a cookies.txt file."""

import re
from pathlib import Path

from cs25search.errors import Cs25SearchError


def read_cookies(path: Path) -> str:
    """Return the text of a cookie file as exported by browser extensions.

    Raises:
        Cs25SearchError: It cannot be read or has another format.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Cs25SearchError(
            f"{path} cannot be read as cookies ({error}).\nExport them as a cookies.txt file."
        ) from None
    # Errors do not quote the content, because it gives access to accounts.
    lines = text.splitlines()
    if not text.startswith(("# HTTP Cookie File", "# Netscape HTTP Cookie File")):
        wrong = "does not begin with '# Netscape HTTP Cookie File'"
    elif bad := [number for number, line in enumerate(lines, 1) if not _is_cookie(line)]:
        fields = "domain, TRUE or FALSE, path, TRUE or FALSE, a number, name, value"
        wrong = f"has no cookie in line {bad[0]}; a cookie is {fields}, separated by tabs"
    else:
        return text
    raise Cs25SearchError(
        f"{path} {wrong}.\n"
        "Export the cookies of youtube.com in Netscape format; see docs/youtube.md."
    )


def _is_cookie(line: str) -> bool:
    """Return whether yt-dlp accepts a line; it would print other lines or fail on them."""
    line = line.removeprefix("#HttpOnly_")
    if not line.strip() or line.startswith("#"):
        return True
    fields = line.split("\t")
    if len(fields) != 7 or not re.fullmatch(r"(?:[0-9]+(?:\.[0-9]+)?)?", fields[4]):
        return False
    return (fields[1] == "TRUE") == fields[0].startswith(
        "."
    )  # TRUE means that subdomains are included
