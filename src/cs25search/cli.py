"""The command line. Results go to stdout, everything else to stderr."""

import functools
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .errors import FAILED, REBUILD, Cs25SearchError
from .formats import by_model, hit_json, json_text, label, quote_of
from .language_model import read_endpoint
from .place import STORES, Place, read_place
from .records import Hit, lecture_label
from .terminal import Program, out
from .text.clean import lines
from .times import clock, watch_url
from .transcripts import made_by, speakers_of

if TYPE_CHECKING:
    from .course.read import Lecture
    from .search import Index

NO_HIT, DAMAGED = 1, 1
Command = TypeVar("Command", bound=Callable[..., Any])


class Group(Program, click.Group):
    """The subcommands; shows our own errors as plain sentences, with exit code 2."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all subcommands."""
        return sorted([*super().list_commands(context), "ingest"])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a subcommand; ingest is imported on demand."""
        return _ingest() if name == "ingest" else super().get_command(context, name)

    def invoke(self, context: click.Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(context)
        except Cs25SearchError as error:
            out(f"Error: {error}", err=True)
            sys.exit(FAILED)


def _ingest() -> click.Command:
    """Return the command of the ingest package beside this package, and of no other.

    The current directory, where python -m looks first, may contain another folder `ingest`.
    """
    package = Path(__file__).parent
    beside = [str(package.parent), str(package.parents[1])]  # installed; in the project
    found = PathFinder.find_spec("ingest", beside)
    if found is None or found.loader is None:
        raise Cs25SearchError(
            f"There is no ingest beside {package}.\nInstall cs25search again: pip install ."
        )
    if "ingest" not in sys.modules:
        module = module_from_spec(found)
        sys.modules["ingest"] = module
        found.loader.exec_module(module)
    command: click.Command = import_module("ingest.__main__").main
    return command


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cs25search")
def main() -> None:
    """Find the moment in a lecture where something was said.

    Exit codes: 0 success, 1 no hit or not in the lectures, 2 wrong usage or a broken index.
    """


def index_option(command: Command) -> Command:
    """Add --index DIR, --store and --uri; the command gets them as one argument, `place`."""

    @functools.wraps(command)
    def with_place(
        *arguments: Any, index_dir: Path | None, store: str | None, uri: str, **options: Any
    ) -> Any:
        return command(*arguments, place=read_place(index_dir, store or "", uri), **options)

    for option in (
        click.option(
            "--uri", default="", help="The address of Milvus: FILE.db or http://host:19530."
        ),
        click.option("--store", type=click.Choice(STORES), help="The kind of index."),
        click.option(
            "--index",
            "index_dir",
            type=click.Path(path_type=Path),
            envvar="CS25_INDEX",
            help="The index folder.  [default: index/ in the project]",
        ),
    ):
        with_place = option(with_place)
    return with_place  # type: ignore[return-value]


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON to stdout.")


@main.command()
@click.argument("query")
@click.option("-k", default=5, show_default=True, help="Maximum number of hits.")
@click.option(
    "--lecture", "lectures", type=int, multiple=True, help="Only this lecture of the deck."
)
@click.option(
    "--speaker", default="", help="Only videos with this speaker; part of the name is enough."
)
@click.option(
    "--kind", type=click.Choice(["note", "transcript"]), help="Rank by notes or transcripts only."
)
@click.option("--qa", is_flag=True, help="Only answers to questions from the audience.")
@json_option
@index_option
def search(  # noqa: PLR0913 (an argument for each option)
    query: str,
    k: int,
    lectures: tuple[int, ...],
    speaker: str,
    kind: Any,
    qa: bool,
    as_json: bool,
    place: Place,
) -> None:
    """Find the moments that answer QUERY, best first.

    Example: cs25search search "Why does the router need float32?"
    """
    index = _open(place)
    hits = index.search(query, k, lectures, speaker, kind, qa)
    if as_json:
        found = [hit_json(hit) for hit in hits]
        _print_json({"query": query, "hits": found, "generation": index.name})
    else:
        for hit in hits:
            out(hit_text(hit))
    if not hits:
        cure = (
            "other words, or fewer filters" if lectures or speaker or kind or qa else "other words"
        )
        out(f"Nothing found for {query!r}. Try {cure}.", err=True)
        sys.exit(NO_HIT)


@main.command()
@click.argument("words", metavar="QUESTION", nargs=-1)
@click.option(
    "--lecture", "lectures", type=int, multiple=True, help="Only this lecture of the deck."
)
@click.option(
    "-i",
    "--interactive",
    is_flag=True,
    help="Keep asking; a follow-up may refer to the last question.",
)
@click.option("--markdown", is_flag=True, help="Print Markdown with links and times.")
@json_option
@index_option
def ask(  # noqa: PLR0913
    words: tuple[str, ...],
    lectures: tuple[int, ...],
    interactive: bool,
    markdown: bool,
    as_json: bool,
    place: Place,
) -> None:
    """Answer a question; every sentence cites the moment it comes from.

    If the lectures do not answer it, the closest moments are shown and the exit code is 1. If
    CS25_LLM_BASE_URL and CS25_LLM_MODEL are set, a language model writes the sentences, and each is
    checked.

    QUESTION needs no quotation marks; "-" reads it from stdin. With -i, each line of stdin is a
    question, "open 2" opens citation 2 in the browser, and an empty line ends the session.

    Example: cs25search ask why does the router need float32
    """
    from .formats import answer_json, answer_markdown, answer_text

    if interactive:
        if as_json or markdown:
            raise click.UsageError("-i cannot be combined with --json or --markdown.")
        _ask_on(_open(place, once=False), " ".join(words), lectures)
        return
    if not words:
        raise click.UsageError("Missing argument 'QUESTION'.")
    question = sys.stdin.read() if words == ("-",) else " ".join(words)
    if as_json and markdown:
        raise click.UsageError("--json and --markdown cannot be combined; choose one.")
    answer = _open(place).answer(question, lectures)
    if as_json:
        _print_json(answer_json(answer))
    else:
        shown = answer_markdown(answer) if markdown else answer_text(answer)
        out(shown, nl=not markdown, markdown=markdown)
    if answer.remark:
        out(answer.remark, err=True)
    if answer.status == "not_in_lectures":
        sys.exit(NO_HIT)


def _ask_on(index: "Index", question: str, lectures: tuple[int, ...]) -> None:
    """Answer question after question; each may need the one before."""
    from .formats import answer_text

    context, urls = "", dict[int, str]()
    lines_in = iter(sys.stdin.readline, "")
    while True:
        if not question:
            out("> ", err=True, nl=False)
            question = next(lines_in, "").strip()
        if not question:
            return
        if (wanted := question.removeprefix("open ")) != question and wanted.isdigit():
            url = urls.get(int(wanted), "")
            out(f"Opening {url}" if url else f"Citation {wanted} has no link.", err=True)
            if url:
                click.launch(url)
        else:
            try:
                answer = index.answer(question, lectures, context=context)
            except Cs25SearchError as error:
                out(f"Error: {error}", err=True)
            else:
                out(answer_text(answer))
                urls = {citation.n: citation.url for citation in answer.citations}
                context = answer.understood or question
        question = ""


@main.command()
@click.argument("video", metavar="VIDEO|LECTURE")
@click.argument("span", metavar="[FROM-TO]", required=False, default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["txt", "md", "srt", "vtt", "json"]),
    default="txt",
    show_default=True,
    help="Text, Markdown with links, caption files, or JSON.",
)
@index_option
def transcript(video: str, span: str, form: Any, place: Place) -> None:
    """Print the transcript of a VIDEO or LECTURE, or of a time span in it.

    Example: cs25search transcript 5 9:00-12:30 --format srt
    """
    from .transcripts import find_video, read_cues, read_span, write_transcript

    start, end = read_span(span)
    index = _open(place)
    found = find_video(index.generation.videos, video)
    cues = read_cues(index.chunks_of(found.video_id, start, end), found, start, end)
    shown = write_transcript(found, cues, form)
    out(shown, nl=False, markdown=form == "md")


@main.command()
@index_option
def mcp(place: Place) -> None:
    """Serve search and answers to other programs: MCP over stdin and stdout.

    Needs the extra: pip install 'cs25search[mcp]'.
    """
    from .mcp_server import serve

    serve(_open(place, once=False), place)


@main.command()
@click.option("--for", "goal", metavar="GOAL", help="Rank the lectures for a goal.")
@json_option
@index_option
def lectures(goal: str | None, as_json: bool, place: Place) -> None:
    """List the ten lectures of the deck, or advise which of them to watch.

    Example: cs25search lectures --for "offline reinforcement learning"
    """
    from dataclasses import asdict

    from .course.read import load_course

    if goal is not None:
        _advise(goal, as_json, place)
        return
    course = load_course()
    if as_json:
        _print_json({"lectures": [asdict(lecture) for lecture in course.lectures]})
        return
    for lecture in course.lectures:
        out(lecture_text(lecture))


def _advise(goal: str, as_json: bool, place: Place) -> None:
    advice = _open(place).advise(goal)
    if as_json:
        _print_json(
            {
                "goal": goal,
                "lectures": [
                    {
                        "lecture": one.lecture.number,
                        "title": one.lecture.title,
                        "share": round(one.share, 4),
                        "seconds": one.seconds,
                        "recommended": one.lecture.recommended,
                        "difficulty": one.lecture.difficulty,
                        "before_watching": one.lecture.before_watching,
                        "good_for": one.lecture.good_for,
                        "hits": [hit_json(hit) for hit in one.hits],
                    }
                    for one in advice
                ],
            }
        )
    for one in [] if as_json else advice[:3]:
        best = one.hits[0]
        shown = [
            f"     {one.share:.0%} of the matching material, {clock(one.seconds)} in total; "
            f"begin at {clock(best.start)}:",
            f"     {watch_url(best.video.video_id, best.start)}",
            f"     {one.lecture.difficulty}: {one.lecture.difficulty_reason}",
            f"     Read first? {one.lecture.before_watching}",
        ]
        out(f"{lecture_text(one.lecture)}\n{lines(shown)}\n")
    if not advice:
        out(f"Nothing found for {goal!r}. Try other words.", err=True)
        sys.exit(NO_HIT)


@main.command()
@json_option
@index_option
def slides(as_json: bool, place: Place) -> None:
    """List the slides of the bundled deck, or with --index those of an index."""
    from dataclasses import asdict

    from .course.read import load_course

    if click.get_current_context().params["index_dir"] is None:
        deck_slides = load_course().slides
    else:
        from .search import read_live

        deck_slides = read_live(place).slides
    if as_json:
        _print_json({"slides": [asdict(slide) for slide in deck_slides]})
        return
    for slide in deck_slides:
        out(lines([f"{slide.number:>2} {slide.title}", f"     {slide.url}"]))


@main.command()
@json_option
@index_option
def info(as_json: bool, place: Place) -> None:
    """Show what is in the index: encoder, counts, date."""
    from dataclasses import asdict

    from .search import read_live

    manifest = read_live(place).manifest
    size = sum(facts.size for facts in manifest.files.values())
    if as_json:
        _print_json({"index": place.shown, **asdict(manifest), "bytes": size})
        return
    facts = [
        f"index       {place.shown}",
        f"generation  {manifest.generation}, built {manifest.created}",
        f"format      {manifest.format}",
        f"model       {manifest.model} ({manifest.model_key})",
        f"vectors     {manifest.dense}",
    ]
    for name, count in manifest.counts.items():
        facts.append(f"{name.replace('_', ' '):<18} {count:>8,}")
    if size:  # only for files, not for Milvus
        facts.append(f"{'megabytes':<18} {size / 1e6:>8.1f}")
    out(lines(facts))


@main.command()
@click.option("--deep", is_flag=True, help="Encode 1 % of the chunks again and compare.")
@index_option
def check(deep: bool, place: Place) -> None:
    """Check that every file of the index and its encoder is as it was written.

    Exit codes: 0 sound, 1 damaged, 2 no index.
    """
    from .index.check import check_index

    if place.is_milvus:
        raise click.UsageError("check only works with index files, not with Milvus.")
    report = check_index(place.folder, deep)
    for line in report.sound:
        out(f"sound    {line}")
    for line in report.damaged:
        out(f"damaged  {line}")
    for line in report.spare:
        out(f"not live {line}")
    if report.damaged:
        out(f"{len(report.damaged)} damaged. {REBUILD}", err=True)
        sys.exit(DAMAGED)


@main.command("eval")
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["en", "ja"]), default="en", show_default=True)
@json_option
@index_option
def evaluate(questions: Path, lang: str, as_json: bool, place: Place) -> None:
    """Search for every question of a file and measure the hits.

    Format of the file: {"questions": [{"id", "q", "q_ja", "video_id", "start", "end"}]}, times in
    seconds.
    """
    from .evaluation import DEPTH, ask_all, measure, read_questions

    file = read_questions(questions)
    index = _open(place, once=False)
    language: Any = lang
    with click.progressbar(
        file.questions, label="Asking", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        scored = ask_all(progress, lambda query: index.search(query, k=DEPTH), language)
    metrics = measure(scored)
    if as_json:
        _print_json(
            {
                "language": lang,
                "metrics": metrics,
                "questions": [
                    {"id": entry.question.id, "hits": [_hit_span(hit) for hit in entry.hits]}
                    for entry in scored
                ],
            }
        )
        return
    out(f"{len(scored)} questions, language {lang}")
    for name, value in metrics.items():
        out(f"{name:<12} {'-' if value is None else f'{value:.3f}'}")


@main.command()
@click.option("--to", "target", type=click.Choice(["milvus"]), required=True)
@click.option("--uri", default="", help="FILE.db or http://host:19530.  [default: CS25_URI]")
@click.option("--index", "index_dir", type=click.Path(path_type=Path), envvar="CS25_INDEX",
              help="The index folder.  [default: index/ in the project]")  # fmt: skip
def export(target: str, uri: str, index_dir: Path | None) -> None:
    """Copy a finished index to Milvus without encoding anything again.

    Needs the extra: pip install 'cs25search[milvus]'.

    Example: cs25search export --to milvus --uri http://localhost:19530
    """
    from .milvus.connection import Store
    from .milvus.write import copy
    from .search import open_place

    place = read_place(index_dir, "faiss", uri)
    index = open_place(place)
    store = Store(place.uri, create=True)
    name = copy(index.generation, index.encoder, store)
    out(f"{len(index.generation.chunks)} chunks are live at {store.uri} as {name}.", err=True)


def lecture_text(lecture: "Lecture") -> str:
    """Return a lecture as three lines for a terminal."""
    star = "★" if lecture.recommended else " "
    return lines(
        [
            f"{lecture.number:>2} {star} {lecture.title} ({clock(lecture.duration_s)})",
            f"     {', '.join(lecture.speakers)} · {lecture.in_a_word}",
            f"     {watch_url(lecture.video_id, 0)}",
        ]
    )


def hit_text(hit: Hit) -> str:
    """Return a hit as a few lines for a terminal."""
    lecture = lecture_label(hit.video.lecture, "en")
    where = f"{lecture}: " if lecture else ""
    shown = [
        f"{hit.rank}. {where}{hit.video.title}  {clock(hit.start)}–{clock(hit.end)}",
    ]
    if url := watch_url(hit.video.video_id, hit.start):
        shown.append(f"   {url}")
    if note := hit.note:
        mark = f"  ({by_model(note.model)})" if note.model else ""
        shown.append(f"   {note.title}{mark}")
        shown.append(f"   {label('note', 'en')}: {note.text}")
    if hit.chunk.kind == "transcript":
        names = speakers_of(hit.chunk.cues)
        shown.append("   " + ": ".join([*([", ".join(names)] if names else []),
                                        quote_of(hit.quote)]))  # fmt: skip
        if made_by(hit.video):
            shown.append(f"   ({made_by(hit.video)})")
    if hit.slide:
        shown.append(f"   Slide {hit.slide.number}: {hit.slide.title}  {hit.slide.url}".rstrip())
    return lines(shown) + "\n"


def _hit_span(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "video_id": hit.video.video_id,
        "start": hit.start,
        "end": hit.end,
        "score": round(hit.score, 4),
    }


def _open(place: Place, once: bool = True) -> "Index":
    from .search import open_place

    index = open_place(place, once=once, endpoint=read_endpoint())
    if index.damage:
        out(f"Warning: {index.warning}", err=True)
    return index


def _print_json(value: Any) -> None:
    out(json_text(value).encode())  # UTF-8 for programs, whatever the terminal's encoding
