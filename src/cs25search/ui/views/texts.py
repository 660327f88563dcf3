"""Every text of the app in English and Japanese.

Texts are Markdown. A value inserted into a text must be our own, or escaped by
`markup.escape_markup`.
"""

from ...records import Language
from ...wording import WRITTEN_BEFOREHAND

# key: (English, Japanese)
TEXTS: dict[str, tuple[str, str]] = {
    # Top of the page
    "title": ("Find the moment in {course}", "{course}の「あの場面」を探す"),
    "about": (
        "Ask a question about these lectures and jump to the second where it is answered.",
        "講義について質問すると、答えが語られる場面が秒単位で見つかります。",
    ),
    "course": ("Course", "コース"),
    "no_course": (
        "There is no course “{name}”. Showing another one.",
        "コース「{name}」はありません。別のコースを表示しています。",
    ),
    "all_courses": ("Search all courses", "すべてのコースを検索"),
    "language": ("Language", "言語"),
    "question": ("Your question", "質問"),
    "question_hint": (
        "Ask in English or Japanese, then press Enter",
        "日本語か英語で質問してEnter",
    ),
    "lectures": ("Lectures", "講義"),
    "lectures_hint": ("All lectures", "すべての講義"),
    "browse": (
        "Or see all lectures, and which of them helps with your work",
        "講義の一覧と、目的に合う講義を見る",
    ),
    "examples": ("For example", "質問の例"),
    "understood": ("Understood as: {question}", "次の質問として検索しました：{question}"),
    "corrected": ("Showing results for {question}", "{question}の結果を表示しています"),
    "as_typed": ("Search for what I typed", "入力したとおりに検索"),
    # The answer
    "answer": ("Answer", "回答"),
    "extracts": (
        "Taken word for word from study notes and captions, no AI. Each number plays the second "
        "it is taken from.",
        "学習メモと字幕からそのまま抜き出した文です（AI不使用）。番号を押すと、その時刻から再生できます。",
    ),
    "explanation": (
        f"{WRITTEN_BEFOREHAND[0]} Each number plays the second it is taken from.",
        f"{WRITTEN_BEFOREHAND[1]}番号を押すと、その時刻から再生できます。",
    ),
    "extracts_of_captions": (
        "Taken word for word from the captions, no AI. Each number plays the second it is taken "
        "from.",
        "字幕からそのまま抜き出した文です（AI不使用）。番号を押すと、その時刻から再生できます。",
    ),
    "written_by": (
        "Written by {model}; each sentence was checked against the moments it cites.",
        "{model}が書いた文章です。各文は、引用した場面の内容と照合済みです。",
    ),
    "writing": (
        "{model} is writing; the moments are already below.",
        "{model}が回答を書いています。場面は下に表示済みです。",
    ),
    "stands_in": (
        "The language model gave no usable answer. {remark}",
        "言語モデルから使える回答が得られませんでした：{remark}",
    ),
    "dropped_one": (
        "One of its sentences was left out: the moments do not support it.",
        "場面の内容と一致しない1文を省きました。",
    ),
    "dropped": (
        "{count} of its sentences were left out: the moments do not support them.",
        "場面の内容と一致しない{count}文を省きました。",
    ),
    "ask_model_again": ("Ask the language model again", "言語モデルにもう一度聞く"),
    "not_in_chosen": (
        "I found no answer in the lectures you chose. Search all lectures, or see the closest "
        "moments:",
        "選んだ講義の中に答えは見つかりませんでした。すべての講義を対象にするか、最も近い場面をご覧ください：",
    ),
    # Moments
    "opening": ("Opening the index …", "索引を開いています…"),
    "found_one": ("One moment", "1件の場面"),
    "nearest": ("The closest moments", "最も近い場面"),
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
    "note_by": ("Study note by the language model {model}", "言語モデル{model}が書いた学習メモ"),
    "title_by_model": ("{title} (by AI)", "{title}（AI作成）"),
    "said_whole": ("All that is said here", "この場面の発言の全文"),
    "said_short": ("Captions", "字幕"),
    "watch": ("YouTube at {time}", "YouTubeで{time}から見る"),
    "copy": ("Copy", "コピー"),
    "copy_text": ("Copy text", "本文をコピー"),
    "in_lecture": ("In the lecture at {time}", "講義の{time}で読む"),
    "more_moments": ("More moments", "ほかの場面も見る"),
    "also_answered": ("Also answered here", "ここで答えが見つかる質問"),
    # The player
    "desk_player": ("Player", "プレーヤー"),
    "desk_quiet": (
        "Choose a time to play it here. Nothing is loaded from YouTube before that.",
        "時刻を押すと、ここで再生します。それまでYouTubeからは何も読み込みません。",
    ),
    "desk_play_from": ("Play from {time}", "{time}から再生"),
    "desk_play_all": ("Play from the beginning", "最初から再生"),
    "desk_follow": ("Follow the player", "再生に合わせて進む"),
    "desk_keys": ("Keys", "キー操作"),
    "desk_close": ("Close", "閉じる"),
    "desk_copied": ("Copied", "コピーしました"),
    "desk_blocked": (
        "This recording cannot be played here. Open it on YouTube.",
        "この動画はここでは再生できません。YouTubeで開いてください。",
    ),
    "desk_broken": (
        "This recording cannot be played: the browser cannot find it or read its format.",
        "この録画・録音は再生できません。ファイルが見つからないか、ブラウザーが対応していない形式です。",
    ),
    "desk_elsewhere": (
        "This recording is on {host}. It opens there in a new tab, because this page loads "
        "nothing from other servers.",
        "この録画・録音は{host}にあります。このページはほかのサーバーから何も読み込まないため、"
        "新しいタブで開きます。",
    ),
    "space": ("Space", "スペース"),
    "key_box": ("to the search box", "検索欄へ移動"),
    "key_space": ("play or pause", "再生・一時停止"),
    "key_skip": ("10 seconds back or forward", "10秒戻る・進む"),
    "key_moment": ("next or previous moment", "次の場面・前の場面"),
    "key_find": (
        "in the box Find: next or previous place",
        "「この回の中を探す」の入力欄で、次・前の箇所へ移動",
    ),
    "key_help": ("this list", "この一覧"),
    "copy_link": ("Copy link", "リンクをコピー"),
    "qa": ("Asked by the audience", "会場からの質問"),
    "recent": ("Recent questions", "最近の質問"),
    "clear": ("Clear recent questions", "最近の質問を消去"),
    "suggested": ("Answered in the lectures", "講義に答えがある質問"),
    # Slides
    "slide_short": ("Slide {number}", "スライド{number}"),
    "slide": ("Slide {number} of the deck", "スライド{number}"),
    "slide_by": ("Slide {number} of {author}'s summary", "{author}さんのスライド{number}"),
    "open_slide": ("Open slide {number}", "スライド{number}を開く"),
    # Where in the course
    "where": ("Where in the course", "講義のどこで語られているか"),
    "minutes": (" min", "分"),
    "hardly": ("Hardly anything about it: {names}", "ほとんど触れられていない回：{names}"),
    "column_time": ("Time", "時刻"),
    "column_about": ("About", "内容"),
    "level_0": ("hardly", "ほとんどなし"),
    "level_1": ("weak", "弱い"),
    "level_2": ("fair", "ややあり"),
    "level_3": ("good", "近い"),
    "level_4": ("best", "とても近い"),
    # Pages
    "page_search": ("Search", "検索"),
    "page_lectures": ("Lectures", "講義一覧"),
    "page_lecture": ("Read a lecture", "講義を読む"),
    "page_sources": ("Sources", "収録データ"),
    "page_kept": ("My moments", "保存した場面"),
    # Kept moments
    "keep": ("Keep", "保存"),
    "kept": ("Kept", "保存済み"),
    "kept_full": (
        "The list is full: it holds {count} moments. Remove one to keep another.",
        "保存できる場面は{count}件までです。ほかの場面を削除すると保存できます。",
    ),
    "kept_about": (
        "Moments you kept: {count}. They and your notes are stored in this browser only.",
        "保存した場面：{count}件。場面とメモは、このブラウザーの中だけに保存されます。",
    ),
    "kept_nothing": (
        "Nothing kept yet. Press *Keep* on a moment, and it is collected here.",
        "保存した場面はまだありません。場面の「保存」を押すと、ここに集まります。",
    ),
    "kept_refused": (
        "This browser does not store the list, for example because the window is private. Export "
        "it or copy its link before you close this page.",
        "このブラウザーには保存できません（プライベートウィンドウなど）。"
        "ページを閉じる前に、書き出すかリンクをコピーしてください。",
    ),
    "kept_unknown": (
        "This recording is not in the index of this server.",
        "この動画は、このサーバーの収録データにありません。",
    ),
    "kept_own": ("My note", "自分のメモ"),
    "kept_play": ("Play all", "すべて再生"),
    "kept_read": ("Read there", "この箇所を読む"),
    "kept_up": ("Up", "上へ"),
    "kept_down": ("Down", "下へ"),
    "kept_remove": ("Remove", "削除"),
    "kept_removed": ("The moment at {time} was removed.", "{time}の場面を削除しました。"),
    "undo": ("Undo", "元に戻す"),
    "kept_export": ("Export", "書き出す"),
    "kept_markdown": ("Markdown (.md)", "Markdown形式（.md）"),
    "kept_csv": ("Spreadsheet (.csv)", "表計算ソフト（.csv）"),
    "kept_anki": ("Anki cards (.txt)", "Ankiカード（.txt）"),
    "kept_anki_how": (
        "In Anki: File, Import. Front: a question; back: the answer from the study note.",
        "Ankiの「ファイル」→「読み込み」で取り込めます。表は質問、裏は学習メモの答えです。",
    ),
    "kept_share": ("Link to this list", "この一覧へのリンク"),
    "kept_share_about": (
        "Opens this list in any browser. Your own notes are not part of it.",
        "どのブラウザーでもこの一覧を開けます。自分のメモは含まれません。",
    ),
    "kept_front": (
        "What is said in “{title}” at {time}?",
        "「{title}」の{time}では何が語られていますか？",
    ),
    "kept_lecture": ("Lecture", "講義"),
    "kept_link": ("Link", "リンク"),
    "kept_question": ("Question", "質問"),
    "shared": ("Moments from a link", "リンクの場面"),
    "shared_add": ("Keep these moments: {count}", "この{count}件を保存"),
    "shared_there": ("You have kept all of them already.", "すべて保存済みです。"),
    "shared_ignored": (
        "Parts of the link that were ignored, because they name no moment or are more than {most}: "
        "{count}",
        "リンクのうち{count}か所は、場面として読めないか{most}件を超えるため、無視しました。",
    ),
    # Lectures
    "lectures_about": (
        "The lectures with the verdict of {author}, who watched them all and summed them up in a "
        "deck.",
        "全講義を視聴してスライドにまとめた{author}さんの評価つきの一覧です。",
    ),
    "goal": ("What are you working on?", "知りたいこと・取り組んでいること"),
    "goal_hint": ("For example: your topic, method or question", "例：取り組んでいるテーマや手法"),
    "guide_only_mentioned": (
        "No lecture is about “{goal}”, but it is touched on here:",
        "「{goal}」を主題とする講義はありませんが、次の箇所で触れられています。",
    ),
    "guide_read": ("Read", "読む"),
    "recommended": ("recommended", "おすすめ"),
    "difficulty_easy": ("easy", "やさしい"),
    "difficulty_moderate": ("moderate", "ふつう"),
    "difficulty_hard": ("hard", "難しい"),
    "open_lecture": ("Read lecture {number}", "第{number}回を読む"),
    "open_video": ("Read this video", "この動画を読む"),
    "watch_lecture": ("Watch on YouTube", "YouTubeで見る"),
    "before": ("Before watching", "視聴の前に"),
    "good_for": ("Good for", "こんな人に"),
    "why_difficulty": ("How hard it is", "難しさ"),
    "slides": ("Slides of the deck: {count}", "スライド{count}枚の要約"),
    "no_lecture": (
        "No lecture fits “{goal}”. Try other words, or ask a question about the lectures.",
        "「{goal}」に合う講義は見つかりませんでした。別の言葉で試すか、講義の内容を質問してください。",
    ),
    "other_videos": ("Other videos in the index", "索引にあるその他の動画"),
    # One lecture
    "asked": ("Your question “{question}” leads here:", "質問「{question}」に近い場面："),
    "moment_here": ("answers your question", "質問に近い場面"),
    "view": ("Show", "表示"),
    "view_both": ("Speech and notes", "発言とメモ"),
    "view_notes": ("Notes", "学習メモ"),
    "view_speech": ("Transcript", "文字起こし"),
    "view_languages": ("English and Japanese", "英語と日本語"),
    "contents": ("Contents", "目次"),
    "choose_lecture": ("Choose a lecture", "講義を選ぶ"),
    "unknown_lecture": (
        "There is no lecture or video “{name}” here. Choose one above.",
        "「{name}」という講義や動画はありません。上の一覧から選んでください。",
    ),
    "view_deck": ("Slides", "スライド"),
    "download_transcript": ("Download the transcript", "文字起こしを保存"),
    "spoken_by": ("Speaking: {names}", "話し手：{names}"),
    # Captions by a machine; the model may follow
    "captions_automatic": ("automatic captions{by}", "自動認識の字幕{by}"),
    "captions_dubbed": (
        "captions of an automatically dubbed soundtrack{by}",
        "自動吹き替え音声の字幕{by}",
    ),
    "captions_translated": ("machine-translated captions{by}", "機械翻訳の字幕{by}"),
    "find": ("Find in this lecture", "この回の中を探す"),
    "find_count": ("{number} of {count}", "{count}件中{number}件目"),
    "find_nothing": (
        "“{wanted}” does not occur here.",
        "「{wanted}」はここには出てきません。",
    ),
    "previous": ("Previous", "前へ"),
    "next": ("Next", "次へ"),
    "no_transcript": (
        "No transcript is indexed for this lecture. The README explains how to add captions.",
        "この回の文字起こしは索引にありません。字幕の追加方法はREADMEをご覧ください。",
    ),
    # Index
    "count_videos": ("Videos", "動画"),
    "count_notes": ("Study notes", "学習メモ"),
    "count_windows": ("Transcript windows", "文字起こしの区間"),
    "count_slides": ("Slides", "スライド"),
    "built": ("Built {when}", "作成：{when}"),
    "built_by": ("Encoder: {model}", "エンコーダー：{model}"),
    "failed": (
        "What the last ingest could not fetch",
        "前回取り込めなかったもの（理由と対処は英語）",
    ),
    "sources": ("What is indexed, and from where", "索引の内容と出典"),
    "source_notes": ("{count} study notes, bundled", "同梱の学習メモ{count}件"),
    "source_model_notes": (
        "{count} study notes by the language model {model}",
        "言語モデル{model}による学習メモ{count}件",
    ),
    "source_captions": ("captions {name}, {cues} lines", "字幕 {name}、{cues}行"),
    "ingest_about": (
        "Bring the index up to date with all data and captions of this course on this machine.",
        "このコースの講義データと、このマシンにある字幕から索引を更新します。",
    ),
    "ingest": ("Update the index", "索引を更新"),
    "add": ("Add to {course}", "{course}に追加"),
    "add_link": ("A link to a video on YouTube", "YouTube動画のリンク"),
    "add_button": ("Add this video", "この動画を追加"),
    "add_captions": ("A file with captions", "字幕ファイル"),
    "add_file": (
        "Drop a caption file here, or click to choose one (.srt, .vtt and others)",
        "字幕ファイルをここにドロップするか、クリックして選択（.srt、.vttなど）",
    ),
    "add_too_large": ("Files up to {most} MB can be added.", "追加できるのは{most} MBまでです。"),
    "add_no_video": (
        "This is not a link to a video on YouTube. A playlist is added on the server: "
        "`cs25search ingest --playlist LINK`",
        "YouTube動画のリンクではありません。再生リストはサーバー上で"
        "`cs25search ingest --playlist リンク`を実行して追加してください。",
    ),
    "add_no_captions": (
        "“{name}” is not a caption file. Its name must end in .srt, .vtt or another ending of "
        "caption files.",
        "「{name}」は字幕ファイルではありません。.srtや.vttなど、字幕の拡張子が必要です。",
    ),
    "add_busy": (
        "An update is running. Add the file when it is done.",
        "更新中です。終わってから、もう一度ファイルを追加してください。",
    ),
    "ingest_offline": ("Offline", "オフライン"),
    "ingest_running": (
        "The ingest is running. It continues if you close this page.",
        "取り込み中です。このページを閉じても続きます。",
    ),
    "ingest_elsewhere": (
        "The index is updated on the server: `cs25search ingest`. "
        "`CS25_ALLOW_INGEST=1` lets visitors do it from this page.",
        "索引の更新はサーバー上で`cs25search ingest`を実行してください。"
        "`CS25_ALLOW_INGEST=1`を設定すると、このページからも更新できます。",
    ),
    "step_playlist": ("Reading the playlist", "再生リストを確認中"),
    "step_speech_model": ("Loading the speech model", "音声認識モデルを読み込み中"),
    "step_encoder": ("Preparing the search model", "検索モデルを準備中"),
    "ingest_log": ("What it reported", "取り込みの記録（英語）"),
    "step_fetch": ("Fetching captions", "字幕を取得中"),
    "step_audio": ("Fetching audio, bytes", "音声を取得中（バイト）"),
    "step_transcribe": ("Writing captions, seconds", "音声を文字起こし中（秒）"),
    "step_notes": ("Writing notes", "メモを作成中"),
    "step_read": ("Reading captions", "字幕を読み込み中"),
    "step_encode": ("Encoding", "ベクトルを計算中"),
    "step_count": ("Counting words", "単語を集計中"),
    "step_write": ("Writing the index", "索引を書き込み中"),
    "ingest_unwritable": (
        "The index folder cannot be written to, so no ingest was started. "
        "Free some space or give the server write permission; the current index stays searchable.",
        "索引のフォルダーに書き込めないため、更新を開始できませんでした。"
        "空き容量を確保するか、サーバーに書き込み権限を与えてください。今の索引は引き続き検索できます。",
    ),
    "ingest_done": ("The index is up to date.", "索引は最新です。"),
    "ingest_partly": (
        "The index is up to date; some captions could not be read.",
        "索引を更新しましたが、一部の字幕は読めませんでした。",
    ),
    "ingest_failed": (
        "The ingest failed. Its last lines say why.",
        "取り込みに失敗しました。理由は次の出力（英語）をご覧ください。",
    ),
    # Requests that the server refuses
    "refused_host": (
        "This server does not answer to the name {host}. Its administrator can add the name: "
        "CS25_HOSTS=NAME; see docs/deploy.md.",
        "このサーバーは{host}という名前では応答しません。管理者はCS25_HOSTS=名前で追加できます"
        "（docs/deploy.md参照）。",
    ),
    "refused_upload": (
        "This server does not accept uploads.",
        "このサーバーはファイルを受け取りません。",
    ),
    "refused_origin": (
        "Pages of other sites may not open this app.",
        "ほかのサイトのページからこのアプリを開くことはできません。",
    ),
    # What went wrong, and what to do
    "index_missing": (
        "There is no index yet. Build it with this command in the project folder; then ask again.",
        "索引がまだありません。プロジェクトのフォルダーで次のコマンドを実行して索引を作り、"
        "もう一度質問してください。",
    ),
    "building": (
        "The index is being built. As soon as it is done, you can ask here.",
        "索引を作成中です。完成すると、このページで質問できます。",
    ),
    "index_build": (
        "Or build it on the page Sources",
        "「収録データ」のページで作ることもできます",
    ),
    "index_button": (
        "Or press *Update the index* above.",
        "上の「索引を更新」を押して作ることもできます。",
    ),
    "index_damaged": (
        "The index is damaged. Rebuild it with this command in the project folder; then ask again.",
        "索引が壊れています。プロジェクトのフォルダーで次のコマンドを実行して索引を作り直し、"
        "もう一度質問してください。",
    ),
    "older_served": (
        "The newest index is damaged. Until it is rebuilt with this command, the previous one, "
        "built {when}, is searched.",
        "最新の索引が壊れています。次のコマンドで作り直すまでは、{when}に作られた一つ前の索引から"
        "検索します。",
    ),
    "encoder": (
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
        "The lectures belong to their owners.",
        "講義の内容はそれぞれの権利者に帰属します。",
    ),
    "course_page": ("[Course page]({url}).", "[講義のページ]({url})。"),
    "rights_deck": (
        "The slide deck belongs to its author, {author}.",
        "スライド資料は作者の{author}さんに帰属します。",
    ),
    "what": (
        "cs25search finds the moment in a lecture where something was said. The video is the "
        "source; what is marked as a study note is not a quotation.",
        "cs25searchは、講義のどこで何が語られたかを探すためのページです。原典は動画で、"
        "「学習メモ」とある文章は引用ではありません。",
    ),
}


def say(language: Language, key: str, **values: object) -> str:
    """Return a text of the app.

    >>> say("en", "watch", time="9:42"), say("ja", "watch", time="9:42")
    ('YouTube at 9:42', 'YouTubeで9:42から見る')
    """
    english, japanese = TEXTS[key]
    return (japanese if language == "ja" else english).format(**values)
