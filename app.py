"""The app: streamlit run app.py [-- --index DIR] [-- --store milvus --uri URI]"""

import os
import sys

import streamlit as st
from starlette.middleware import Middleware

from cs25search.errors import Cs25SearchError
from cs25search.ui.doors import Doors, public_hosts
from cs25search.ui.page import show
from cs25search.ui.views.headers import SecurityHeaders

for option in ("--index", "--store", "--uri"):
    if option in sys.argv[:-1]:
        variable = option.replace("--", "CS25_").upper()
        os.environ[variable] = sys.argv[sys.argv.index(option) + 1]

# The server imports this file once to find `app`; each session then runs it as a script.
if __name__ == "__main__":
    show()
else:
    try:
        hosts = public_hosts(os.environ)
    except Cs25SearchError as error:
        sys.exit(f"Error: {error}")
    app = st.App(__file__, middleware=[Middleware(SecurityHeaders), Middleware(Doors, hosts=hosts)])
