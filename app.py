"""The app: streamlit run app.py [-- --index DIR]"""

import os
import sys

import streamlit as st
from starlette.middleware import Middleware

from cs25search.ui.headers import SecurityHeaders
from cs25search.ui.page import show

if "--index" in sys.argv[:-1]:
    os.environ["CS25_INDEX"] = sys.argv[sys.argv.index("--index") + 1]

# The server imports this file once and finds `app`; each session then runs it as a script.
if __name__ == "__main__":
    show()
else:
    app = st.App(__file__, middleware=[Middleware(SecurityHeaders)])
