"""The app: widgets around search.

page.py           what all pages share: navigation, language switch, foot
search_page.py    ask, see where, watch there
lectures_page.py  the ten lectures, and which to watch for a goal
lecture_page.py   one lecture: notes, transcript, find
index_page.py     what is indexed, and the button that updates it
here.py           language, course and pages, handed to every page
answer_pane.py    the answer in sentences
cards.py          one moment as widgets
strips.py         where in the course, as charts
player.py         the video on the page
live.py           the live generation of the index, opened once per process

moment.py         a hit as the strings that a card shows
reply.py          an answer as the strings that its pane shows
writing.py        an answer in the making
relevance.py      where in the course, as cells
transcript.py     captions as paragraphs, and where words are in them
ingesting.py      an ingest started from the page
address.py        language and lectures to and from the URL
headers.py        what the browser may do with the page
problem.py        an error as sentences that say what to do
examples.py       questions for the empty page
markup.py         text that others wrote, safe inside Markdown
texts.py          every text of the app in both languages

The second group can be tested without a page.
"""
