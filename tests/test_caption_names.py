"""ingest/captions/names.py and files.py: names that yt-dlp, players and meeting programs give."""

import json
import random
import string
from pathlib import Path, PurePath

import pytest

from cs25search.course.settings import recording_id
from cs25search.errors import Cs25SearchError
from ingest.captions.files import read_captions, store_track, stored_tracks
from ingest.captions.ids import VIDEO_ID, Verdict, is_word, judge_all
from ingest.captions.names import read_name

ID = "aircAruvnKk"
SRT = "1\n00:00:01,000 --> 00:00:04,000\nThe zebra router needs marmalade precision.\n"

# name, title in it, language
COMMON = [
    (f"What is it [{ID}].en.vtt", "What is it", "en"),
    (f"What is it？ [{ID}].en.srt", "What is it?", "en"),
    (f"What is it [{ID}].en-orig.vtt", "What is it", "en-orig"),
    (f"What is it [{ID}].en-US.vtt", "What is it", "en-US"),
    (f"What is it [{ID}].en-uYU-mmqFLq8.vtt", "What is it", "en"),
    (f"What is it [{ID}].zh-Hans--Yu-mmqFLq8.vtt", "What is it", "zh-Hans"),
    (f"What is it [{ID}].pt-br.vtt", "What is it", "pt-br"),
    (f"What is it [{ID}].sr-Latn.vtt", "What is it", "sr-Latn"),
    (f"What is it [{ID}].ja-en.vtt", "What is it", "ja"),
    (f"What is it [{ID}].zh-Hans-en-US.vtt", "What is it", "zh-Hans"),
    (f"What is it [{ID}].zh-Hans.vtt", "What is it", "zh-Hans"),
    (f"What is it [{ID}].es-419.vtt", "What is it", "es-419"),
    (f"What is it [{ID}].vtt", "What is it", ""),
    (f"What is it [{ID}].en.json3", "What is it", "en"),
    (f"What is it [{ID}].en.srv3", "What is it", "en"),
    (f"What is it [{ID}].en.ttml", "What is it", "en"),
    (f"001 - What is it [{ID}].en.vtt", "001 - What is it", "en"),
    (f"What_is_it [{ID}].en.vtt", "What is it", "en"),
    (f"What is it-{ID}.en.vtt", "What is it", "en"),
    (f"What_is_it-{ID}.en.vtt", "What is it", "en"),
    (f"What is it - {ID}.srt", "What is it", ""),
    (f"What is it_{ID}.srt", "What is it", ""),
    (f"What is it ({ID}).srt", "What is it", ""),
    (f"{ID} - What is it.srt", "What is it", ""),
    (f"NA-What is it-{ID}.en.vtt", "What is it", "en"),
    (f"NA-Title-{ID}.en.vtt", "Title", "en"),
    (f"NA - What is it [{ID}].vtt", "What is it", ""),
    (f"20240301-Slate-{ID}.en.vtt", "Slate", "en"),
    (f"NA-20240301 - Slate [{ID}].en.vtt", "Slate", "en"),
    (f"20249901-Slate-{ID}.vtt", "20249901-Slate", ""),
    (f"{ID}_What_is_it.srt", "What is it", ""),
    (f"[{ID}].vtt", "", ""),
    (f"{ID}.vtt", "", ""),
    (f"{ID}.srt", "", ""),
    (f"{ID}.json3", "", ""),
    (f"{ID}.txt", "", ""),
    (f"{ID}.srt.txt", "", ""),
    (f"{ID}.en.srt", "", "en"),
    (f"{ID}.EN.SRT", "", "en"),
    (f"{ID}.en-US.srt", "", "en-US"),
    (f"{ID}.en-orig.vtt", "", "en-orig"),
    (f"{ID}.en-en.vtt", "", "en-en"),
    (f"{ID}.eng.srt", "", "en"),
    (f"{ID}.English.srt", "", "en"),
    (f"{ID}_en.srt", "", "en"),
    (f"{ID}-en.srt", "", "en"),
    (f"{ID} (en).srt", "", "en"),
    (f"{ID}_en_US.srt", "", "en-US"),
    (f"{ID} (1).srt", "", ""),
    (f"{ID}.en (1).srt", "", "en"),
    (f"What is it [{ID}] (1).en.vtt", "What is it", "en"),
    (f"{ID}.a.en.vtt", "", "en"),
    (f"{ID}.f137.en.vtt", "", "en"),
    (f"What is it [{ID}].f251-drc.en.vtt", "What is it", "en"),
    (f"yt-{ID}.en.vtt", "", "en"),
    (f"youtube_{ID}.srt", "", ""),
    (f"subtitle_{ID}_en.srt", "", "en"),
    (f"captions {ID} (en).srt", "", "en"),
    (f"Talk_{ID}_final_cut.srt", "Talk final cut", ""),
    (f"2024-03-01 - Slate [{ID}].en.srt", "Slate", "en"),
    (f"2024-03-01_Slate-{ID}.en.srt", "Slate", "en"),
    (f"{ID}.en.auto.srt", "", "en"),
    (f"{ID}.en.forced.srt", "", "en"),
    (f"{ID}.mp4.vtt", "", ""),
    (f"{ID}.wav.json", "", ""),
    (f"watch?v={ID}.txt", "", ""),
    (f"What is it [{ID}].en-sdh.vtt", "What is it", "en-sdh"),
    (f"What is it (Hebrew) [{ID}].srt", "What is it (Hebrew)", ""),
    (f"What is it [{ID}] (Thai).srt", "What is it", "th"),
    (f"What is it [{ID}].Persian.srt", "What is it", "fa"),
    (f"{ID}/en.vtt", "", "en"),
    (f"{ID}/Thai.vtt", "", "th"),
    (f"{ID}/captions.srt", "", ""),
    (f"What is it [{ID}]/subtitles.en.vtt", "What is it", "en"),
    (f"Course/Week 1/What is it [{ID}].en.vtt", "What is it", "en"),
    (f"[English (auto-generated)] What is it [{ID}] [DownSub.com].srt", "What is it", "en"),
]


@pytest.mark.parametrize(("name", "title", "language"), COMMON, ids=[one[0] for one in COMMON])
def test_common_names_give_id_title_and_language(name, title, language):
    found = read_name(PurePath(name))
    assert (found.video_id, found.title, found.language) == (ID, title, language)


@pytest.mark.parametrize(
    ("name", "title", "language"),
    [
        ("ac_encoding.vtt", "ac encoding", ""),
        ("jh_parallel.vtt", "jh parallel", ""),
        ("lecture-001.vtt", "lecture-001", ""),
        ("lecture-004.en.srt", "lecture-004", "en"),
        ("cs229-lec04.srt", "cs229-lec04", ""),
        ("2021-10-04a.srt", "2021-10-04a", ""),
        ("Mathematics.de.srt", "Mathematics", "de"),
        ("programming.srt", "programming", ""),
        ("what_is_it.srt", "what is it", ""),
        ("Lecture 3 [Transcribing].srt", "Lecture 3 [Transcribing]", ""),
        ("GMT20231018-150303_Recording.transcript.vtt", "GMT20231018-150303 Recording", ""),
        ("01 - Introduction.mp3.json", "01 - Introduction", ""),
        ("Week 2/captions.sbv", "Week 2", ""),
        ("Week 2/en.vtt", "Week 2", "en"),
        ("注意機構の講義.ja.srt", "注意機構の講義", "ja"),
        ("Some Title (English).srt", "Some Title", "en"),
        ("Some Title English (auto-generated).srt", "Some Title", "en"),
        ("Some Title - English (auto-generated).srt", "Some Title", "en"),
        ("Some_Title_en_US.srt", "Some Title", "en-US"),
        ("Week01Intro.vtt", "Week01Intro", ""),
        ("Lecture01-A.vtt", "Lecture01-A", ""),
        ("OpenAI-Talk.vtt", "OpenAI-Talk", ""),
        ("01IntroToAI.vtt", "01IntroToAI", ""),
        ("talk_Week01Intro_en.srt", "talk Week01Intro en", ""),
        ("my_lecture-001_and_more.srt", "my lecture-001 and more", ""),
        (
            "GMT20231018-150303_Recording_1920x1080.vtt",
            "GMT20231018-150303 Recording 1920x1080",
            "",
        ),
        ("cs229_ac_encoding_part_2.srt", "cs229 ac encoding part 2", ""),
        ("talk_MIT6_006L04_part_2.srt", "talk MIT6 006L04 part 2", ""),
        ("talk.f137.en.vtt", "talk f137", "en"),
        ("my-talk.srt", "my-talk", ""),  # "my" is Burmese, "it" Italian, "so" Somali, "pi" Pali
        ("it-works.en.srt", "it-works", "en"),
        ("so-complicated.vtt", "so-complicated", ""),
        ("pi-was-628.srt", "pi-was-628", ""),
        ("notes.to-do.srt", "notes to-do", ""),
        ("Thai cooking.srt", "Thai cooking", ""),
        ("Vectors (persian).srt", "Vectors", "fa"),
        ("Vectors.ქართული.srt", "Vectors", "ka"),
        ("Vectors.itt", "Vectors", ""),
    ],
)
def test_ordinary_names_are_recordings_and_no_ids(name, title, language):
    found = read_name(PurePath(name))
    assert (found.video_id, found.title, found.language) == ("", title, language)


@pytest.mark.parametrize(
    "name", ["talk.mp4", "talk.info.json", "talk.live_chat.json", "README", ".srt", "a.jpg"]
)
def test_other_files_are_no_captions(name):
    assert read_name(PurePath(name)) is None


@pytest.mark.slow
def test_nearly_every_id_is_told_from_a_word():
    dice = random.Random(25)
    letters = string.ascii_letters + string.digits + "-_"
    ids = [
        "".join(dice.choices(letters, k=10)) + dice.choice("AEIMQUYcgkosw048") for _ in range(5_000)
    ]
    assert sum(map(is_word, ids)) < 0.005 * len(ids)


def verdicts(*names: str) -> dict[str, Verdict]:
    return judge_all(map(PurePath, names))


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["MIT6_006L04"], ["MIT6_006L04"]),  # alone it may be an id
        (["MIT6_006L04", "MIT6_006L10 and more"], []),
        (["W01_L02_Abc", "W02_L01_Dek"], []),  # the same but for numbers
        ([ID, "Vidéos"], []),  # few pieces, beside an ordinary name
        ([ID, f"What is it [{ID}]"], [ID]),
        ([ID, f"{ID} - What is it"], [ID]),
        ([ID, "P127jhj-8-Y"], [ID, "P127jhj-8-Y"]),
        ([f"{ID}/a", "P127jhj-8-Y/a"], [ID, "P127jhj-8-Y"]),
    ],
)
def test_names_beside_a_name_tell_whether_it_is_an_id(names, ids):
    assert sorted(name for name, one in verdicts(*names).items() if one.is_id) == sorted(ids)


def test_doubtful_name_says_what_it_was_taken_for_and_how_to_change_it(tmp_path):
    (tmp_path / "Week01Intro.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHi there.\n")
    origin = read_captions(tmp_path)[0][0].origin
    assert not VIDEO_ID.fullmatch(origin.video_id) and "[Week01Intro]" in origin.remark
    (tmp_path / "Week01Intro.vtt").rename(tmp_path / "[Week01Intro].vtt")
    origin = read_captions(tmp_path)[0][0].origin
    assert (origin.video_id, origin.remark) == ("Week01Intro", "")
    (tmp_path / "[Week01Intro].vtt").rename(tmp_path / "Week01Intro.vtt")
    assert read_captions(tmp_path, known=["Week01Intro"])[0][0].origin.video_id == "Week01Intro"
    (tmp_path / "Week01Intro.vtt").rename(tmp_path / f"{ID}.vtt")
    origin = read_captions(tmp_path)[0][0].origin
    assert origin.video_id == ID and "taken for a YouTube id" in origin.remark


def test_neighbours_leave_no_doubt(tmp_path):
    for name in ("Week01Intro", "Week02Basic", "Week03Loops"):
        (tmp_path / f"{name}.srt").write_text(SRT)
    for path in (tmp_path, tmp_path / "Week01Intro.srt"):
        for track in read_captions(path)[0]:
            assert track.origin.remark == "" and not VIDEO_ID.fullmatch(track.origin.video_id)


def test_copy_of_a_file_is_left_out_and_another_file_of_its_name_is_not(tmp_path):
    (tmp_path / "talk.srt").write_text(SRT)
    (tmp_path / "talk (1).srt").write_text(SRT)
    tracks, (copy,) = read_captions(tmp_path)
    assert [track.origin.title for track in tracks] == ["talk"]
    assert (copy.name, copy.failed) == ("talk (1).srt", False)
    (tmp_path / "talk (1).srt").write_text(SRT.replace("zebra", "giraffe"))
    assert [track.origin.title for track in read_captions(tmp_path)[0]] == ["talk (1)", "talk"]
    (tmp_path / "talk.srt").unlink()
    assert [track.origin.title for track in read_captions(tmp_path)[0]] == ["talk"]


def test_files_named_only_by_their_language_are_of_one_video(tmp_path):
    (tmp_path / "Zebras").mkdir()
    for name in ("ar.vtt", "hi.srt", "en.vtt"):
        text = SRT if name == "hi.srt" else "WEBVTT\n\n00:01.000 --> 00:02.000\nThe zebra.\n"
        (tmp_path / "Zebras" / name).write_text(text)
    (track,), left_out = read_captions(tmp_path / "Zebras")
    assert (track.origin.language, track.origin.title) == ("en", "Zebras")
    assert "one video" in track.origin.remark
    assert sorted((one.name, one.failed) for one in left_out) == [
        ("ar.vtt", False), ("hi.srt", False)]  # fmt: skip
    assert all(one.reason == "en.vtt of the same video was used" for one in left_out)


@pytest.mark.parametrize(
    ("name", "failed"),
    [("notes.docx", True), ("notes.rtf", True), ("slides.pdf", False), ("strange.xyz", True)],
)
def test_documents_beside_captions_are_named(tmp_path, name, failed):
    (tmp_path / f"{ID}.en.srt").write_text(SRT)
    (tmp_path / name).write_bytes(b"x")
    _, (one,) = read_captions(tmp_path)
    assert (one.name, one.failed) == (name, failed) and ".txt" in one.cure


@pytest.mark.parametrize("name", ["talk.sub", "talk.scc", "talk.stl", "talk.csv"])
def test_formats_that_are_not_read_have_to_be_converted(tmp_path, name):
    (tmp_path / f"{ID}.en.srt").write_text(SRT)
    (tmp_path / name).write_bytes(b"x")
    _, (one,) = read_captions(tmp_path)
    assert one.failed and "convert" in one.cure and "extension" not in one.cure


def test_chat_of_a_meeting_is_left_out_and_nothing_has_to_be_done(tmp_path):
    (tmp_path / "GMT20231018-150303_Recording.transcript.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nThe zebra.\n"
    )
    (tmp_path / "GMT20231018-150303_RecordingnewChat.txt").write_text(
        "00:12:03\tJane Doe:\tIs there a link?\n00:12:30\tBo Li:\tThe zebra router.\n"
    )
    tracks, (chat,) = read_captions(tmp_path)
    assert len(tracks) == 1 and not chat.failed and "chat" in chat.reason


def test_recording_has_an_id_of_its_own_that_no_video_has(tmp_path):
    ids = {recording_id(tmp_path / name, name) for name in ("a", "b", "注意", "x" * 300)}
    assert len(ids) == 4
    for one in ids:
        assert not VIDEO_ID.fullmatch(one) and 12 <= len(one) <= 64


def test_recordings_of_one_name_in_two_folders_are_two(tmp_path):
    for week in ("1", "2"):
        (tmp_path / week).mkdir()
        (tmp_path / week / "lecture.en.srt").write_text(SRT)
    tracks, left_out = read_captions(tmp_path)
    assert {track.origin.title for track in tracks} == {"1: lecture", "2: lecture"}
    ids = {track.origin.video_id for track in tracks}
    assert len(ids) == 2
    assert left_out == []
    alone = read_captions(tmp_path / "1")[0][0].origin
    assert alone.title == "lecture" and alone.video_id in ids


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        (["a/final/uk.srt", "b/final/uk.srt"], {"a: final", "b: final"}),
        (["a/x/talk.srt", "b/x/talk.srt", "b/y/talk.srt"], {"a/x: talk", "b/x: talk", "b/y: talk"}),
        (["talk.srt", "Week 1/talk.srt"], {"root: talk", "Week 1: talk"}),
        (["2025-10-28 Zebras/meeting_saved_closed_caption.txt"], {"2025-10-28 Zebras"}),
        ([f"{ID}/talk.srt", "bbbbbbbbbbA/talk.srt"], {"talk"}),  # their ids tell them apart
    ],
)  # fmt: skip
def test_folders_tell_recordings_of_one_name_apart(tmp_path, names, titles):
    for name in names:
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SRT)
    assert {track.origin.title for track in read_captions(tmp_path / "root")[0]} == titles


def test_what_yt_dlp_wrote_beside_a_file_is_used(tmp_path):
    info = {
        "id": ID, "extractor": "youtube", "title": "But what is it?", "channel": "A Channel",
        "duration": 1120, "upload_date": "20171005", "description": "Of layers.", "tags": None,
        "chapters": [{"start_time": 0, "end_time": 67, "title": "Introduction  example"},
                     {"start_time": 67, "title": "Series preview"}],
    }  # fmt: skip
    (tmp_path / f"What [{ID}].info.json").write_text(json.dumps(info))
    (tmp_path / f"What [{ID}].en.srt").write_text(SRT)
    origin = read_captions(tmp_path)[0][0].origin
    assert (origin.video_id, origin.title, origin.duration) == (ID, "But what is it?", 1120.0)
    assert origin.upload_date == "2017-10-05"
    assert origin.chapters == ((0.0, "Introduction example"), (67.0, "Series preview"))
    assert origin.about == "A Channel Of layers."


def test_id_in_the_info_beside_a_file_decides(tmp_path):
    (tmp_path / "programming.en.srt").write_text(SRT)
    info = {"id": "programming", "extractor": "youtube"}
    (tmp_path / "programming.info.json").write_text(json.dumps(info))
    assert read_captions(tmp_path)[0][0].origin.video_id == "programming"
    (tmp_path / "programming.info.json").write_text(json.dumps(info | {"extractor": "vimeo"}))
    assert read_captions(tmp_path)[0][0].origin.video_id.startswith("programming-")


@pytest.mark.parametrize("info", ["{", "[]", '{"title": 5}', '{"duration": -1}'])
def test_info_that_cannot_be_read_is_passed_over(tmp_path, info):
    (tmp_path / f"{ID}.info.json").write_text(info)
    (tmp_path / f"{ID}.en.srt").write_text(SRT)
    assert read_captions(tmp_path)[0][0].origin.title == ""


def test_one_file_is_taken_as_well_as_a_folder(tmp_path):
    path = tmp_path / f"Talk [{ID}].en.srt"
    path.write_text(SRT)
    assert read_captions(path) == read_captions(tmp_path)


def test_best_file_of_a_video_is_taken(tmp_path):
    for name in (f"{ID}.de.srt", f"{ID}.srt", f"{ID}.en.srt", f"T [{ID}].en.vtt"):
        (tmp_path / name).write_text(SRT)
    tracks, left_out = read_captions(tmp_path)
    assert [track.origin.name for track in tracks] == [f"{ID}.en.vtt"]
    assert len(left_out) == 3
    assert not any(one.failed for one in left_out)
    assert read_captions(tmp_path, ["de"])[0][0].origin.language == "de"


def test_languages_of_files_are_an_order_and_original_is_what_is_spoken(tmp_path):
    for name in ("de", "en-orig", "fr"):
        (tmp_path / f"{ID}.{name}.srt").write_text(SRT)
    for wanted, taken in (
        (["ja", "fr", "de"], "fr"),
        (["en"], "en-orig"),
        (["original"], "en-orig"),
        (["ja", "original"], "en-orig"),
    ):
        assert read_captions(tmp_path, wanted)[0][0].origin.language == taken


@pytest.mark.parametrize("code", ["ja-en", "zh-Hans-en", "pt-BR-en-US", "ja-en-nP7-2PuUl7o"])
def test_translation_that_only_its_name_tells_is_marked_and_comes_last(tmp_path, code):
    (tmp_path / f"Talk [{ID}].{code}.vtt").write_text(SRT)
    (track,), _ = read_captions(tmp_path)
    assert track.origin.made == "machine-translated"
    (tmp_path / f"Talk [{ID}].fr.vtt").write_text(SRT)
    (track,), _ = read_captions(tmp_path, ["ja", "zh", "pt"])
    assert (track.origin.language, track.origin.made) == ("fr", "")


@pytest.mark.parametrize(
    "code",
    "en-US en-orig en-en zh-Hans pt-BR pt-br zh-TW zh-tw es-419 sr-Latn en-nP7-2PuUl7o".split(),
)
def test_regions_scripts_and_named_tracks_are_no_translations(tmp_path, code):
    (tmp_path / f"Talk [{ID}].{code}.vtt").write_text(SRT)
    assert read_captions(tmp_path)[0][0].origin.made == ""


def test_plain_track_comes_before_one_with_a_name_of_its_own(tmp_path):
    for name in ("en-nP7-2PuUl7o.json3", "en-aP7-2PuUl7o.vtt", "en.srt"):
        (tmp_path / f"Talk [{ID}].{name}").write_text(SRT)
    (track,), _ = read_captions(tmp_path)
    assert track.origin.file == f"Talk [{ID}].en.srt"
    (tmp_path / f"Talk [{ID}].en.srt").unlink()
    (track,), _ = read_captions(tmp_path)
    assert track.origin.language == "en"


def test_machine_translations_and_dubbed_captions_of_ytdlp_are_marked_and_come_last(tmp_path):
    address = "https://www.youtube.com/api/timedtext?v=aircAruvnKk&lang=en&kind=asr"
    automatic = {
        "en-orig": [{"url": address}],
        "en": [{"url": address}],
        "de": [{"ext": "vtt", "url": f"{address}&tlang=de"}],
        "ja": [{"url": address.replace("lang=en", "lang=ja")}],
    }
    info = {"id": ID, "extractor": "youtube", "automatic_captions": automatic,
            "subtitles": {"fr": [{"url": address}]}}  # fmt: skip
    (tmp_path / f"Talk [{ID}].info.json").write_text(json.dumps(info))
    made = {"en": "automatic", "en-orig": "automatic", "de": "machine-translated", "ja": "dubbed",
            "fr": "", "es": ""}  # fmt: skip
    for language, by in made.items():
        path = tmp_path / f"Talk [{ID}].{language}.vtt"
        path.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nThe zebra.\n")
        assert read_captions(path)[0][0].origin.made == by
    assert read_captions(tmp_path, ["de", "ja"])[0][0].origin.language == "ja"


def test_file_that_cannot_be_read_makes_way_for_the_next(tmp_path):
    # Whisper writes the plain text beside the captions.
    (tmp_path / "talk.vtt").write_text("WEBVTT\n\nnothing here\n")
    (tmp_path / "talk.srt").write_text(SRT)
    (tmp_path / "talk.txt").write_text("The zebra router.\n")
    tracks, left_out = read_captions(tmp_path)
    assert [track.origin.name[-4:] for track in tracks] == [".srt"]
    assert sorted((one.name, one.failed) for one in left_out) == [
        ("talk.txt", False),
        ("talk.vtt", False),
    ]


def test_what_is_left_out_is_told_with_reason_and_cure(tmp_path):
    (tmp_path / f"{ID}.en.srt").write_text(SRT)
    (tmp_path / "holiday.txt").write_text("x")
    (tmp_path / "subtitles.rtf").write_text(SRT)
    (tmp_path / f"{ID}.mp4").write_text("x")
    tracks, left_out = read_captions(tmp_path)
    assert len(tracks) == 1
    assert [one.name for one in left_out] == ["subtitles.rtf", "holiday.txt"]
    for one in left_out:
        assert one.failed and one.reason and one.cure


@pytest.mark.parametrize(("name", "text"), [("gone", "does not exist"), (".", "VIDEOID.en.srt")])
def test_place_without_captions_is_an_error(tmp_path, name, text):
    with pytest.raises(Cs25SearchError, match=text):
        read_captions(tmp_path / name)


def test_every_name_is_kept_and_found_again(tmp_path):
    for name in [*(one[0] for one in COMMON), "注意機構の講義.ja.srt", "lecture-001.vtt"]:
        path = tmp_path / "given" / Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SRT)
        track = read_captions(path)[0][0] if path.suffix != ".json3" else None
        if track:
            store_track(tmp_path / "kept", track)
            assert stored_tracks(tmp_path / "kept")[track.origin.video_id] == track


def test_chapters_that_do_not_say_so_do_not_replace_captions(tmp_path):
    (tmp_path / "quilts.srt").write_text(SRT)
    chapters = "WEBVTT\n\n00:00.000 --> 00:02.000\nIntro\n\n00:02.000 --> 00:04.000\nLace\n"
    (tmp_path / "quilts.chapters.vtt").write_text(chapters)
    (track,), left_out = read_captions(tmp_path)
    assert track.data == SRT.encode()
    assert track.origin.chapters == ((0.0, "Intro"), (2.0, "Lace"))
    (one,) = left_out
    assert not one.failed and one.reason == "is a list of chapters, which were used"


def test_broken_file_comes_last_and_is_called_broken(tmp_path):
    (tmp_path / "half.json").write_text(
        '{"segments": [{"start": 0, "end": 1, "text": "zebra"}, {"s'
    )
    (track,), left_out = read_captions(tmp_path)
    assert (track.origin.file, left_out) == ("half.json", [])
    for whole in ("half.srt", "half.txt"):
        (tmp_path / whole).write_text(SRT)
        (track,), (one,) = read_captions(tmp_path)
        assert (track.origin.file, one.name, one.failed) == (whole, "half.json", False)
        assert one.reason == f"breaks off; {whole} of the same video was used"
        (tmp_path / whole).unlink()


def test_chapters_beside_captions_are_used(tmp_path):
    (tmp_path / f"{ID}.en.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nThe zebra.\n")
    chapters = "WEBVTT\n\n00:00.000 --> 02:00.000\nStripes\n\n02:00.000 --> 04:00.000\nHooves\n"
    (tmp_path / f"{ID}.chapters.vtt").write_text(chapters)
    (tmp_path / f"{ID}.thumbnails.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 02:00.000\na.jpg#xywh=0,0,9,9\n"
    )
    tracks, left_out = read_captions(tmp_path)
    assert tracks[0].origin.chapters == ((0.0, "Stripes"), (120.0, "Hooves"))
    assert not any(one.failed for one in left_out)
