"""The command line. Results go to stdout, everything else to stderr."""

import functools
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from .errors import FAILED, Cs25SearchError, rebuild
from .formats import found_json, hit_json, hit_lines, json_text, showing_typed
from .language_model import read_endpoint
from .options import SearchOptions, index_dir_option, question_options, store_options, uri_option
from .place import ALL, Place, read_place
from .records import Hit, Language, Lecture
from .terminal import Line, Program, out, show
from .text.clean import lines
from .times import clock
from .wording import recording_title

if TYPE_CHECKING:
    from .records import Answer
    from .search import Index

NO_HIT, DAMAGED = 1, 1
INGEST = {"ingest": ("ingest.__main__", "main"), "new": ("ingest.new", "new")}
Command = TypeVar("Command", bound=Callable[..., Any])


class Group(Program, click.Group):
    """The subcommands; shows our own errors as plain sentences, with exit code 2."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all subcommands."""
        return sorted([*super().list_commands(context), *INGEST])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a subcommand; those of the ingest package are imported on demand."""
        if name in INGEST:
            return _ingest(*INGEST[name])
        return super().get_command(context, name)

    def invoke(self, context: click.Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(context)
        except Cs25SearchError as error:
            out(f"Error: {error}", err=True)
            sys.exit(FAILED)


def _ingest(module_name: str, command_name: str) -> click.Command:
    """Return a command of the ingest package beside this package, and of no other.

    The current directory, where python -m looks first, may contain another folder `ingest`.
    """
    package = Path(__file__).parent
    beside = [str(package.parent), str(package.parents[1])]  # installed; in the project
    found = PathFinder.find_spec("ingest", beside)
    if found is None or found.loader is None:
        raise Cs25SearchError(
            f"The ingest package is missing next to {package}.\n"
            "Install cs25search again: pip install ."
        )
    if "ingest" not in sys.modules:
        module = module_from_spec(found)
        sys.modules["ingest"] = module
        found.loader.exec_module(module)
    command: click.Command = getattr(import_module(module_name), command_name)
    return command


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cs25search")
def main() -> None:
    """Find the moment in a lecture where something was said.

    Exit codes: 0 success, 1 no hit or not in the lectures, 2 wrong usage or a broken index.
    """


course_option = click.option(
    "--course",
    default="",
    metavar="NAME",
    help="The course to use; see cs25search courses. search also takes all.  [default: "
    "CS25_COURSE, or the only one with an index]",
)


def index_option(command: Command, takes_all: bool = False, of_all: bool = False) -> Command:
    """Add --course, --index, --store and --uri; the command gets them as one argument, `place`.

    Args:
        takes_all: Whether the command can work with all courses at once.
        of_all: Whether it always does; it has no --course.
    """

    @functools.wraps(command)
    def with_place(
        *arguments: Any,
        index_dir: Path,
        store: str | None,
        uri: str,
        course: str = ALL,
        **others: Any,
    ) -> Any:
        place = read_place(index_dir, store or "", uri, course)
        if place.is_all and not (takes_all or of_all):
            raise click.UsageError("--course all only works with search.")
        return command(*arguments, place=place, **others)

    for option in (
        store_options,
        index_dir_option,
        *([] if of_all else [course_option]),
    ):
        with_place = option(with_place)
    return with_place  # type: ignore[return-value]


language_option = click.option(
    "--lang", type=click.Choice(["en", "ja"]), default="en", show_default=True,
    help="The language of titles and texts.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON to stdout.")


@main.command()
@question_options
@json_option
@functools.partial(index_option, takes_all=True)
def search(options: SearchOptions, as_json: bool, place: Place) -> None:
    """Find the moments that answer QUESTION, best first.

    QUESTION needs no quotation marks; "-" reads it from stdin. If nothing fits, the command says so
    and exits with code 1.

    Example: cs25search search why does the router need float32
    """
    if place.is_all:
        _search_all(options, as_json, place)
        return
    index = _open(place)
    found = index.find(options.question, options.hits, options.filters(index), options.exact)
    fits = index.fits(found)
    if as_json:
        shown = found_json(options.question, found.question.corrected, found.hits, index.name)
        _print_json(shown | {"language": options.language(), "fits": fits})
    else:
        if corrected := found.question.corrected:
            out(showing_typed(corrected), err=True)
        for hit in found.hits:
            show([*hit_lines(hit, options.language()), Line("")], options.question)
    if not fits:
        _say_nothing_fits(options, found.hits)


def _search_all(options: SearchOptions, as_json: bool, place: Place) -> None:
    """Search every course and print the moments merged by rank."""
    from .search import open_all, search_all

    indexes = open_all(place, once=True)
    for index in indexes.values():
        _warn(index)
    hits, fits = search_all(indexes, options.question, options.hits, options.filters)
    if as_json:
        _print_json({"query": options.question, "hits": [hit_json(hit) for hit in hits],
                     "language": options.language(), "fits": fits})  # fmt: skip
    else:
        for hit in hits:
            show([*hit_lines(hit, options.language()), Line("")], options.question)
    if not fits:
        _say_nothing_fits(options, hits)


def _say_nothing_fits(options: SearchOptions, hits: Sequence[Hit]) -> NoReturn:
    asked = _shortened(options.question)
    if options.language() == "ja":
        cure = "別の言葉か、より緩い条件" if options.is_filtered else "別の言葉"
        missing = "によく合う場面はありません" if hits else "は見つかりませんでした"
        out(f"「{asked}」{missing}。{cure}で試してください。", err=True)
    else:
        cure = "other words, or fewer filters" if options.is_filtered else "other words"
        missing = "Nothing fits well:" if hits else "Nothing found for"
        out(f"{missing} {asked!r}. Try {cure}.", err=True)
    sys.exit(NO_HIT)


@main.command()
@question_options
@click.option(
    "-i",
    "--interactive",
    is_flag=True,
    help="Keep asking; a follow-up may refer to the last question.",
)
@click.option("--markdown", is_flag=True, help="Print Markdown with links and times.")
@json_option
@index_option
def ask(
    options: SearchOptions, interactive: bool, markdown: bool, as_json: bool, place: Place
) -> None:
    """Answer a question; every sentence cites the moment it comes from.

    If the lectures do not answer it, the closest moments are shown and the exit code is 1. If
    CS25_LLM_BASE_URL and CS25_LLM_MODEL are set, a language model writes the sentences, and each is
    checked.

    QUESTION needs no quotation marks; "-" reads it from stdin. With -i, each line of stdin is a
    question, "open 2" opens citation 2 in the browser, "undo" asks the last question again as it
    was typed, and "quit" or an empty line ends the session.

    Example: cs25search ask why does the router need float32
    """
    from .formats import answer_json, answer_lines, answer_markdown
    from .search import Request

    if interactive:
        if as_json or markdown:
            raise click.UsageError("-i cannot be combined with --json or --markdown.")
        _ask_on(_open(place, once=False), options)
        return
    if as_json and markdown:
        raise click.UsageError("--json and --markdown cannot be combined; choose one.")
    index = _open(place)
    answer = index.answer_request(
        Request(options.question, options.filters(index), exact=options.exact), options.k
    )
    if as_json:
        _print_json(answer_json(answer) | {"language": options.language()})
    elif markdown:
        out(answer_markdown(answer, options.language()), nl=False, markdown=True)
    else:
        show(answer_lines(answer, options.language()), options.question)
    if answer.remark:
        out(answer.remark, err=True)
    if answer.status == "not_in_lectures":
        sys.exit(NO_HIT)


LEAVES = ("quit", "exit", "q", ":q")
OPENS = re.compile(r"open(?:\s*\[?(\d{1,3})\]?)?")


def _ask_on(index: "Index", options: SearchOptions) -> None:
    """Answer questions in a loop; each may refer to the previous one."""
    from .formats import answer_lines
    from .search import Request

    context: str | Answer = ""
    last, urls, question = "", dict[int, str](), options.question
    filters = options.filters(index)
    lines_in = iter(sys.stdin.readline, "")
    while True:
        if not question:
            out("> ", err=True, nl=False)
            question = next(lines_in, "").strip()
        command = question.lower()
        if not question or command in LEAVES:
            return
        if opened := OPENS.fullmatch(command):
            number = int(opened[1] or 0)
            url = urls.get(number, "")
            if url:
                out(f"Opening {url}", err=True)
                click.launch(url)
            elif number in urls:
                out(f"Citation {number} has no link.", err=True)
            else:
                known = f"1 to {max(urls)}" if urls else "none"
                out(f"'open' needs the number of a citation; there are: {known}.", err=True)
        else:
            if question == "undo":
                question, context = last, ""
            try:
                answer = index.answer_request(
                    Request(question, filters, context, options.exact), options.k
                )
            except Cs25SearchError as error:
                out(f"Error: {error}", err=True)
            else:
                show(answer_lines(answer, options.language(question)), question)
                if answer.status != "small_talk":  # the conversation goes on where it was
                    urls = {one.n: one.url or one.video.file for one in answer.citations}
                    context, last = answer, question
        question = ""


def _shortened(question: str) -> str:
    return question if len(question) <= 60 else f"{question[:57]}..."


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
@click.option(
    "--for", "goal", metavar="GOAL", help="Show which lectures fit a goal, and where to begin."
)
@json_option
@index_option
def lectures(goal: str | None, as_json: bool, place: Place) -> None:
    """List the lectures of a course, or show which of them to watch for a goal.

    Example: cs25search lectures --for "offline reinforcement learning"
    """
    from msgspec import to_builtins

    from .search import read_course

    if goal is not None:
        _show_guide(goal, as_json, place)
        return
    course = read_course(place)
    if as_json:
        _print_json({"lectures": [to_builtins(lecture) for lecture in course.lectures]})
        return
    for lecture in course.lectures:
        out(lecture_text(lecture))


def _show_guide(goal: str, as_json: bool, place: Place) -> None:
    from .formats import guide_json, guide_lines, no_lecture

    guide = _open(place).guide(goal)
    if as_json:
        _print_json(guide_json(guide, goal))
    elif guide.picks:
        show(guide_lines(guide, goal))
    if not guide.picks:
        out(no_lecture(goal), err=True)
        sys.exit(NO_HIT)


@main.command()
@click.option("--lecture", type=int, help="Only the slides of this lecture.")
@click.option("--full", is_flag=True, help="Also print summary, points and terms.")
@language_option
@json_option
@index_option
def slides(lecture: int | None, full: bool, lang: Language, as_json: bool, place: Place) -> None:
    """List the slides of a course, as its index has them.

    Example: cs25search slides --lecture 5 --full
    """
    from msgspec import to_builtins

    from .formats import slide_lines
    from .search import read_slides

    chosen = [slide for slide in read_slides(place) if lecture in (None, slide.lecture)]
    if as_json:
        _print_json({"slides": [to_builtins(slide) for slide in chosen]})
    else:
        show([line for slide in chosen for line in slide_lines(slide, lang, full)])
    if not chosen:
        missing = "The course has no slides." if lecture is None else ""
        out(missing or f"No slide is about lecture {lecture}.", err=True)
        sys.exit(NO_HIT)


@main.command()
@click.argument("lecture", type=int)
@language_option
@json_option
@index_option
def summary(lecture: int, lang: Language, as_json: bool, place: Place) -> None:
    """Print the overview of a LECTURE and its outline with times.

    Example: cs25search summary 5
    """
    from .formats import summary_json, summary_lines
    from .search import read_live

    generation = read_live(place)
    video = next((one for one in generation.videos if one.lecture == lecture), None)
    entries = [one for one in generation.handbook.entries if one.side == "summary"]
    entry = next((one for one in entries if one.number == lecture), None)
    if video is None or entry is None:
        known = ", ".join(str(one.number) for one in entries) or "none"
        raise Cs25SearchError(
            f"The index has no summary of lecture {lecture}; lectures with one: {known}.\n"
            f"What is said in it: cs25search transcript {lecture}"
        )
    if as_json:
        _print_json(summary_json(entry, video))
    else:
        lengths = {one.number: one.length for one in generation.about.lectures}
        show(summary_lines(entry, video, lengths.get(lecture) or video.duration, lang))


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands and options in a SHELL.

    Example: source <(cs25search completion bash)
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    if complete is None:
        raise Cs25SearchError(f"click has no completion for {shell}.")
    script = complete(main, {}, "cs25search", "_CS25SEARCH_COMPLETE").source()
    click.echo(script)


@main.command()
@json_option
@functools.partial(index_option, of_all=True)
def courses(as_json: bool, place: Place) -> None:
    """List the courses: videos, hours, notes, and when their index was built."""
    from msgspec import to_builtins

    from .search import list_courses

    found = list_courses(place)
    if as_json:
        _print_json({"courses": [to_builtins(one) for one in found]})
        return
    for one in found:
        if one.problem:
            state = one.problem
        elif one.built:
            state = (
                f"{_counted(one.videos, 'video')}, {one.hours:.1f} hours, "
                f"{_counted(one.notes, 'note')}, built {one.built}"
            )
        else:
            state = f"no index yet: cs25search ingest {one.name}"
        out(lines([f"{one.name}  {one.title}".rstrip(), *map("     {}".format, state.split("\n"))]))


@main.command()
@json_option
@index_option
def info(as_json: bool, place: Place) -> None:
    """Show what is in the index: encoder, counts, date."""
    from msgspec import to_builtins

    from .search import read_live

    manifest = read_live(place).manifest
    size = sum(facts.size for facts in manifest.files.values())
    if as_json:
        _print_json({"index": place.shown, **to_builtins(manifest), "bytes": size})
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

    Exit codes: 0 intact, 1 damaged, 2 no index.
    """
    from .index.check import check_index
    from .search import named

    if place.is_milvus:
        raise click.UsageError("check only works with index files, not with Milvus.")
    with named(place):
        report = check_index(place.folder, deep)
    for line in report.intact:
        out(f"sound    {line}")
    for line in report.damaged:
        out(f"damaged  {line}")
    for line in report.spare:
        out(f"not live {line}")
    if report.damaged:
        out(f"{len(report.damaged)} damaged. {rebuild(place.course)}", err=True)
        sys.exit(DAMAGED)


@main.command("eval")
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["en", "ja"]), default="en", show_default=True)
@json_option
@index_option
def evaluate(questions: Path, lang: Language, as_json: bool, place: Place) -> None:
    """Search for every question of a file and measure the hits.

    Format of the file: {"questions": [{"id", "q", "q_ja", "video_id", "start", "end"}]}, times in
    seconds.
    """
    from .evaluation import DEPTH, ask_all, measure, read_questions

    file = read_questions(questions)
    index = _open(place, once=False)
    with click.progressbar(
        file.questions, label="Asking", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        scored = ask_all(progress, lambda query: index.search(query, k=DEPTH), lang)
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
@uri_option
@index_dir_option
@click.option("--course", default="", metavar="NAME", help="The course to copy.")
def export(target: str, uri: str, index_dir: Path, course: str) -> None:
    """Copy a finished index to Milvus without encoding anything again.

    Needs the extra: pip install 'cs25search[milvus]'.

    Example: cs25search export --to milvus --uri http://localhost:19530
    """
    from .milvus.connection import Connection
    from .milvus.write import copy
    from .search import open_place

    place = read_place(index_dir, "faiss", uri, course)
    index = open_place(place)
    connection = Connection(place.uri, create=True)
    name = copy(index.generation, index.encoder, connection)
    out(f"{len(index.generation.chunks)} chunks are live at {connection.uri} as {name}.", err=True)


def lecture_text(lecture: Lecture) -> str:
    """Return a lecture as three lines for a terminal."""
    star = "★" if lecture.recommended else " "
    return lines(
        [
            f"{lecture.number:>2} {star} {recording_title(lecture.video(), 'en')} "
            f"({clock(lecture.length)})",
            *_indented(" · ".join(filter(None, [", ".join(lecture.speakers), lecture.in_a_word]))),
            *_indented(lecture.video().url(0) or lecture.media),
        ]
    )


def _counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 video", "2 videos"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _indented(text: str) -> list[str]:
    """Return a line of text below a title; none for an empty text."""
    return [f"     {text}"] if text else []


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
    _warn(index)
    return index


def _warn(index: "Index") -> None:
    if index.damage:
        out(f"Warning: {index.warning}", err=True)


def _print_json(value: Any) -> None:
    out(json_text(value).encode())  # UTF-8 for programs, whatever the terminal's encoding
