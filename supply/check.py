"""Check the installed packages: allowed licences, and versions without known vulnerabilities.

Works offline, from the metadata of the installed packages. python -m supply.check

pip-licenses cannot replace it. Its --allow-only compares a whole expression, so "MPL-2.0 AND MIT"
is refused although both are allowed; with --partial-match, one allowed part is enough, so "MIT AND
GPL-3.0-only" passes. It also lists everything installed, not what this project requires. pip-audit
(make audit) needs the network, which tests must not.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).parents[1]

# Allowed licences: permissive ones, and MPL 2.0, whose obligations are limited to its own files.
# Every id in an expression must be listed here.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python",
    "ISC", "LLVM-exception", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Python-2.0",
    "Unlicense", "Zlib",
}  # fmt: skip
# What some packages write instead of an SPDX id.
SAID_AS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License v2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


def installed() -> Iterator[Distribution]:
    """Yield all packages that this project needs with all its extras, as far as installed."""
    return needed(_project()["optional-dependencies"])


def needed(extras: Iterable[str], alone: Iterable[str] = ()) -> Iterator[Distribution]:
    """Yield the packages that this project needs, directly or not, as far as installed.

    Args:
        extras: Of this project.
        alone: Further packages, without what they require.
    """
    project = _project()
    asked = chain(*(project["optional-dependencies"][extra] for extra in extras))
    wanted = _names([*project["dependencies"], *asked], "")
    seen: set[tuple[str, str]] = set()
    while wanted:
        name, extra = wanted.pop()
        if (name, extra) in seen or name == project["name"]:
            continue
        seen.add((name, extra))
        try:
            found = distribution(name)
        except PackageNotFoundError:  # for another system, or an extra left out
            continue
        if not extra:
            yield found
        wanted += _names(found.requires or [], extra)
    yield from (distribution(name) for name in alone if (name, "") not in seen)


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    return dict(project["project"])


def _names(requirements: Iterable[str], extra: str) -> list[tuple[str, str]]:
    """Return the names of the requirements for this system, each with "" and its extras."""
    needed = [Requirement(text) for text in requirements]
    return [
        (canonicalize_name(needs.name), one)
        for needs in needed
        if not needs.marker or needs.marker.evaluate({"extra": extra})
        for one in ("", *needs.extras)
    ]


def licence_of(found: Distribution) -> str:
    """Return the licence in the metadata of a package, or "".

    The newest field comes first: an SPDX expression, then classifiers, then free text.
    """
    facts = found.metadata.json
    if expression := facts.get("license_expression"):
        return str(expression)
    kinds = [one.split(" :: ")[-1] for one in facts.get("classifier", [])
             if one.startswith("License :: ") and not one.endswith("OSI Approved")]  # fmt: skip
    said = kinds or [str(facts.get("license", "")).strip().split("\n")[0]]
    return " AND ".join(SAID_AS.get(one, one) for one in said)


def is_allowed(expression: str) -> bool:
    """Return whether every licence of an expression is allowed.

    >>> is_allowed("MPL-2.0 AND (Apache-2.0 OR MIT)"), is_allowed("MIT AND GPL-3.0-only")
    (True, False)
    >>> is_allowed(""), is_allowed("Proprietary")
    (False, False)
    """
    ids = [one for one in re.split(r"[\s()]+", expression) if one not in ("", "AND", "OR", "WITH")]
    return bool(ids) and all(one in ALLOWED for one in ids)


def read_floors() -> dict[str, tuple[str, str]]:
    """Return the lowest version of packages without a known vulnerability, and its name."""
    floors = json.loads((PROJECT / "supply" / "floors.json").read_bytes())["floors"]
    return {name: (version, hole) for name, (version, hole) in floors.items()}


def problems(packages: dict[str, tuple[str, str]]) -> list[str]:
    """Return the problems of packages, given their versions and licences."""
    found = []
    floors = read_floors()
    for name, (version, licence) in packages.items():
        # PyPI's torch installs these on Linux for graphics cards, under NVIDIA's own terms.
        if not is_allowed(licence) and not name.startswith(("nvidia-", "cuda-")):
            found.append(f"{name} {version}: the licence {licence!r} is not on the list.")
        lowest, hole = floors.get(name, ("0", ""))
        if Version(version) < Version(lowest):
            found.append(f"{name} {version}: {hole} is closed in {lowest}.")
    return found


def main() -> None:
    """Print every package with its licence; exit 1 if one is not allowed or vulnerable."""
    packages: dict[str, tuple[str, str]] = {
        canonicalize_name(one.metadata["Name"]): (one.version, licence_of(one))
        for one in installed()
    }
    for name, (version, licence) in sorted(packages.items()):
        sys.stdout.write(f"{name:<28} {version:<16} {licence}\n")
    wrong = problems(packages)
    sys.stdout.write("".join(f"\n{line}" for line in wrong))
    sys.stdout.write(f"\n{len(packages)} packages, {len(wrong)} problems\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
