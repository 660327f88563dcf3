"""Parts of a page, drawn with Streamlit."""
