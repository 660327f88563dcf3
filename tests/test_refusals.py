"""python -m ingest: what the system refuses is told with a cure that fits the path."""

import errno
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import ingest.__main__ as command

OF_INDEX = "Free some space, check permissions, or give --index DIR."


@pytest.mark.parametrize(
    ("number", "path", "cure"),
    [
        (errno.ENOSPC, None, OF_INDEX),
        (errno.ENOSPC, "/elsewhere/file", OF_INDEX),
        (errno.EACCES, "{index}/physics/captions", OF_INDEX),
        (errno.EACCES, "{above}", OF_INDEX),
        (errno.ELOOP, f"{sys.prefix}/lib/site-packages/av/__init__.py", "install cs25search in a"),
        (errno.EACCES, "/talks/a.srt", "This path is outside the index folder: check the file"),
    ],
)
def test_cure_fits_the_path_that_was_refused(tmp_path, monkeypatch, number, path, cure):
    index = tmp_path / "index"
    given = path and path.format(index=index, above=tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), given)

    monkeypatch.setattr(command, "read_order", refuse)
    done = CliRunner().invoke(command.main, ["--offline", "--index", str(index)])
    assert done.exit_code == 2
    said = " ".join(done.stderr.split())
    assert f"{given or index}: {os.strerror(number)}. The index is unchanged." in said
    assert cure in said
    assert (OF_INDEX in said) == (cure == OF_INDEX)
    assert not Path(index).exists()
