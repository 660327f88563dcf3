"""A browser's session with the app, without the browser: one question over the WebSocket."""

from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 900.0  # seconds


async def ask_page(url: str, question: str) -> tuple[str, str]:
    """Open the app with a question; return the question and everything that the page shows.

    Args:
        url: Where the server is, beginning with ws://

    Returns:
        The question and the page; after an error, "!" and the error.
    """
    query = urlencode({"q": question, "lang": "en"})
    shown = []
    try:
        async with websockets.connect(
            f"{url}/_stcore/stream", max_size=None, open_timeout=PATIENCE, ping_interval=None
        ) as socket:
            message = BackMsg()
            message.rerun_script.query_string = query
            await socket.send(message.SerializeToString())
            while True:
                answer = ForwardMsg()
                answer.ParseFromString(await socket.recv())
                kind = answer.WhichOneof("type")
                if kind == "delta":
                    if answer.delta.new_element.HasField("exception"):
                        return question, f"!{answer.delta.new_element.exception.message}"
                    shown.append(str(answer.delta))
                if kind == "script_finished":
                    return question, "\n".join(shown)
    except (OSError, websockets.WebSocketException) as error:
        return question, f"!{error!r}"
