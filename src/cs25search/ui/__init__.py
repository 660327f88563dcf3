"""The app: widgets around search.

page.py      the page, from question box to footer
cards.py     one moment as widgets, with its player
moment.py    a hit as the strings that a card shows
address.py   language and lectures to and from the URL
live.py      the live generation of the index, opened once per process
problem.py   an error as sentences that say what to do
examples.py  questions for the empty page
markup.py    text that others wrote, safe inside Markdown
texts.py     every text of the app in both languages

Only page.py, cards.py and live.py need Streamlit.
"""
