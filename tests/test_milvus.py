"""An index in Milvus gives the same hits as the one on disk, tested with Milvus Lite."""

import json
import sys
from pathlib import Path

import pytest
import streamlit as st
from conftest import run
from streamlit.testing.v1 import AppTest
from test_app import pieces
from test_search import assert_k_only_cuts

from cs25search import Index, open_index
from cs25search.errors import QuestionError, StoreError
from cs25search.formats import answer_json, hit_json
from cs25search.mcp_server import transcript
from cs25search.ui.views import moment
from cs25search.ui.views.map_rows import map_rows

pytest.importorskip("pymilvus", reason="needs pip install 'cs25search[milvus]'")
pytest.importorskip("milvus_lite", reason="needs pip install 'cs25search[milvus]'")

from cs25search.milvus.connection import Connection

APP = Path(__file__).parents[1] / "app.py"
QUESTIONS = json.loads((Path(__file__).parent / "data/questions.json").read_text("utf-8"))
ASKED = QUESTIONS["questions"][::6]
LEAST_EQUAL = 0.98  # share of all hits that must stand at the same rank


@pytest.fixture(scope="module")
def uri(index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The index of the bundled course, copied into a file of Milvus Lite by the real program."""
    uri = str(tmp_path_factory.mktemp("milvus") / "lectures.db")
    copied = run("cs25search", "export", "--to", "milvus", "--uri", uri, "--index", index_dir)
    assert copied.returncode == 0, copied.stderr
    return uri


@pytest.fixture(scope="module")
def there(uri: str, index: Index, index_dir: Path) -> Index:
    return open_index(index_dir, index.encoder, store="milvus", uri=uri)


def same_share(one: list, other: list) -> tuple[int, int]:
    """Return how many hits have the same rank, and the number of hits."""
    same = sum(a == b for a, b in zip(one, other, strict=False))
    return same, max(len(one), len(other))


@pytest.mark.parametrize("language", ["q", pytest.param("q_ja", marks=pytest.mark.slow)])
def test_both_stores_have_the_same_top_ten(index, there, language):
    same = total = 0
    for question in ASKED:
        one, other = (x.search(question[language], k=10) for x in (index, there))
        matching, of = same_share([hit_json(h) for h in one], [hit_json(h) for h in other])
        same, total = same + matching, total + of
    assert total >= 10 * len(ASKED) * 0.9
    assert same / total >= LEAST_EQUAL


@pytest.mark.parametrize(
    "filters",
    [
        {"lectures": [5]},
        {"lectures": [2, 8], "kind": "note"},
        {"speaker": "hinton"},
        {"qa": True},
        {"lectures": [5], "speaker": "Hinton"},
    ],
)
def test_filters_let_the_same_through(index, there, filters):
    one, other = (x.search("How are attention weights learned?", **filters) for x in (index, there))
    assert [hit_json(hit) for hit in one] == [hit_json(hit) for hit in other]
    assert bool(one) == (filters != {"lectures": [5], "speaker": "Hinton"})


@pytest.mark.slow
@pytest.mark.parametrize("language", ["q", "q_ja"])
def test_k_only_cuts_the_list(index, there, language):
    for question in QUESTIONS["questions"][::60]:
        assert_k_only_cuts(there, question[language])
        assert_k_only_cuts(there, question[language], lectures=[5])
        whole = [[hit.start for hit in x.search(question[language], 1000)] for x in (index, there)]
        same, total = same_share(*whole)
        assert same / total >= LEAST_EQUAL


def test_both_stores_count_the_same(index, there):
    assert there.generation.manifest.counts == index.generation.manifest.counts


def test_answers_are_the_same(index, there):
    asked = [q for entry in QUESTIONS["questions"][::12] for q in (entry["q"], entry["q_ja"])]
    asked += [entry["q"] for entry in QUESTIONS.get("unanswerable", [])[:5]]
    asked += ["What is DALL·E 2?", "Which lecture explains GLOM?", "GPT-4の画像入力とは？"]
    asked += ["Why does the ruoter need float32?"]
    for question in asked:
        one, other = (answer_json(x.answer(question)) | {"generation": ""} for x in (index, there))
        assert one == other, question


def test_pages_find_what_they_show(index, there):
    question = "Why does the router need float32?"
    video = index.search(question)[0].video
    assert there.generation.videos == index.generation.videos
    assert there.generation.slides == index.generation.slides
    assert there.generation.manifest.sources == index.generation.manifest.sources
    assert there.chunks_of(video.video_id) == index.chunks_of(video.video_id)
    assert there.chunks_of("' or 1 == 1") == []
    assert map_rows(there, there.find(question)) == map_rows(index, index.find(question))
    assert transcript(there, video.video_id, 60, 600) == transcript(index, video.video_id, 60, 600)
    goals = [one.guide("scaling laws").picks[0] for one in (index, there)]
    assert goals[0].lecture == goals[1].lecture
    hits = there.search(question)
    assert [moment.speech_around(hit, there) for hit in hits] == [("", "")] * len(hits)


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 0},
        {"k": 2.5},
        {"lectures": [99]},
        {"lectures": 5},
        {"speaker": "Nobody"},
        {"kind": "bogus"},
        {"kind": "transcript"},
    ],
)
def test_wrong_questions_are_told_the_same_way(index, there, wrong):
    told = []
    for one in (index, there):
        with pytest.raises(QuestionError) as error:
            one.search("attention", **wrong)
        told.append(str(error.value))
    assert told[0] == told[1]
    assert there.search("???") == []


def test_a_second_export_of_the_same_index_writes_nothing(there, index):
    from cs25search.milvus.write import copy

    before = there.searcher.source._connection.generations()
    assert copy(index.generation, index.encoder, there.searcher.source._connection) == before[0]
    assert there.searcher.source._connection.generations() == before


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("", "no URI"),
        ("lectures.sqlite", "neither an address nor a file"),
        ("no-such-folder/x.db", "folder that does not exist"),
        ("http://127.0.0.1:9", "cannot be reached"),
        ("http://anna:secret@127.0.0.1:9", "cannot be reached"),
        ("http://anna:secret@[::1", "not an address"),
        ("http://127.0.0.1:99999", "not an address"),
        ("http://:::", "not an address"),
        ("~nobody-at-all/x.db", "cannot be expanded"),
        ("x\0.db", "neither an address nor a file"),
        (f"{'x' * 300}.db", "cannot be read"),
        ("file.db", "is a single file"),
        ("folder.db", "does not belong to Milvus Lite"),
        ("lock.db", "Is a directory"),
        ("damaged.db", "the file is damaged"),
    ],
)
def test_a_wrong_address_is_told_with_a_cure(uri, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file.db").write_bytes(b"SQLite format 3\0")
    Path("folder.db/photos").mkdir(parents=True)
    Path("lock.db/collections").mkdir(parents=True)
    Path("lock.db/LOCK").mkdir()
    Path("damaged.db/collections").mkdir(parents=True)
    Path("damaged.db/aliases.json").write_text("{")
    before = sorted(tmp_path.glob("[!dl]*/**"))
    with pytest.raises(StoreError, match=told) as error:
        open_index("nowhere", store="milvus", uri=uri)
    assert "\n" in str(error.value)
    assert "secret" not in str(error.value)
    assert "Only one process" not in str(error.value)
    assert sorted(tmp_path.glob("[!dl]*/**")) == before


def test_an_empty_store_says_how_to_fill_it(tmp_path):
    with pytest.raises(StoreError, match="contains no index yet") as error:
        open_index(tmp_path, store="milvus", uri=str(tmp_path / "empty.db"))
    assert "cs25search ingest --store milvus --uri" in str(error.value)
    assert list(tmp_path.iterdir()) == []
    assert Connection(str(tmp_path / "empty.db"), create=True).live() is None
    with pytest.raises(StoreError, match="contains no index yet"):
        open_index(tmp_path, store="milvus", uri=str(tmp_path / "empty.db"))


def test_commands_that_read_make_no_file(tmp_path, index_dir):
    uri = tmp_path / "missing.db"
    for command in (["search", "attention"], ["info"], ["lectures", "--for", "attention"]):
        done = run("cs25search", *command, "--store", "milvus", "--uri", uri, "--index", index_dir)
        assert done.returncode == 2
        assert "contains no index yet" in done.stderr
        assert not uri.exists()


def test_a_file_that_another_process_has_open_is_told_with_a_cure(there, uri, index_dir):
    other = run("cs25search", "search", "attention", "--store", "milvus", "--uri", uri,
                "--index", index_dir)  # fmt: skip
    assert other.returncode == 2
    assert "milvus-lite server" in other.stderr
    assert "Traceback" not in other.stderr


def shown(question: str) -> AppTest:
    """Return the app after a question."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params["q"] = question
    app.run()
    assert not app.exception
    return app


def test_the_app_shows_the_same_moments(there, uri, index_dir, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_dir))
    on_disk = shown("Why does the router need float32?")
    monkeypatch.setenv("CS25_STORE", "milvus")
    monkeypatch.setenv("CS25_URI", uri)
    st.cache_resource.clear()  # or the answer kept for the index on disk is shown
    in_milvus = shown("Why does the router need float32?")
    assert pieces(in_milvus) == pieces(on_disk)
    assert [x.value for x in in_milvus.markdown] == [x.value for x in on_disk.markdown]
    assert len(pieces(in_milvus)) > 5


def test_the_app_says_that_milvus_is_not_there(index_dir, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_dir))
    monkeypatch.setenv("CS25_STORE", "milvus")
    monkeypatch.setenv("CS25_URI", "http://127.0.0.1:9")
    app = shown("Why does the router need float32?")
    assert app.error
    assert any("cannot be reached" in text.value for text in app.text)


def test_without_the_extra_the_cure_is_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreError, match=r"pip install 'cs25search\[milvus\]'"):
        open_index(tmp_path, store="milvus", uri=str(tmp_path / "x.db"))
