"""What is added from the page is a video of YouTube or a caption file, and nothing else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs25search.ui import ingesting
from cs25search.ui.views.adding import ENDINGS, LARGEST, file_name, video_of
from cs25search.ui.widgets.drop import read_file


@pytest.mark.parametrize(
    "link",
    ["https://youtu.be/U8J32Z3qV8s?t=582", "https://www.youtube.com/watch?v=U8J32Z3qV8s",
     "http://m.youtube.com/watch?list=PL1&v=U8J32Z3qV8s&t=5", "youtube.com/shorts/U8J32Z3qV8s",
     "https://www.youtube.com/live/U8J32Z3qV8s?si=x", "U8J32Z3qV8s",
     "https://www.youtube-nocookie.com/embed/U8J32Z3qV8s"],
)  # fmt: skip
def test_links_of_all_kinds_name_their_video(link):
    assert video_of(link) == "U8J32Z3qV8s"


@pytest.mark.parametrize(
    "link",
    ["", "--transcribe", "-aaaaaaaaaa", "https://evil.example/watch?v=U8J32Z3qV8s",
     "https://youtube.com.evil.example/watch?v=U8J32Z3qV8s", "https://www.youtube.com/@stanford",
     "https://youtu.be/U8J32Z3qV8s5", "file:///etc/passwd", "https://vimeo.com/12345678901"],
)  # fmt: skip
def test_anything_else_names_none(link):
    assert video_of(link) == ""


@given(st.text())
def test_a_name_never_leaves_its_folder(tmp_path_factory, name):
    kept = file_name(f"{name}.srt")
    assert not kept or ("/" not in kept and "\\" not in kept and kept.lstrip(".") == kept)
    assert kept.rpartition(".")[2] in ("", *ENDINGS)


def test_a_file_is_kept_and_replaced_under_its_name(tmp_path):
    for content in (b"1", b"2"):
        path = ingesting.keep_file(tmp_path / "index", "Bread.en.srt", content)
        assert path.read_bytes() == content and path.parent.name == ingesting.ADDED
    assert len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize(
    "given_", [None, 5, [], {"name": 5}, {"name": "a.srt", "content": "not base64!"},
               {"name": "a.srt", "content": "A" * (2 * LARGEST + 1)}],
)  # fmt: skip
def test_what_the_page_did_not_send_is_no_file(given_):
    assert read_file(given_) == ("", b"")


def test_a_file_arrives_as_it_is():
    content = bytes(range(256))
    sent = {"name": "a.srt", "content": base64.b64encode(content).decode()}
    assert read_file(sent) == ("a.srt", content)


def test_what_is_added_is_one_option_of_the_command(tmp_path):
    assert ingesting.command(tmp_path, False, "--video=U8J32Z3qV8s")[3:6] == [
        "cs25search", "ingest", "--video=U8J32Z3qV8s",
    ]  # fmt: skip
