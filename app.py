"""The app: streamlit run app.py"""

import streamlit as st
from starlette.middleware import Middleware

from cs25search.ui.headers import SecurityHeaders
from cs25search.ui.page import show

# The server imports this file once and finds `app`; each session then runs it as a script.
if __name__ == "__main__":
    show()
else:
    app = st.App(__file__, middleware=[Middleware(SecurityHeaders)])
