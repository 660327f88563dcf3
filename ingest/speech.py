"""Transcribe recordings without captions with faster-whisper on the user's machine.

A recording is read in parts of about five minutes, and each finished part is saved at once, so that
an interrupted run continues where it stopped.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
from msgspec.structs import replace

from cs25search.errors import Cs25SearchError
from cs25search.integrity import replace_file

from .captions.files import MediaFile, RawTrack

DEFAULT_SPEECH_MODEL = "base"
RECOGNISER = "faster-whisper"  # the client of an Origin
RATE = 16_000  # samples per second, as Whisper expects
PART_SECONDS = 300
# A part ends at the quietest point in its last seconds, so that no word is cut.
QUIET_WITHIN, QUIET_FOR = 15.0, 0.2
INSTALL = "Install the extra: pip install 'cs25search[speech]'"


class Recogniser(Protocol):
    """Turns samples into segments with word times."""

    name: str

    def hear(self, samples: np.ndarray, language: str) -> tuple[list[dict[str, Any]], str]:
        """Return segments as Whisper's JSON has them, and the language; times from 0.

        Args:
            samples: RATE per second, between -1 and 1, shape (n,).
            language: "" to detect it.
        """


class Whisper:
    """faster-whisper with one model, on the CPU."""

    def __init__(self, model: str, folder: Path, offline: bool) -> None:
        """Load a model by hub name or folder.

        Raises:
            Cs25SearchError: faster-whisper is not installed, or there is no such model.
        """
        require_recogniser()
        from faster_whisper import WhisperModel

        self.name = Path(model).name if Path(model).exists() else f"whisper-{model}"
        try:
            self._model = WhisperModel(
                model,
                device="cpu",
                compute_type="int8",
                download_root=str(folder),
                local_files_only=offline,
            )
        except Exception as error:  # the hub, the disk and CTranslate2 raise different errors
            raise Cs25SearchError(
                f"The speech model {model!r} cannot be loaded: {_first_line(error)}.\n"
                "Use one of tiny, base, small, medium, large-v3, or a folder: "
                "--speech-model FOLDER. The first use fetches it from the hub."
            ) from None

    def hear(self, samples: np.ndarray, language: str) -> tuple[list[dict[str, Any]], str]:
        """Return segments as Whisper's JSON has them, and the language; times from 0."""
        found, about = self._model.transcribe(
            samples, language=language or None, word_timestamps=True, vad_filter=True
        )
        segments = [
            {
                "start": round(float(one.start), 3),
                "end": round(float(one.end), 3),
                "text": one.text,
                "words": [
                    {
                        "start": round(float(word.start), 3),
                        "end": round(float(word.end), 3),
                        "word": word.word,
                    }
                    for word in one.words or ()
                ],
            }
            for one in found
        ]
        return segments, about.language


def require_recogniser() -> None:
    """Check that faster-whisper is installed.

    Raises:
        Cs25SearchError: It is not.
    """
    if find_spec("faster_whisper") is None:
        raise Cs25SearchError(
            f"--transcribe needs faster-whisper, which is not installed.\n{INSTALL}"
        )


def read_length(media: Path) -> float:
    """Return the length of an audio or video file in seconds; 0 if the file does not say.

    Raises:
        Cs25SearchError: It cannot be opened, or has no audio.
    """
    with _opened(media) as container:
        return (container.duration or 0) / 1_000_000


def read_parts(media: Path, seconds: float = PART_SECONDS) -> Iterator[np.ndarray]:
    """Yield the audio of a file in parts of at most `seconds`, each ending at a quiet point.

    Raises:
        Cs25SearchError: It cannot be opened, or has no audio.
    """
    import av

    size = round(seconds * RATE)
    waiting: list[np.ndarray] = []
    count = 0
    with _opened(media) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        try:
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    waiting.append(piece.to_ndarray().reshape(-1))
                    count += len(waiting[-1])
                while count >= size:
                    audio = np.concatenate(waiting)
                    end = _quiet_end(audio[:size])
                    yield _samples(audio[:end])
                    waiting, count = [audio[end:]], len(audio) - end
        except av.error.FFmpegError as error:
            raise Cs25SearchError(f"{media} cannot be read to its end: {error}.") from None
    if count:
        yield _samples(np.concatenate(waiting))


def transcribe(
    recording: MediaFile,
    recogniser: Recogniser,
    folder: Path,
    on_part: Callable[[float], None] = lambda seconds: None,
) -> RawTrack:
    """Return the captions of a recording, marked as automatic.

    Args:
        folder: Where finished parts are kept until the recording is done.
        on_part: Called with the length of each finished part in seconds.

    Raises:
        Cs25SearchError: The file cannot be read, or contains no speech.
    """
    media, origin = recording.path, recording.origin
    parts = folder / _key(media, recogniser.name)
    parts.mkdir(parents=True, exist_ok=True)
    segments: list[dict[str, Any]] = []
    begins = 0.0
    spoken = ""  # detected in the first part
    for number, samples in enumerate(read_parts(media)):
        path = parts / f"{number:04}.json"
        if path.is_file():
            part = msgspec.json.decode(path.read_bytes())
        else:
            heard, found = recogniser.hear(samples, spoken)
            part = {"segments": heard, "language": found}
            replace_file(path, msgspec.json.encode(part))
        spoken = spoken or part["language"]
        segments += [_later(one, begins) for one in part["segments"]]
        begins += len(samples) / RATE
        on_part(len(samples) / RATE)
    if not any(one["text"].strip() for one in segments):
        raise Cs25SearchError(f"{recogniser.name} found no speech in {media.name}.")
    shutil.rmtree(parts)
    code = spoken if re.fullmatch("[a-z]{2,3}", spoken) else ""
    name = f"{origin.video_id}{f'.{code}' if code else ''}.json"
    made = replace(
        origin,
        kind=f"automatic, {recogniser.name}",
        name=name,
        language=code,
        client=RECOGNISER,
        duration=origin.duration or begins,
    )
    return RawTrack(made, msgspec.json.encode({"segments": segments, "language": spoken}))


def _opened(media: Path) -> Any:
    try:
        import av
    except ImportError:
        raise Cs25SearchError(
            f"--transcribe needs PyAV, which is not installed.\n{INSTALL}"
        ) from None
    try:
        container = av.open(str(media), metadata_errors="ignore")
    except (av.error.FFmpegError, OSError) as error:
        raise Cs25SearchError(f"{media} cannot be opened: {_first_line(error)}.") from None
    if not container.streams.audio:
        container.close()
        raise Cs25SearchError(f"{media} has no audio.")
    return container


def _key(media: Path, model: str) -> str:
    """Return a key for the parts of a file in its present state, transcribed by one model."""
    facts = media.stat()
    text = f"{media.resolve()}\n{facts.st_size}\n{facts.st_mtime_ns}\n{model}"
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _quiet_end(audio: np.ndarray) -> int:
    """Return the quietest point in the last seconds of a recording, in samples."""
    frame = round(QUIET_FOR * RATE)
    count = min(round(QUIET_WITHIN / QUIET_FOR), len(audio) // frame - 1)
    if count < 1:
        return len(audio)
    tail = audio[len(audio) - count * frame :].astype(np.float32).reshape(count, frame)
    quietest = int(np.argmin((tail**2).mean(axis=1)))
    return len(audio) - count * frame + quietest * frame + frame // 2


def _samples(audio: np.ndarray) -> np.ndarray:
    samples: np.ndarray = audio.astype(np.float32) / 32768.0
    return samples


def _later(segment: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return a segment with its times shifted."""
    words = [
        word | {"start": round(word["start"] + seconds, 3), "end": round(word["end"] + seconds, 3)}
        for word in segment["words"]
    ]
    start, end = round(segment["start"] + seconds, 3), round(segment["end"] + seconds, 3)
    return segment | {"start": start, "end": end, "words": words}


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
