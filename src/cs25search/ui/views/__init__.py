"""Strings that pages show; nothing here imports Streamlit."""
