"""Every text of the app in English and Japanese.

Texts are Markdown. A value put into one must be our own or come out of `markup.escape`.
"""

from ..records import Language

# key: (English, Japanese)
TEXTS: dict[str, tuple[str, str]] = {
    # Top of the page
    "title": ("Find the moment in CS25", "CS25の「あの場面」を探す"),
    "about": (
        "Ask a question about Stanford's CS25 lectures on Transformers and land on the second "
        "that answers it.",
        "StanfordのTransformer講義CS25について質問すると、答えが語られる場面が秒単位で見つかります。",
    ),
    "language": ("Language", "言語"),
    "question": ("Your question", "質問"),
    "question_hint": (
        "Ask in English or Japanese, then press Enter",
        "日本語か英語で質問してEnter",
    ),
    "lectures": ("Lectures", "講義"),
    "lectures_hint": ("All lectures", "すべての講義"),
    "examples": ("For example", "質問の例"),
    # Moments
    "opening": ("Opening the index …", "索引を開いています…"),
    "found_one": ("One moment", "1件の場面"),
    "found": ("{count} moments, best first", "{count}件の場面（関連の強い順）"),
    "nothing": (
        "Nothing found for “{question}”. Try other words, or the English technical term.",
        "「{question}」に合う場面は見つかりませんでした。別の言葉か、英語の専門用語で試してください。",
    ),
    "nothing_filtered": (
        "Nothing found for “{question}” in these lectures. Try other words, or search all "
        "lectures.",
        "選んだ講義には「{question}」に合う場面がありませんでした。別の言葉で試すか、すべての講義を"
        "対象にしてください。",
    ),
    "lecture": ("Lecture {number}", "第{number}回"),
    "note": ("Study note", "学習メモ"),
    "said": ("Said in the lecture", "講義での発言（英語の原文）"),
    "play": ("Play here", "ここで再生"),
    "watch": ("YouTube at {time}", "YouTubeの{time}へ"),
    # Slides
    "slide": ("Slide {number} of the deck", "スライド{number}"),
    "open_slide": ("Open slide {number}", "スライド{number}を開く"),
    "no_slide": (
        "No slide: this video is not in the deck.",
        "この動画はスライド資料に含まれていません。",
    ),
    # What went wrong, and what to do
    "index_missing": (
        "There is no index yet. Build it with this command in the project folder; then ask again.",
        "索引がまだありません。プロジェクトのフォルダーで次のコマンドを実行して索引を作り、"
        "もう一度質問してください。",
    ),
    "index_damaged": (
        "The index is damaged. Rebuild it with this command in the project folder; then ask again.",
        "索引が壊れています。プロジェクトのフォルダーで次のコマンドを実行して索引を作り直し、"
        "もう一度質問してください。",
    ),
    "model": (
        "The search model is missing or is not the one that built the index. Rebuild the index "
        "with this command in the project folder; then ask again.",
        "検索モデルが見つからないか、索引を作ったモデルと異なります。プロジェクトのフォルダーで"
        "次のコマンドを実行して索引を作り直し、もう一度質問してください。",
    ),
    "bad_question": (
        "This question cannot be searched. Ask for one thing, in a sentence or a few words.",
        "この質問では検索できません。知りたいことを一つ、短い文か数語で入力してください。",
    ),
    "other_problem": (
        "The search cannot run. The message below says what is wrong and what to do.",
        "検索を実行できません。原因と対処方法は、次のメッセージ（英語）をご覧ください。",
    ),
    # Foot of the page
    "rights": (
        "The lectures belong to Stanford and their speakers ([course page]({course})), the slide "
        "deck to its author, [{author}]({deck}).",
        "講義の内容はStanford大学と各講演者に（[講義のページ]({course})）、スライド資料は作者の"
        "[{author}]({deck})さんに帰属します。",
    ),
    "what": (
        "cs25search finds the moment in a lecture where something was said. Its study notes were "
        "written for this project; the video is the source.",
        "cs25searchは、講義のどこで何が語られたかを探すためのページです。学習メモは本プロジェクトの"
        "ために書かれたもので、原典は動画です。",
    ),
}


def say(language: Language, key: str, **values: object) -> str:
    """Return a text of the app.

    >>> say("en", "lecture", number=5), say("ja", "lecture", number=5)
    ('Lecture 5', '第5回')
    """
    english, japanese = TEXTS[key]
    return (japanese if language == "ja" else english).format(**values)
