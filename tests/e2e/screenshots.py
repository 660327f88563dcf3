"""make screenshots: the main pages, desktop and phone, light and dark, into docs/images."""

import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from cs25search.search import default_index_dir

from .conftest import ARGUMENTS, PROJECT, open_page, serve
from .test_journeys import PAGES, PHONE, open_at

SHOTS = [
    ("search", "light", False), ("search", "dark", True), ("lectures", "light", False),
    ("lecture", "dark", False), ("index", "light", True),
    ("strips", "light", False), ("strips", "dark", True),
]  # fmt: skip


def main() -> None:
    """Take the pictures; 64 colours are enough for a page of text."""
    folder = PROJECT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with serve(Path(default_index_dir())) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for name, scheme, is_phone in SHOTS:
            options = PHONE if is_phone else {}
            with open_page(browser, color_scheme=scheme, **options) as page:
                open_at(page, address + PAGES["search" if name == "strips" else name])
                if name == "strips":
                    page.locator(".st-key-strip-5 svg.marks").scroll_into_view_if_needed()
                page.wait_for_timeout(1500)
                device = "phone" if is_phone else "desktop"
                path = folder / f"{name}-{device}-{scheme}.png"
                picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
                picture.quantize(64).save(path, optimize=True)
                print(path.relative_to(PROJECT), path.stat().st_size, file=sys.stderr)
        browser.close()


if __name__ == "__main__":
    main()
