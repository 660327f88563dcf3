"""The app: streamlit run app.py"""

from cs25search.ui.page import show

show()
