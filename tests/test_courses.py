"""Several courses: each has its own index, and none shows anything of another."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import DATA, copy_index, run_here
from fake_youtube import Talk, serve
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from cs25search import open_index
from cs25search.answers.small_talk import small_talk
from cs25search.course.read import load_course
from cs25search.course.settings import read_settings
from cs25search.errors import CourseMissing, DataError, QuestionError
from cs25search.place import BUNDLED, read_place
from cs25search.question.read import read_question
from cs25search.ranking.filters import Filters
from cs25search.ranking.source import LocalSource
from cs25search.search import open_all, search_all
from cs25search.text.japanese import is_japanese
from ingest.captions.files import Origin, RawTrack, stored_tracks
from ingest.collect import collect
from ingest.course_file import FoundLecture, NewCourse, write_course
from ingest.deck.parse import read_deck
from ingest.new import course_of, merged
from ingest.old_layout import is_old, move_old, remove_old
from ingest.steps import take_in

COURSES = DATA / "courses"
QUESTIONS = json.loads((COURSES / "kitchen-questions.json").read_text("utf-8"))["questions"]
BUNDLED_WORDS = re.compile(r"cs25(?!search)|stanford|sadahry|transformer|speakerdeck", re.I)


@pytest.fixture(scope="module")
def two(index_dir, tmp_path_factory) -> Path:
    """A folder with an index of the bundled course and one of the invented course."""
    root = tmp_path_factory.mktemp("two")
    copy_index(index_dir, root / BUNDLED.name)
    copy_index(index_dir / "models", root / "kitchen" / "models")
    done = run_here("ingest", "kitchen", "--offline", "--index", root, CS25_COURSES=str(COURSES))
    assert done.returncode == 0, done.stderr
    return root


def cli(root: Path, *arguments: str, **environment: str):
    environment = {"CS25_INDEX": str(root), "CS25_COURSES": str(COURSES)} | environment
    return run_here("cs25search", *arguments, **environment)


def kitchen(root: Path, *arguments: str):
    done = cli(root, *arguments, "--course", "kitchen")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_index_keeps_what_course_toml_and_deck_say(two):
    generation = open_index(two, course="kitchen").generation
    about = generation.about
    assert (about.name, about.title, about.title_ja) == ("kitchen", "Kitchen Science", "台所の科学")
    assert [lecture.number for lecture in about.lectures] == [1, 2, 3, 4, 5, 6]
    assert all(lecture.duration > 100 for lecture in about.lectures)
    assert {slide.lecture for slide in generation.slides} >= set(range(1, 7))
    assert all(
        slide.url.startswith("https://example.org/kitchen/deck") for slide in generation.slides
    )
    knives = generation.videos[3]
    assert Path(knives.media) == COURSES / "kitchen" / "media" / "knives.mp3"
    assert len(knives.video_id) != 11
    assert generation.manifest.counts["notes"] == 5


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_question_finds_its_lecture(two, number):
    asked = QUESTIONS[number]
    hits = open_index(two, course="kitchen").search(asked["q"], k=3)
    overlap = [hit.video.lecture == asked["lecture"] for hit in hits
               if hit.start < asked["end"] and asked["start"] < hit.end]  # fmt: skip
    assert any(overlap)


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("発酵と腐敗の違いは何ですか", True),  # Japanese speech
        ("ぬか床は毎日混ぜないとどうなる？", True),
        ("切れない包丁はなぜ危ない？", True),  # English speech
        ("生地をこねずにパンを焼ける？", True),
        ("ビッグバンとは何ですか", False),
        ("量子コンピュータの仕組み", False),
        ("東京の人口は？", False),
        ("引っ越しの手続きを教えて", False),  # everyday words, each with an English one
        ("パスポートの更新に必要なもの", False),
        ("ピアノの練習方法", False),
    ],
)
def test_japanese_question_about_speech_is_answered_or_refused(two, question, answered):
    status = open_index(two, course="kitchen").answer(question).status
    assert status == ("answered" if answered else "not_in_lectures")


@pytest.mark.parametrize(
    ("question", "lecture"),
    [
        ("What is the difference between fermentation and rotting?", 5),
        ("What is the Maillard reaction?", 6),
        ("How do I change a tyre?", None),
        ("Who invented the telephone?", None),
        ("What is the population of Tokyo?", None),
    ],
)
def test_english_question_about_japanese_speech_is_answered_or_refused(two, question, lecture):
    answer = open_index(two, course="kitchen").answer(question)
    assert answer.status == ("answered" if lecture else "not_in_lectures")
    if lecture:
        assert answer.citations[0].video.lecture == lecture
        assert is_japanese(answer.text)


def test_answer_from_japanese_speech_quotes_the_words_asked_about(two):
    answer = open_index(two, course="kitchen").answer("メイラード反応とは何ですか")
    assert "メイラード反応" in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many lectures are there?", "Lectures: 6"),
        ("講義はいくつありますか", "全6回"),
        ("What is this course about?", "kitchen"),
        ("この講座は何についてですか", "台所"),
        ("Who are the speakers?", "Ada Miller"),
        ("講師は誰ですか", "Ada Miller"),
    ],
)
def test_course_without_facts_says_what_is_known_about_it(two, question, said):
    answer = open_index(two, course="kitchen").answer(question)
    assert answer.status == "answered" and said in answer.text
    assert [one.kind for one in answer.citations] == ["deck"]


def test_texts_fit_a_course_that_lacks_what_the_bundled_one_has(two):
    done = cli(two, "lectures", "--for", "ピザ", "--course", "kitchen")
    assert "「ピザ」に合う講義はありません" in done.stderr
    assert all(line.strip() for line in kitchen(two, "slides").splitlines())
    seconds = json.loads(kitchen(two, "search", "bread", "--json"))["hits"][0]["start"]
    assert seconds == round(seconds, 3)
    source = open_index(two, course="kitchen").searcher.source
    bare = replace(source.generation, videos=())
    answer = small_talk(read_question("hello"), LocalSource(bare))
    assert not answer.examples and not answer.text.endswith(":")
    with pytest.raises(QuestionError, match="No speaker is known"):
        Filters(speaker="Ada").check((), source.generation.manifest)


def test_nothing_of_the_bundled_course_is_printed_about_another(two):
    asked = "Why does bread rise?"
    printed = [
        kitchen(two, "search", asked),
        kitchen(two, "search", asked, "--json"),
        kitchen(two, "ask", asked),
        kitchen(two, "ask", asked, "--markdown"),
        kitchen(two, "lectures"),
        kitchen(two, "lectures", "--for", "sauces"),
        kitchen(two, "slides"),
        kitchen(two, "transcript", "1"),
    ]
    for text in printed:
        assert not BUNDLED_WORDS.search(text), text
    assert "★" not in kitchen(two, "lectures", "--for", "sauces")


def test_summary_of_a_lecture_without_one_is_its_chapters(two):
    said = kitchen(two, "ask", "Summarise", "lecture", "2")
    assert "0:26 Osmosis" in said and "2:46 Too much salt" in said


def test_courses_are_listed_with_and_without_an_index(two, tmp_path):
    courses = Path(shutil.copytree(COURSES, tmp_path / "courses"))
    (courses / "later").mkdir()
    (courses / "later" / "course.toml").write_text('title = "Later"')
    done = cli(two, "courses", "--json", CS25_COURSES=str(courses))
    found = {one["name"]: one for one in json.loads(done.stdout)["courses"]}
    assert list(found) == [BUNDLED.name, "kitchen", "later"]
    assert (found["kitchen"]["videos"], found["kitchen"]["notes"]) == (6, 5)
    assert found["kitchen"]["built"] and not found["later"]["built"]
    shown = cli(two, "courses", CS25_COURSES=str(courses)).stdout
    assert "cs25search ingest later" in shown
    assert "6 videos, 0.3 hours, 5 notes" in shown


def test_course_is_chosen_by_option_variable_or_because_it_is_the_only_one(two, tmp_path):
    assert read_place(two, environment={}).folder == two / BUNDLED.name
    assert read_place(two, environment={"CS25_COURSE": "kitchen"}).folder == two / "kitchen"
    assert read_place(two, course="kitchen", environment={}).folder == two / "kitchen"
    (tmp_path / "kitchen").symlink_to(two / "kitchen")
    assert read_place(tmp_path, environment={}).folder == tmp_path / "kitchen"
    # The folder of one course can be given too, as the app does for an update.
    place = read_place(two / "kitchen", environment={})
    assert (place.course, place.root) == ("kitchen", two)


def test_course_must_be_chosen_among_several_without_the_bundled_one(two, tmp_path):
    for name in ("kitchen", "physics"):
        (tmp_path / name).symlink_to(two / "kitchen")
    with pytest.raises(QuestionError, match="kitchen, physics"):
        read_place(tmp_path, environment={})


def test_ingest_without_a_name_is_for_the_bundled_course_whatever_others_have(two, tmp_path):
    for name in ("kitchen", "physics"):
        (tmp_path / name).symlink_to(two / "kitchen")
        assert read_place(tmp_path, environment={}, writing=True).folder == tmp_path / BUNDLED.name
    chosen = read_place(tmp_path, environment={"CS25_COURSE": "kitchen"}, writing=True)
    assert chosen.course == "kitchen"
    assert read_place(two / "kitchen", environment={}, writing=True).course == "kitchen"
    done = run_here("ingest", "--offline", "--dry-run", "--index", tmp_path)
    assert done.returncode == 0, done.stderr


def test_recording_that_is_listed_twice_is_an_error(tmp_path):
    lecture = '[[lecture]]\nvideo = "Kd3x_Qp7LmA"\n'
    (tmp_path / "course.toml").write_text(2 * lecture)
    with pytest.raises(DataError, match="Kd3x_Qp7LmA is listed twice"):
        read_settings(tmp_path)


@pytest.mark.parametrize("name", ["../x", "a/b", "models", "x" * 65, "Großküche", "-x"])
def test_name_that_could_leave_the_folder_is_refused(two, name):
    with pytest.raises(QuestionError, match=r"cannot be the name|is reserved"):
        read_place(two, course=name, environment={})
    done = cli(two, "search", "bread", f"--course={name}")
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_no_course_can_be_called_all(tmp_path):
    write_course(tmp_path / "courses" / "all", NewCourse("All"), [FoundLecture("Talk", "a" * 11)])
    root = tmp_path / "index"
    for arguments, environment in (
        (["ingest", "all", "--offline", "--index", root], {}),
        (["ingest", "--offline", "--index", root], {"CS25_COURSE": "all"}),
        (["cs25search", "new", "all", "--captions", DATA, "--index", root], {}),
    ):
        done = run_here(*arguments, **environment, CS25_COURSES=str(tmp_path / "courses"))
        assert done.returncode == 2
        assert "'all' cannot be the name of a course. --course all means every" in done.stderr
        assert not root.exists()
    done = run_here(
        "cs25search", "courses", "--index", root, CS25_COURSES=str(tmp_path / "courses")
    )
    assert "'all' cannot be the name of a course" in done.stdout


COURSE_COMMANDS = ("slides", "lectures", "search x", "ask x", "info", "check", "transcript 1",
                   "summary 1", "lectures --for x")  # fmt: skip


def test_unknown_course_is_an_error_that_names_the_others(two):
    with pytest.raises(CourseMissing, match=r"no course physics.*cs25, kitchen\..*\n"):
        open_index(two, course="physics")
    done = run_here("ingest", "physics", "--offline", "--index", two, CS25_COURSES=str(COURSES))
    assert done.returncode == 2
    assert "cs25search new physics" in done.stderr
    assert not (two / "physics").exists()
    for command in COURSE_COMMANDS:
        done = cli(two, *command.split(), "--course", "physics")
        assert done.returncode == 2, command
        assert "There is no course physics. There are: cs25, kitchen." in done.stderr, command
        assert "cs25search new physics" in done.stderr, command
        assert "ingest physics" not in done.stderr, command


@pytest.mark.parametrize(("linked", "is_on"), [("all", True), ("kitchen", False)])
def test_address_of_all_courses_switches_the_search_of_all_on(two, monkeypatch, linked, is_on):
    monkeypatch.setenv("CS25_INDEX", str(two))
    monkeypatch.setenv("CS25_COURSES", str(COURSES))
    app = AppTest.from_file(str(DATA.parents[1] / "app.py"), default_timeout=60)
    app.query_params["course"] = linked
    app.query_params["q"] = "temperature"
    app.run()
    assert not app.exception and not app.warning
    assert app.toggle(key="everywhere").value is is_on
    shown = set(re.findall('data-video="(.*?)"', "".join(x.proto.body for x in app.get("html"))))
    bundled = {one.video_id for one in read_settings(BUNDLED).recordings}
    assert bool(shown & bundled) is is_on and shown - bundled
    app.toggle(key="everywhere").set_value(not is_on).run()  # the visitor can change it
    assert app.toggle(key="everywhere").value is not is_on


def test_course_without_an_index_is_an_error_that_says_how_to_build_it(two, tmp_path):
    write_course(tmp_path / "late", NewCourse("Late"), [FoundLecture("Talk", "a" * 11)])
    done = cli(two, "search", "x", "--course", "late", CS25_COURSES=str(tmp_path))
    assert "Build it: cs25search ingest late\nThese courses have one: cs25, kitchen" in done.stderr


def test_recording_that_is_not_on_youtube_is_shown_with_its_file_and_second(two):
    file = COURSES / "kitchen" / "media" / "knives.mp3"
    question = "why is a dull knife dangerous"
    hit = json.loads(kitchen(two, "search", question, "--json"))["hits"][0]
    assert (hit["lecture"], hit["url"], hit["file"]) == (4, None, str(file))
    second = int(hit["start"])
    assert f"   {file}, second {second}\n" in kitchen(two, "search", question)
    assert f"   {file}（{second}秒から）\n" in kitchen(two, "search", question, "--lang", "ja")
    answer = json.loads(kitchen(two, "ask", question, "--json"))
    cited = answer["citations"][0]
    assert (cited["lecture"], cited["file"]) == (4, str(file))
    second = int(cited["start"])
    assert f"    {file}, second {second}\n" in kitchen(two, "ask", question)
    assert f"]({file.as_uri()}#t={second})" in kitchen(two, "ask", question, "--markdown")
    assert f"]({file.as_uri()}#t=" in kitchen(two, "transcript", "4", "--format", "md")
    assert json.loads(kitchen(two, "transcript", "4", "--format", "json"))["file"] == str(file)
    assert f"     {file}\n" in kitchen(two, "lectures")
    assert f"   {file}\n" in kitchen(two, "lectures", "--for", "knives")
    guide = json.loads(kitchen(two, "lectures", "--for", "knives", "--json"))
    assert guide["lectures"][0]["file"] == str(file)
    others = json.loads(kitchen(two, "search", "why does bread rise", "--json"))["hits"]
    assert not any("file" in one for one in others if one["lecture"] == 1)


def test_all_courses_are_merged_by_rank(two):
    indexes = open_all(read_place(two, environment={}))
    assert list(indexes) == [BUNDLED.name, "kitchen"]
    assert indexes["kitchen"].encoder is indexes[BUNDLED.name].encoder
    hits, fits = search_all(indexes, "temperature", k=6)
    assert fits
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5, 6]
    assert [hit.course for hit in hits] == [hits[0].course, hits[1].course] * 3
    assert {hit.course for hit in hits} == {BUNDLED.name, "kitchen"}
    only, _ = search_all(indexes, "temperature", k=6, filters=lambda index: _lecture(9))
    assert {hit.course for hit in only} == {BUNDLED.name}  # the other has no lecture 9
    fitting, _ = search_all(indexes, "Why does bread rise?", k=6)
    assert {hit.course for hit in fitting} == {"kitchen"}  # nothing of the other fits
    quoted, _ = search_all(indexes, "切れない包丁はなぜ危ない？", k=2)
    assert quoted[0].course == "kitchen"
    assert not search_all(indexes, "How tall is Mount Everest?")[1]
    with pytest.raises(QuestionError, match="Lecture 99"):
        search_all(indexes, "heat", filters=lambda index: _lecture(99))
    done = cli(two, "search", "temperature", "--course", "all", "--json")
    assert {hit["course"] for hit in json.loads(done.stdout)["hits"]} == {BUNDLED.name, "kitchen"}
    assert "only works with search" in cli(two, "ask", "bread", "--course", "all").stderr


def test_search_says_that_nothing_fits_where_ask_refuses(two):
    for course in ("kitchen", "all"):
        said = cli(two, "ask", "東京の人口は？", "--course", "kitchen").stdout
        assert "見つかりませんでした" in said and "最も近い場面" not in said
        done = cli(two, "search", "東京の人口は？", "--course", course)
        assert (done.returncode, "別の言葉で試してください。" in done.stderr) == (1, True)


def test_courses_are_listed_although_none_is_the_default(two, tmp_path):
    for name in ("kitchen", "physics"):
        (tmp_path / name).symlink_to(two / "kitchen")
    assert {"kitchen", "physics"} <= {line.split()[0] for line in
                                      cli(tmp_path, "courses").stdout.splitlines()}  # fmt: skip


def _lecture(number):
    from cs25search.ranking.filters import read_filters

    return read_filters([number])


def test_corrected_title_renames_the_lecture(two, tmp_path):
    courses = Path(shutil.copytree(COURSES, tmp_path / "courses"))
    copy_index(two / "kitchen", tmp_path / "index" / "kitchen")
    toml = courses / "kitchen" / "course.toml"
    toml.write_text(toml.read_text("utf-8").replace("A sharp edge and an onion", "Knives"), "utf-8")
    done = run_here("ingest", "kitchen", "--offline", "--index", tmp_path / "index",
                    CS25_COURSES=str(courses))  # fmt: skip
    assert done.returncode == 0, done.stderr
    videos = open_index(tmp_path / "index").generation.videos
    assert [video.lecture for video in videos] == [1, 2, 3, 4, 5, 6]
    assert videos[3].title == "Knives"


def test_speakers_are_those_of_the_deck_if_course_toml_names_none(two):
    heat = open_index(two, course="kitchen").generation.about.lectures[5]
    assert heat.speakers == ("山田 花子", "鈴木 一郎")


@pytest.mark.parametrize(
    ("lecture", "said"),
    [
        ('captions = "captions/gone.srt"', "lecture 1, field captions: names"),
        ('video = "Kd3x_Qp7LmA"', "has no captions and no notes yet"),
    ],
)
def test_course_without_captions_is_an_error_that_names_it(tmp_path, index_dir, lecture, said):
    folder = tmp_path / "courses" / "late"
    folder.mkdir(parents=True)
    (folder / "course.toml").write_text(f'title = "Late"\n[[lecture]]\n{lecture}\n')
    copy_index(index_dir / "models", tmp_path / "index" / "late" / "models")
    done = run_here("ingest", "late", "--offline", "--index", tmp_path / "index")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "index" / "late" / "CURRENT").exists()


# The layout of earlier versions, where the index folder itself was the index


@pytest.fixture
def old(tmp_path):
    """An index folder as version 0.1 left it, with captions and a deck."""
    root = tmp_path / "index"
    (root / "20260101T000000Z-abcd").mkdir(parents=True)
    (root / "20260101T000000Z-abcd" / "manifest.json").write_text('{"format": 4}')
    (root / "CURRENT").write_text("20260101T000000Z-abcd\n")
    (root / "captions").mkdir()
    (root / "captions" / "abcdefghijk.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHi")
    (root / "deck.txt").write_text("a deck")
    (root / "README.md").write_text("What is in this folder")
    return root


def test_old_layout_moves_under_the_course_and_what_is_not_ours_stays(old):
    assert is_old(old)
    folder = move_old(old)
    assert folder == old / BUNDLED.name
    assert (folder / "captions" / "abcdefghijk.en.srt").read_text().endswith("Hi")
    assert (folder / "deck.txt").read_text() == "a deck"
    assert (old / "CURRENT").exists()  # until the new index is complete
    remove_old(old)
    assert sorted(path.name for path in old.iterdir()) == ["README.md", BUNDLED.name]
    assert not is_old(old)


def test_interrupted_move_is_repeated_whole(old, monkeypatch):
    monkeypatch.setattr(Path, "rename", lambda path, target: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        move_old(old)
    assert (old / "captions" / "abcdefghijk.en.srt").is_file()
    assert not (old / BUNDLED.name).exists()
    monkeypatch.undo()
    assert (move_old(old) / "captions" / "abcdefghijk.en.srt").is_file()


def test_interrupted_removal_is_finished_by_the_next_run(old):
    folder = move_old(old)
    (folder / "mine").write_text("written since")
    assert move_old(old) == folder
    assert (folder / "mine").exists()


@pytest.mark.slow
def test_another_course_leaves_the_old_layout_alone(old, index_dir):
    copy_index(index_dir / "models", old / "kitchen" / "models")
    done = run_here("ingest", "kitchen", "--offline", "--index", old, CS25_COURSES=str(COURSES))
    assert done.returncode == 0, done.stderr
    assert is_old(old) and (old / "captions" / "abcdefghijk.en.srt").exists()
    assert not (old / BUNDLED.name).exists()


@pytest.mark.parametrize("built", [False, True])
def test_folders_of_the_user_in_an_index_folder_are_never_taken_for_an_old_index(tmp_path, built):
    for name in ("captions", "notes"):
        (tmp_path / name).mkdir()
    if built:
        (tmp_path / BUNDLED.name).mkdir()
    (tmp_path / "deck.txt").write_text("mine")
    assert not is_old(tmp_path)


def test_only_what_was_moved_is_removed(old):
    (old / BUNDLED.name).mkdir()  # by hand, so nothing is moved into it
    move_old(old)
    remove_old(old)
    assert (old / "captions" / "abcdefghijk.en.srt").is_file()


def test_folder_of_one_course_is_not_the_old_layout(two):
    assert not is_old(two)
    assert not is_old(two / "kitchen")


def test_ingest_moves_the_old_layout_and_says_so(old, index_dir, tmp_path):
    copy_index(index_dir / "models", old / "models")
    (old / "deck.txt").unlink()
    track = '{"video_id": "abcdefghijk", "kind": "local", "name": "abcdefghijk.en.srt"'
    sidecar = old / "captions" / "abcdefghijk.origin.json"
    sidecar.write_text(f'{track}, "language": "en"}}')
    own = tmp_path / "courses" / BUNDLED.name  # a small course in place of the bundled one
    own.mkdir(parents=True)
    (own / "course.toml").write_text('title = "Small"')
    done = run_here("ingest", "--offline", "--index", old)
    assert done.returncode == 0, done.stderr
    assert "layout of an earlier version" in done.stderr
    assert [video.video_id for video in open_index(old).generation.videos] == ["abcdefghijk"]
    assert not (old / "models").exists()


# cs25search new


def new(tmp_path, *arguments):
    return run_here("cs25search", "new", *arguments, "--index", tmp_path / "index")


def test_new_writes_what_it_knows_and_marks_the_gaps(tmp_path, index_dir):
    source = COURSES / "kitchen"
    done = new(
        tmp_path, "cooking", "--captions", source / "captions", "--deck", source / "deck.txt"
    )
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "courses" / "cooking" / "course.toml").read_text("utf-8")
    assert '# about = ""' in written and '# title_ja = ""' in written
    assert 'video = "Kd3x_Qp7LmA"' in written and "duration = 214" in written
    assert '"0:00 Flour"' in written
    assert written.count("[[lecture]]") == 6
    copy_index(index_dir / "models", tmp_path / "index" / "cooking" / "models")
    done = run_here("ingest", "cooking", "--offline", "--index", tmp_path / "index")
    assert done.returncode == 0, done.stderr
    generation = open_index(tmp_path / "index").generation
    assert generation.about.name == "cooking"
    assert [video.lecture for video in generation.videos] == [1, 2, 3, 4, 5, 6]


def test_new_again_adds_and_never_overwrites(tmp_path):
    captions = Path(shutil.copytree(COURSES / "kitchen" / "captions", tmp_path / "captions"))
    late = next(captions.glob("heat*"))
    late.rename(tmp_path / late.name)
    new(tmp_path, "cooking", "--captions", captions)
    path = tmp_path / "courses" / "cooking" / "course.toml"
    edited = path.read_text("utf-8").replace("Emulsions", "Sauces") + "\n# my own remark\n"
    path.write_text(edited, "utf-8")
    assert "Added 0 lectures" in new(tmp_path, "cooking", "--captions", captions).stdout
    assert path.read_text("utf-8") == edited
    (tmp_path / late.name).rename(late)
    assert "Added 1 lecture " in new(tmp_path, "cooking", "--captions", captions).stdout
    assert path.read_text("utf-8").startswith(edited.split("# my own")[0].rstrip()[:200])
    assert "# my own remark" in path.read_text("utf-8")
    assert path.read_text("utf-8").count("[[lecture]]") == 6


def test_new_again_fills_gaps_from_an_info_json_and_overwrites_nothing(tmp_path):
    captions = tmp_path / "captions"
    captions.mkdir()
    for name in ("Kd3x_Qp7LmA.en.srt", "U8J32Z3qV8s.en.srt"):
        (captions / name).write_text("1\n00:00:01,000 --> 00:00:03,000\nWelcome.\n")
    new(tmp_path, "cooking", "--captions", captions)
    path = tmp_path / "courses" / "cooking" / "course.toml"
    first, second = path.read_text("utf-8").split("[[lecture]]")[1:]
    assert '# title = ""' in first and "no title found" in first
    mine = second.replace('# title = ""', 'title = "My title"\nchapters = ["0:00 Mine"]')
    path.write_text(path.read_text("utf-8").replace(second, mine) + "# my own remark\n", "utf-8")
    for name in ("Kd3x_Qp7LmA", "U8J32Z3qV8s"):
        info = {"id": name, "extractor": "youtube", "title": "Bread", "duration": 214,
                "chapters": [{"start_time": 0, "title": "Flour"}]}  # fmt: skip
        (captions / f"{name}.info.json").write_text(json.dumps(info))
    done = new(tmp_path, "cooking", "--captions", captions)
    assert "Added 0 lectures" in done.stdout and "Filled in gaps of 1 more" in done.stderr
    written = path.read_text("utf-8")
    assert "# my own remark" in written and 'title = "My title"' in written
    assert "no title found" not in written.split("[[lecture]]")[1]
    bread, own = read_settings(path.parent).about.lectures
    assert (bread.title, bread.chapters, bread.duration) == ("Bread", ((0, "Flour"),), 3.0)
    assert (own.title, own.chapters) == ("My title", ((0, "Mine"),))
    assert "Filled" not in new(tmp_path, "cooking", "--captions", captions).stderr
    assert path.read_text("utf-8") == written


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["Lecture 1", "Lecture 2", "Lecture 3", "Lecture 10", "Lecture 11"], [1, 2, 3, 10, 11]),
        (["001 - Intro", "004 - Routers"], [1, 4]),
        (["CS25 Lecture 2", "CS25 Lecture 7"], [2, 7]),
        (["Lecture 2", "Lecture 2b", "Lecture 3"], [1, 2, 3]),
        (["001 - Intro", "Zebras"], [1, 2]),
        (["Lecture 0", "Lecture 1"], [1, 2]),
        (["Talk 2021", "Talk 2022"], [1, 2]),
        (["Flour | Chapter 3", "Heat | Chapter 12", "Intro", "Salt | Chapter 1"], [1, 3, 12, 13]),
        (["Flour | Part 1", "Heat | Part 1", "Salt | Part 2"], [1, 2, 3]),
        (["Flour | Part 5", "Heat", "Salt"], [1, 2, 3]),
    ],
)
def test_new_takes_lecture_numbers_from_names_if_most_have_one(tmp_path, names, numbers):
    lectures = [FoundLecture(one, "", tmp_path / f"{one}.srt") for one in names]
    write_course(tmp_path / "talks", NewCourse("Talks"), lectures)
    assert [one.number for one in read_settings(tmp_path / "talks").recordings] == numbers


def test_new_gives_a_lecture_that_is_added_the_number_in_its_name(tmp_path):
    one, two, six = [
        FoundLecture(f"Lecture {n}", "", tmp_path / f"Lecture {n}.srt") for n in (1, 2, 6)
    ]
    write_course(tmp_path / "talks", NewCourse("Talks"), [one, two])
    write_course(tmp_path / "talks", NewCourse("Talks"), [one, two, six])
    assert [one.number for one in read_settings(tmp_path / "talks").recordings] == [1, 2, 6]


def test_new_gives_lectures_the_numbers_of_the_deck(tmp_path):
    deck = "  1. Kitchen\n  2. Contents 1. Flour (40:00) 2. Salt (30:00) 3. Heat (35:00)\n"
    (tmp_path / "deck.txt").write_text(deck)
    captions = tmp_path / "captions"
    captions.mkdir()
    for name, minutes in (("Salt", 29), ("Heat", 34), ("Appendix", 3)):  # the applause is silent
        (captions / f"{name}.srt").write_text(
            f"1\n00:00:01,000 --> 00:00:03,000\n{name}.\n\n"
            f"2\n00:{minutes}:01,000 --> 00:{minutes}:20,000\nThank you.\n"
        )
    done = new(tmp_path, "cooking", "--captions", captions, "--deck", tmp_path / "deck.txt")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "courses" / "cooking" / "course.toml").read_text("utf-8")
    numbered = re.findall(r"number = (\d+)\n(?:.*\n)?title = \"(.*)\"", written)
    assert numbered == [("2", "Salt"), ("3", "Heat"), ("4", "Appendix")]


def test_new_numbers_by_titles_if_the_deck_matches_none(tmp_path):
    lectures = [
        FoundLecture(f"{x} | Chapter {n}", f"aaaaaaaaaa{n}") for x, n in (("A", 8), ("B", 4))
    ]
    deck = tmp_path / "deck.txt"
    write_course(tmp_path / "talks", NewCourse("Talks", deck=deck), lectures)
    recordings = read_settings(tmp_path / "talks").recordings
    assert [(x.number, x.video_id) for x in recordings] == [(4, "aaaaaaaaaa4"), (8, "aaaaaaaaaa8")]


def test_new_adds_a_deck_alone_and_says_when_another_one_is_named(tmp_path):
    captions = COURSES / "kitchen" / "captions"
    new(tmp_path, "cooking", "--captions", captions)
    first, second = tmp_path / "one.txt", tmp_path / "two.txt"
    for deck in (first, second):
        shutil.copy(COURSES / "kitchen" / "deck.txt", deck)
    done = new(tmp_path, "cooking", "--deck", first)
    assert done.returncode == 0 and "names another deck" not in done.stderr
    assert read_settings(tmp_path / "courses" / "cooking").deck_file == first
    assert "one.txt. To change it, edit" in new(tmp_path, "cooking", "--deck", second).stderr


@pytest.mark.parametrize("with_deck", [True, False])
def test_lecture_that_was_removed_has_no_number(tmp_path, with_deck):
    lectures = [
        FoundLecture(title, f"aaaaaaaaaa{n}") for n, title in enumerate(("Flour", "Salt", "Heat"))
    ]
    (tmp_path / "deck.txt").write_text(
        "  1. Kitchen\n  2. Contents 1. Flour (0:03) 2. Salt (0:03) 3. Heat (0:03)\n"
    )
    kept = NewCourse("Cooking", deck=tmp_path / "deck.txt" if with_deck else None)
    write_course(tmp_path / "cooking", kept, lectures)
    path = tmp_path / "cooking" / "course.toml"
    tracks = {
        one.video: RawTrack(
            Origin(one.video, "local", f"{one.video}.en.srt", "en", title=one.title, duration=3.0),
            b"1\n00:00:01,000 --> 00:00:03,000\nWelcome.\n",
        )
        for one in lectures
    }
    deck = read_deck(tmp_path / "deck.txt") if with_deck else None

    def numbers():
        load_course.cache_clear()
        rows = collect(load_course(path.parent), tracks, deck, {}).rows
        return {row.video.title: row.video.lecture for row in rows}

    assert numbers() == {"Flour": 1, "Salt": 2, "Heat": 3}
    first, flour, _, heat = path.read_text("utf-8").split("[[lecture]]")
    path.write_text("[[lecture]]".join((first, flour, heat)), "utf-8")
    assert numbers() == {"Flour": 1, "Heat": 3, "Salt": None}


def test_new_names_the_recording_beside_captions_that_are_not_of_youtube(tmp_path):
    captions = tmp_path / "captions"
    captions.mkdir()
    for name in ("review.en.srt", "talk.srt", "[Kd3x_Qp7LmA].srt"):
        (captions / name).write_text("1\n00:00:01,000 --> 00:00:03,000\nWelcome.\n")
    for name in ("review.mp4", "talk.mp3", "talk.wav", "[Kd3x_Qp7LmA].mp4", "other.mp4"):
        (captions / name).touch()
    new(tmp_path, "cooking", "--captions", captions)
    recordings = read_settings(tmp_path / "courses" / "cooking").recordings
    media = {one.captions.name: one.media for one in recordings}
    assert media == {
        "review.en.srt": str(captions / "review.mp4"), "talk.srt": "", "[Kd3x_Qp7LmA].srt": "",
    }  # fmt: skip


def test_new_names_files_inside_the_course_by_their_place_in_it(tmp_path):
    folder = tmp_path / "courses" / "cooking"
    shutil.copytree(COURSES / "kitchen" / "captions", folder / "captions")
    new(tmp_path, "cooking", "--captions", folder / "captions")
    settings = read_settings(folder)
    assert {one.captions.parent for one in settings.recordings} == {folder / "captions"}
    moved = folder.rename(folder.with_name("baking"))
    ids = [one.video_id for one in read_settings(moved).recordings]
    assert ids == [one.video_id for one in settings.recordings]


def test_new_does_not_list_a_lecture_twice_whose_file_has_moved(tmp_path):
    captions = Path(shutil.copytree(COURSES / "kitchen" / "captions", tmp_path / "captions"))
    new(tmp_path, "cooking", "--captions", captions)
    captions.rename(tmp_path / "elsewhere")
    done = new(tmp_path, "cooking", "--captions", tmp_path / "elsewhere")
    assert "Added 0 lectures" in done.stdout
    recordings = read_settings(tmp_path / "courses" / "cooking").recordings
    assert {one.captions.parent for one in recordings} == {tmp_path / "elsewhere"}


def test_renamed_caption_file_stays_one_lecture(tmp_path):
    folder = tmp_path / "courses" / "cooking"
    shutil.copytree(COURSES / "kitchen" / "captions", folder / "captions")
    new(tmp_path, "cooking", "--captions", folder / "captions")
    (folder / "captions" / "heat.ja.vtt").rename(folder / "captions" / "fire.ja.vtt")
    order = cli(tmp_path / "index", "ingest", "cooking", "--offline",
                CS25_COURSES=str(folder.parent))  # fmt: skip
    assert "If it was renamed or moved: cs25search new cooking --captions" in order.stderr
    done = new(tmp_path, "cooking", "--captions", folder / "captions")
    assert "Added 0 lectures" in done.stdout
    names = [one.captions.name for one in read_settings(folder).recordings]
    assert "fire.ja.vtt" in names and "heat.ja.vtt" not in names and len(names) == 6
    assert all(one.captions.exists() for one in read_settings(folder).recordings)


def test_recording_under_another_id_is_not_indexed_twice(tmp_path):
    folder = tmp_path / "courses" / "cooking"
    captions = Path(shutil.copytree(COURSES / "kitchen" / "captions", folder / "captions"))
    write_course(
        folder, NewCourse("Cooking"), [FoundLecture("Knives", "", captions / "knives.en.sbv")]
    )

    def stored():
        load_course.cache_clear()
        order = SimpleNamespace(
            course=load_course(folder), tracks=tmp_path / "kept", captions_dir=None, deck=None,
            languages=("en", "ja"), transcribe=False,
        )  # fmt: skip
        take_in(order)
        return sorted(one.data for one in stored_tracks(order.tracks).values())

    listed = stored()
    assert len(listed) == len(set(listed)) == 6
    (folder / "course.toml").write_text('title = "Cooking"\n')  # no longer lists the recording
    assert stored() == listed
    (captions / "knives.en.sbv").rename(captions / "sharp.en.sbv")
    assert stored() == listed


def test_a_video_of_the_playlist_with_a_caption_file_is_one_lecture():
    listed = [FoundLecture("Bread", "Kd3x_Qp7LmA"), FoundLecture("Salt", "U8J32Z3qV8s")]
    files = [
        FoundLecture("x", "Kd3x_Qp7LmA", Path("/a.srt")),
        FoundLecture("y", "", Path("/b.srt")),
    ]
    found = merged(listed, files)
    assert [(one.title, one.captions) for one in found] == [
        ("Bread", Path("/a.srt")), ("Salt", None), ("y", Path("/b.srt")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cooking"], "--playlist URL or --captions DIR"),
        (["../up", "--captions", "."], "cannot be the name"),
        ([BUNDLED.name, "--captions", "."], "Choose another name"),
        (["cooking", "--captions", "/nowhere"], "does not exist"),
    ],
)
def test_new_without_sense_writes_nothing(tmp_path, arguments, said):
    done = new(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "courses").exists()


def test_playlist_of_no_course_becomes_one(tmp_path, index_dir):
    copy_index(index_dir / "models", tmp_path / "index" / "zebras" / "models")
    with serve([Talk("aaaaaaaaaa1", "Zebras", said="The zebra likes toast.")], tmp_path) as youtube:
        options = ["--proxy", youtube.address, "--sleep", "0", "--index", tmp_path / "index"]
        pulled = run_here(
            "ingest", "--playlist", "PLfakefakefakefake", *options, **youtube.environment
        )
        assert pulled.returncode == 0, pulled.stderr
        name = re.search(r"becomes the course ([a-z0-9-]+)", pulled.stderr)[1]
        assert (tmp_path / "courses" / name / "course.toml").is_file()
        generation = open_index(tmp_path / "index", course=name).generation
        assert [(video.title, video.lecture) for video in generation.videos] == [("Zebras", 1)]
        again = run_here(
            "ingest", "--playlist", "PLfakefakefakefake", *options, **youtube.environment
        )
        assert again.returncode == 0, again.stderr
        assert "becomes" not in again.stderr
        assert len(list((tmp_path / "courses").iterdir())) == 1


@pytest.mark.parametrize(
    ("offline", "alert", "code", "said"),
    [
        (False, "The playlist does not exist.", 1, "does not exist"),
        (False, "", 1, "The playlist is empty"),
        (True, "", 2, "--offline does not list it"),
    ],
)
def test_playlist_that_was_not_listed_leaves_nothing_behind(tmp_path, offline, alert, code, said):
    with serve([], tmp_path) as youtube:
        youtube.playlist_alert = alert
        done = run_here(
            *("ingest", "--playlist", "PLfakefakefakefake", *(["--offline"] if offline else [])),
            *("--proxy", youtube.address, "--sleep", "0", "--index", tmp_path / "index"),
            **youtube.environment,
        )
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert not (tmp_path / "courses").exists()
    assert not (tmp_path / "index").exists()


def test_playlist_of_private_videos_alone_is_no_course(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.new.fetch_lectures", lambda *_: ("Zebras", []))
    options = {"index_dir": tmp_path / "index", "part": "", "dry_run": False, "offline": False}
    with pytest.raises(QuestionError, match="has no public videos"):
        course_of(["PLfakefakefakefake"], options | {"language": ""})
    assert not list(tmp_path.iterdir())


def test_new_course_with_a_wrong_language_leaves_nothing_behind(tmp_path):
    done = run_here(
        *("ingest", "--playlist", "PLfakefakefakefake", "--lang", "?"),
        *("--index", tmp_path / "index"),
    )
    assert done.returncode == 2 and "is not a language code" in done.stderr
    assert not (tmp_path / "courses").exists()


def test_list_of_courses_tells_which_are_faulty_and_goes_on(two, tmp_path):
    root = Path(shutil.copytree(two, tmp_path / "index", symlinks=True))
    (root / "kitchen" / "CURRENT").write_text("000009_0123456789")
    courses = Path(shutil.copytree(COURSES, tmp_path / "courses"))
    (courses / "later").mkdir()
    (courses / "later" / "course.toml").write_text("title = ")
    done = cli(root, "courses", "--json", CS25_COURSES=str(courses))
    found = {one["name"]: one for one in json.loads(done.stdout)["courses"]}
    assert "does not exist" in found["kitchen"]["problem"]
    assert "cs25search ingest kitchen" in found["kitchen"]["problem"]
    assert "not valid TOML" in found["later"]["problem"]
    assert found[BUNDLED.name]["built"] and not found[BUNDLED.name]["problem"]
