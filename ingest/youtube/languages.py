"""Which captions serve the language that a user wants."""


def same_language(code: str, wanted: str) -> bool:
    """Return whether captions in `code` serve who wants `wanted`.

    >>> same_language("en-GB", "en"), same_language("en", "en-GB"), same_language("eng", "en")
    (True, False, False)
    """
    return code == wanted or code.startswith(f"{wanted}-")
