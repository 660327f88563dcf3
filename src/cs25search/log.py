"""Log one JSON line per question and per step of an ingest, if CS25_LOG is set.

CS25_LOG is a file, or "stderr". The text of questions is logged only if CS25_LOG_QUESTIONS is 1,
because it may be personal. docs/deploy.md lists the fields.

The standard module logging is not used: its settings belong to the program that imports this
package, and its handlers keep a file open. CS25_LOG is read and the file opened for each line, so
that a log can be switched on in a running program and its file moved away at any time.
"""

import datetime
import functools
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def write(event: str, **facts: object) -> None:
    """Add a line if CS25_LOG is set; warn if the log cannot be written."""
    target = os.environ.get("CS25_LOG", "")
    if not target:
        return
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": now, "event": event, "pid": os.getpid(), **facts}) + "\n"
    try:
        if target == "stderr":
            sys.stderr.write(line)
            return
        # One write to a file opened for appending: lines of several processes do not mix.
        log = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(log, line.encode())
        finally:
            os.close(log)
    except OSError as error:
        warnings.warn(f"CS25_LOG={target}: {error.strerror}; logging is off.", stacklevel=2)


@contextmanager
def question(event: str, generation: str, text: object) -> Iterator[dict[str, object]]:
    """Write a line about a question when the block ends; what is put into the dict is added.

    Args:
        generation: The name of the generation that is searched.
    """
    outcome: dict[str, object] = {}
    if not os.environ.get("CS25_LOG"):
        yield outcome
        return
    facts: dict[str, object] = {"characters": len(str(text))}
    if os.environ.get("CS25_LOG_QUESTIONS") == "1":
        facts["question"] = str(text)
    begin = time.perf_counter()
    try:
        yield outcome
    except Exception as error:
        outcome["error"] = type(error).__name__
        raise
    finally:
        write(event, generation=generation, ms=_ms(begin), **facts, **outcome)


def step(function: Function) -> Function:
    """Decorate a step of an ingest: log its name and outcome when it ends."""

    @functools.wraps(function)
    def logged(*arguments: Any, **options: Any) -> Any:
        begin, error = time.perf_counter(), None
        try:
            return function(*arguments, **options)
        except BaseException as caught:
            error = type(caught).__name__
            raise
        finally:
            write("ingest", step=function.__name__, ms=_ms(begin), error=error)

    return logged  # type: ignore[return-value]


def _ms(begin: float) -> float:
    return round((time.perf_counter() - begin) * 1000, 1)
