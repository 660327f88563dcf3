"""The app: streamlit run app.py [-- --index DIR] [-- --store milvus --uri URI]"""

import os
import sys

import streamlit as st
from starlette.middleware import Middleware

from cs25search.errors import Cs25SearchError
from cs25search.place import read_place
from cs25search.ui.doors import Doors, public_hosts
from cs25search.ui.page import show
from cs25search.ui.views.headers import SecurityHeaders


def given(option: str) -> str:
    """Return the value of an option behind the `--` of streamlit run; "" when it is not there."""
    return sys.argv[sys.argv.index(option) + 1] if option in sys.argv[:-1] else ""


# The server imports this file once to find `app`; each session then runs it as a script.
if __name__ == "__main__":
    show(read_place(given("--index"), given("--store"), given("--uri")))
else:
    try:
        hosts = public_hosts(os.environ)
    except Cs25SearchError as error:
        sys.exit(f"Error: {error}")
    app = st.App(__file__, middleware=[Middleware(SecurityHeaders), Middleware(Doors, hosts=hosts)])
