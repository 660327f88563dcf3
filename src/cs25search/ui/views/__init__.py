"""The strings that pages show; this package does not import Streamlit."""
