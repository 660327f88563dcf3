"""Collect what is indexed from everything on disk: videos with their lectures, chunks, slides."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from cs25search.course.entries import course_entries
from cs25search.course.read import Course
from cs25search.errors import CaptionError
from cs25search.index.build import BUILD_VERSION, Content
from cs25search.index.generation import MODEL_NOTES, TextSource
from cs25search.records import About, Chunk, Cue, Deck, Entry, Explanation, Lecture, Slide, Video
from cs25search.text.japanese import japanese_words
from cs25search.times import clock

from .captions.encodings import DAMAGED
from .captions.files import RawTrack
from .captions.names import in_title_order
from .captions.parse import clip
from .chunks import build_chunks
from .deck.match import Candidate, DeckLecture, Matches, match
from .deck.parse import ParsedDeck, slide_url
from .notes.files import Written, note_chunks
from .notes.windows import Window, build_windows
from .report import VideoRow

REPAIR = CaptionError.cure
NO_TITLE = "No title found; set title in course.toml."
ROUNDING = 0.06  # seconds; course.toml has lengths to a tenth


class Collection(msgspec.Struct, frozen=True):
    """The contents of a generation, and a row of the closing table for each video."""

    about: About
    rows: list[VideoRow]
    chunks: list[Chunk]
    slides: list[Slide]
    sources: list[TextSource]
    unmatched: list[DeckLecture]  # lectures of the deck given with --deck that match no video
    entries: list[Entry]  # what can be asked about the course itself
    explanations: list[Explanation]  # answers to questions about what is taught
    windows: list[
        Window
    ]  # of videos without bundled notes, for which a language model can write some

    def content(self, inputs: str, split: Callable[[str], list[str]] = japanese_words) -> Content:
        """Return what a generation is built from.

        Args:
            inputs: From `inputs_key`.
            split: Gives the words of a Japanese text.
        """
        return Content(
            videos=[row.video for row in self.rows],
            chunks=self.chunks,
            about=self.about,
            slides=self.slides,
            entries=self.entries,
            explanations=self.explanations,
            sources=self.sources,
            inputs=inputs,
            split=split,
        )


def collect(
    course: Course,
    tracks: Mapping[str, RawTrack],
    deck: ParsedDeck | None,
    written: Mapping[str, Written],
) -> Collection:
    """Return what to index: the lectures in order, then other videos.

    Args:
        written: Notes by a language model, keyed by window.
    """
    videos = {
        lecture.video_id: _titled(lecture.video(), tracks.get(lecture.video_id))
        for lecture in course.lectures
    }
    others = [_other_video(tracks[video_id]) for video_id in sorted(tracks.keys() - videos)]
    if not course.lectures and deck is None:
        others = [
            replace(video, lecture=n) for n, video in enumerate(in_title_order(others), start=1)
        ]
    videos |= {video.video_id: video for video in others}
    # Captions are read before matching, because their cues may be the only source of a length.
    read = {video_id: _read(video, tracks.get(video_id)) for video_id, video in videos.items()}
    candidates = [
        _candidate(video, *read[video_id], tracks.get(video_id))
        for video_id, video in videos.items()
    ]
    matches, numbers = _match(course, candidates, deck)
    unmatched = [one for one in deck.lectures if one.number not in numbers] if deck else []
    rows: list[VideoRow] = []
    chunks: list[Chunk] = []
    sources: list[TextSource] = []
    windows: list[Window] = []
    for video_id, (row, cues) in read.items():
        video = _as_listed(row.video, videos[video_id], matches.lectures.get(video_id))
        if not course.lectures and deck is None:
            video = replace(video, lecture=videos[video_id].lecture)
        notes = [note for note in course.notes if note.video_id == video_id]
        doubt = matches.doubts.get(video_id, "") or matches.remarks.get(video_id, "")
        row = replace(row, video=video, notes=len(notes), doubt=doubt)
        if video.title == video.video_id:
            row = replace(row, remark=f"{row.remark} {NO_TITLE}".strip())
        chunks += notes
        if notes:
            sources.append(TextSource(video_id, "bundled notes", "", "", 0, len(notes)))
        if track := tracks.get(video_id):
            spoken = [
                replace(chunk, title=chapter_of(chunk, video))
                for chunk in build_chunks(video_id, cues, video.title)
            ]
            if not notes:
                own = build_windows(video, spoken)
                by_model = note_chunks(own, written)
                row = replace(row, notes=len(by_model), models=_models(by_model))
                windows += own
                chunks += by_model
                sources += _model_sources(video_id, by_model)
            chunks += [replace(chunk, qa=_is_answer(chunk, notes)) for chunk in spoken]
            name, kind = track.origin.name, f"{track.origin.kind} captions"
            sources.append(TextSource(video_id, kind, name, track.sha256, row.cues, len(spoken)))
        rows.append(row)
    is_own = deck is not None and course.deck.title in ("", deck.title)
    slides = _slides(course, deck, numbers, course.deck.url if is_own else "")
    about = _about(course, deck, [row.video for row in rows])
    entries = course_entries(about, course.facts, slides)
    there = {(chunk.video_id, chunk.start) for chunk in chunks if chunk.kind == "note"}
    explanations = [one for one in course.explanations if there.issuperset(one.notes)]
    return Collection(
        about, rows, chunks, slides, sources, unmatched, entries, explanations, windows
    )


def _about(course: Course, deck: ParsedDeck | None, videos: Sequence[Video]) -> About:
    """Return what is known about a course, with a lecture for each numbered video."""
    listed = {lecture.video_id: lecture for lecture in course.lectures}
    lectures = [
        replace(
            listed.get(video.video_id) or Lecture(video.lecture, video.title),
            number=video.lecture,
            title=video.title,
            video_id=video.video_id,
            speakers=video.speakers,
            duration=video.duration,
            chapters=video.chapters,
        )
        for video in videos
        if video.lecture is not None
    ]
    slides = course.about.deck
    if deck and not slides:
        slides = Deck(deck.title)
    return replace(
        course.about,
        deck=slides,
        lectures=tuple(sorted(lectures, key=lambda one: one.number)),
    )


def _titled(video: Video, track: RawTrack | None) -> Video:
    """Return a listed video; what course.toml leaves open is filled in from its captions."""
    origin = track.origin if track else None
    return replace(
        video,
        title=video.title or (origin.title if origin else "") or video.video_id,
        duration=video.duration or (origin.duration if origin else 0.0),
    )


def _models(notes: Sequence[Chunk]) -> tuple[str, ...]:
    """Return the language models that wrote some notes, without duplicates."""
    return tuple(sorted({note.model for note in notes}))


def _model_sources(video_id: str, notes: Sequence[Chunk]) -> list[TextSource]:
    """Return a source for each model that wrote some notes."""
    return [
        TextSource(video_id, MODEL_NOTES, model, "", 0, sum(note.model == model for note in notes))
        for model in _models(notes)
    ]


def _is_answer(chunk: Chunk, notes: Sequence[Chunk]) -> bool:
    """Return whether the notes mark the middle of a chunk as questions from the audience."""
    middle = (chunk.start + chunk.end) / 2
    return any(note.qa and note.start <= middle < note.end for note in notes)


def _as_listed(read: Video, plain: Video, lecture: DeckLecture | None) -> Video:
    """Return a video with number, title and speakers of its lecture where it has none.

    Args:
        read: After its captions were read; people named in them come last, since some only ask.
        plain: Before that.
    """
    if lecture is None:
        return read
    return replace(
        read,
        lecture=lecture.number,
        title=(lecture.title if read.title == read.video_id else "") or read.title,
        speakers=plain.speakers or lecture.speakers or read.speakers,
    )


def _read(video: Video, track: RawTrack | None) -> tuple[VideoRow, Sequence[Cue]]:
    """Return the row of a video, and the cues of its captions if it has any."""
    if track is None:
        return VideoRow(replace(video, lecture=None)), []
    origin = track.origin
    video = replace(
        video,
        lecture=None,
        chapters=video.chapters or origin.chapters,
        captions=origin.made or origin.kind,
    )
    return read_track(VideoRow(video), track)


def read_track(row: VideoRow, track: RawTrack) -> tuple[VideoRow, Sequence[Cue]]:
    """Return the cues of a track, and its row with remarks and problems."""
    origin = track.origin
    source = f"{origin.kind}, {origin.made}" if origin.made else origin.kind
    row = replace(row, source=source, cached=True, track=origin.name)
    try:
        parsed = track.parsed
    except CaptionError as error:
        cause = str(error).splitlines()[0]
        return replace(row, source="failed", cause=cause, cure=REPAIR), []
    cues: Sequence[Cue] = parsed.cues
    video = row.video
    if video.duration:
        cues = clip(cues, video.duration)
    else:
        video = replace(video, duration=max((cue.end for cue in cues), default=0.0))
    named = _speakers(cues)
    video = replace(
        video,
        chapters=video.chapters or parsed.chapters,
        speakers=video.speakers or named,
        voices=named,
    )
    guessed = []
    if parsed.encoding:
        guessed = [
            "Some letters are damaged (UTF-8); save the file again."
            if parsed.encoding == DAMAGED
            else f"Read as {parsed.encoding}, which is a guess."
        ]
    row = replace(row, remark=" ".join(filter(None, [origin.remark, *guessed, *parsed.remarks])))
    cause = ""
    if not cues:
        cause = f"Every cue is after the end of the video, {clock(video.duration)}."
    elif parsed.skipped:
        first = str(parsed.skipped[0]).splitlines()[0]
        count = len(parsed.skipped)
        cause = f"{count} {'cue' if count == 1 else 'cues'} left out; {first}"
    row = replace(row, video=video, cues=len(cues), cause=cause, cure=REPAIR if cause else "")
    return row, cues


def _speakers(cues: Sequence[Cue]) -> tuple[str, ...]:
    """Return the speakers named in captions, those who say most first."""
    letters: Counter[str] = Counter()
    for cue in cues:
        if cue.speaker:
            letters[cue.speaker] += len(cue.text)
    return tuple(name for name, _ in letters.most_common())


def chapter_of(chunk: Chunk, video: Video) -> str:
    """Return the chapter that contains most of a chunk; the video's title before the first one.

    >>> video = Video("U8J32Z3qV8s", "Scaling", (), 99.0, chapters=((10.0, "Routing"),))
    >>> chapter_of(Chunk("", "U8J32Z3qV8s", 8.0, 20.0, "", "transcript"), video)
    'Routing'
    """
    starts = [start for start, _ in video.chapters]
    number = bisect_right(starts, (chunk.start + chunk.end) / 2) - 1
    return video.chapters[number][1] if number >= 0 else video.title


def inputs_key(course: Course, tracks: Mapping[str, RawTrack], found: Collection, key: str) -> str:
    """Return a checksum over everything that determines the contents of the index.

    Args:
        found: Includes the slides of a deck given with --deck, and the notes by a language model.
        key: Identifies the encoder.
    """
    by_model = [chunk for chunk in found.chunks if chunk.model]
    parts = [
        str(BUILD_VERSION),
        key,
        repr(found.about),
        repr(course.notes),
        repr(found.slides),
        repr(found.entries),
        repr(found.explanations),
        repr(by_model),
    ]
    for _, track in sorted(tracks.items()):
        parts += [msgspec.json.encode(track.origin).decode(), track.sha256]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _other_video(track: RawTrack) -> Video:
    origin = track.origin
    return Video(origin.video_id, origin.title or origin.video_id, (), origin.duration)


def _candidate(
    plain: Video, row: VideoRow, cues: Sequence[Cue], track: RawTrack | None
) -> Candidate:
    """Return what a video is matched by.

    Args:
        plain: The video as listed; if its length is 0, that of its captions is used.
        row: The row after its captions were read.
    """
    about = " ".join([*row.video.speakers, track.origin.about if track else ""])
    named = plain.title if plain.title != plain.video_id else ""
    return Candidate(
        plain.video_id,
        f"{named} {plain.title_ja}".strip(),
        row.video.duration,
        about,
        from_cues=not plain.duration or _ends_with_cues(plain.duration, track),
        number=plain.lecture,
        spoken="" if named else "\n".join(cue.text for cue in cues),
    )


def _ends_with_cues(length: float, track: RawTrack | None) -> bool:
    """Return whether a length is the end of the last cue, as `new` writes it to course.toml."""
    try:
        cues = track.parsed.cues if track else ()
    except CaptionError:
        return False
    return bool(cues) and abs(max(cue.end for cue in cues) - length) < ROUNDING


def _match(
    course: Course, candidates: Sequence[Candidate], deck: ParsedDeck | None
) -> tuple[Matches, dict[int, int]]:
    """Return each video's lecture in the index, and the index's lecture numbers by the deck's.

    The course's own lectures keep their numbers. Those of a deck do so too, unless such a number
    belongs to another lecture of the course; then they all follow after the last one. Where
    course.toml names both lectures and the deck, a video that it does not list gets no number.
    """
    bundled = match(
        # They are known by their ids, so there is no need to compare speech.
        [replace(one, spoken="") for one in candidates],
        [
            DeckLecture(one.number, one.title, one.speakers, one.deck_duration, one.video_id)
            for one in course.lectures
        ],
    )
    if deck is None:
        return bundled, {}
    if course.lectures and course.settings.deck_file:
        listed = {one.video_id for one in course.lectures}
        candidates = [one for one in candidates if one.video_id in listed]
    further = match(candidates, deck.lectures)
    own = {one.number for one in course.lectures}
    same = {
        one.number for video_id, one in further.lectures.items() if video_id in bundled.lectures
    }
    taken = any(one.number in own for one in deck.lectures if one.number not in same)
    lectures = {
        video_id: _with_speakers(one, further.lectures.get(video_id))
        for video_id, one in bundled.lectures.items()
    }
    numbers = {}
    for video_id, lecture in further.lectures.items():
        counted_on = replace(lecture, number=lecture.number + (max(own) if taken else 0))
        numbers[lecture.number] = lectures.setdefault(video_id, counted_on).number
    doubts = {**bundled.doubts, **further.doubts}
    doubts = {one: doubt for one, doubt in doubts.items() if one not in lectures}
    return Matches(lectures, doubts, further.remarks), numbers


def _with_speakers(lecture: DeckLecture, listed: DeckLecture | None) -> DeckLecture:
    """Return a lecture with the speakers that the deck names, if it has none."""
    return replace(lecture, speakers=lecture.speakers or (listed.speakers if listed else ()))


def _slides(
    course: Course, deck: ParsedDeck | None, numbers: Mapping[int, int], url: str
) -> list[Slide]:
    """Return the slides of the course; those of a deck replace them for the lectures it matches.

    Args:
        numbers: The index's lecture numbers by those of the deck.
        url: Where the deck is published, or "".
    """
    if deck is None:
        return list(course.slides)
    bundled = [slide for slide in course.slides if slide.lecture not in numbers.values()]
    return bundled + [
        replace(
            slide,
            lecture=None if slide.lecture is None else numbers[slide.lecture],
            url=slide_url(url, slide.number),
        )
        for slide in deck.slides
        # What a second deck says about itself is not about this course.
        if (slide.lecture in numbers if slide.lecture is not None else not course.slides)
    ]
