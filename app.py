"""The app: streamlit run app.py [-- --index DIR --course NAME --store milvus --uri URI]"""

import sys

import streamlit as st
from starlette.middleware import Middleware

from cs25search.errors import Cs25SearchError
from cs25search.language_model import read_endpoint
from cs25search.place import read_place
from cs25search.ui.access import AccessCheck, read_access
from cs25search.ui.page import show
from cs25search.ui.views.headers import SecurityHeaders


def given(option: str) -> str:
    """Return the value of an option behind the `--` of streamlit run; "" when it is not there."""
    return sys.argv[sys.argv.index(option) + 1] if option in sys.argv[:-1] else ""


# The server imports this file once to find `app`; each session then runs it as a script.
if __name__ == "__main__":
    place = read_place(given("--index"), given("--store"), given("--uri"), given("--course"))
    show(place, read_endpoint(), read_access())
else:
    try:
        hosts = read_access().hosts
    except Cs25SearchError as error:
        sys.exit(f"Error: {error}")
    app = st.App(
        __file__, middleware=[Middleware(SecurityHeaders), Middleware(AccessCheck, hosts=hosts)]
    )
