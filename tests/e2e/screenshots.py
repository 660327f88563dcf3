"""make screenshots: the main pages, desktop and phone, light and dark, into docs/images."""

import sys
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from .conftest import PHONE, PROJECT, launched, open_at, open_desk, open_page, serve
from .test_journeys import FLOAT32, PAGES

ASKED = "ルーターにfloat32が必要なのはなぜ？"  # the same in Japanese
# page, language, light or dark, on a phone, what to scroll to
SHOTS = [
    ("search", "en", "light", False, None), ("search", "en", "dark", True, None),
    ("search", "ja", "light", False, None), ("search", "ja", "light", True, None),
    ("map", "en", "light", False, ".cs-map"), ("map", "en", "dark", True, ".cs-map"),
    ("lectures", "en", "light", False, None), ("lecture", "en", "dark", False, None),
    ("index", "en", "light", True, None),
]  # fmt: skip


def main() -> None:
    """Take the pictures; 128 colours are enough for a page of text."""
    folder = PROJECT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    # A relative path: the Sources page shows it, and no picture should show this machine's.
    with serve(Path("index")) as served, launched() as browser:
        for name, language, scheme, is_phone, target in SHOTS:
            options = PHONE if is_phone else {}
            with open_page(browser, color_scheme=scheme, **options) as page:
                path = PAGES.get(name, PAGES["search"])
                if language == "ja":
                    path = path.replace("lang=en", "lang=ja").replace(quote(FLOAT32), quote(ASKED))
                has_player = name != "index"
                (open_desk if has_player else open_at)(page, served.url + path)
                if has_player:  # its script comes after the text
                    page.locator(".cs-stage > *").wait_for(state="attached")
                if target:
                    page.locator(target).scroll_into_view_if_needed()
                page.wait_for_load_state("networkidle")  # icons and fonts
                picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
            device = "phone" if is_phone else "desktop"
            suffix = "" if language == "en" else f"-{language}"
            file = folder / f"{name}-{device}-{scheme}{suffix}.png"
            picture.quantize(128).save(file, optimize=True)
            print(file.relative_to(PROJECT), file.stat().st_size, file=sys.stderr)


if __name__ == "__main__":
    main()
