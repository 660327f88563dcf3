"""Log one JSON line per question and per step of an ingest, if CS25_LOG is set.

CS25_LOG is a file, or "stderr". The text of questions is logged only if CS25_LOG_QUESTIONS is 1,
because it may be personal. docs/deploy.md lists the fields.
"""

import datetime
import functools
import inspect
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def write(event: str, **facts: object) -> None:
    """Add a line if CS25_LOG is set; warn if the log cannot be written."""
    place = os.environ.get("CS25_LOG", "")
    if not place:
        return
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": now, "event": event, "pid": os.getpid(), **facts}) + "\n"
    try:
        if place == "stderr":
            sys.stderr.write(line)
            return
        # One write to a file opened for appending: lines of several processes do not mix.
        log = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(log, line.encode())
        finally:
            os.close(log)
    except OSError as error:
        warnings.warn(f"CS25_LOG={place}: {error.strerror}; logging is off.", stacklevel=2)


def question(
    event: str, outcome: Callable[[Any], dict[str, object]]
) -> Callable[[Function], Function]:
    """Decorate a method of Index that takes a question: log a line for each call.

    Args:
        outcome: Returns the fields to log for the returned value.
    """

    def decorate(method: Function) -> Function:
        @functools.wraps(method)
        def logged(index: Any, *arguments: Any, **options: Any) -> Any:
            if not os.environ.get("CS25_LOG"):
                return method(index, *arguments, **options)
            bound = inspect.signature(method).bind(index, *arguments, **options).arguments
            asked = str(list(bound.values())[1])  # the first argument after the index
            facts: dict[str, object] = {"characters": len(asked)}
            if os.environ.get("CS25_LOG_QUESTIONS") == "1":
                facts["question"] = asked
            begin = time.perf_counter()
            try:
                given = method(index, *arguments, **options)
                facts |= outcome(given)
            except Exception as error:
                facts["error"] = type(error).__name__
                raise
            finally:
                generation = index.generation.manifest.generation
                write(event, generation=generation, ms=_ms(begin), **facts)
            return given

        return logged  # type: ignore[return-value]

    return decorate


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
