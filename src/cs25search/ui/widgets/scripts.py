"""Small custom components: scripts in ui/scripts, served by this server.

Streamlit serves the files of a component that an installed package declares in its pyproject.toml.
The app also runs from a checkout, so its folder is registered here instead. A script given as text
would be loaded from a blob: URL, which the security policy does not allow (views/headers.py).
"""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import runtime
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

PACKAGE = Path(__file__).parents[1]
FOLDER = "scripts"
PREFIX = "cs25search"


def component(
    name: str, html: str | None = None, css: str | None = None, isolate_styles: bool = True
) -> "ComponentRenderer":
    """Return the command that mounts the component with the script `name`.js.

    Args:
        name: Of a file in ui/scripts, without its ending.
        html: What the component shows; nothing for a script that only listens.
        css: Its styles.
        isolate_styles: Whether the styles of the page and of the component are kept apart.
    """
    manager = get_bidi_component_manager()
    full = f"{PREFIX}.{name}"
    if manager.get_component_asset_root(full) is None:
        manifest = ComponentManifest(PREFIX, "", [ComponentConfig(name, FOLDER)])
        manager.register_from_manifest(manifest, PACKAGE)
    return st.components.v2.component(
        full, html=html, css=css, js=f"{name}.js", isolate_styles=isolate_styles
    )


def serve(data: bytes | str, kind: str, name: str) -> str:
    """Return the address at which a session's browser gets a file; "" outside a server.

    Args:
        data: Its bytes, or its path on this machine.
        kind: Its MIME type.
        name: Of the place on the page; a file is served as long as each run names it.
    """
    if not runtime.exists():
        return ""
    return runtime.get_instance().media_file_mgr.add(data, kind, name, is_for_static_download=False)
