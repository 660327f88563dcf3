"""An answer being written in a thread. It is independent of Streamlit's reruns of the page."""

import threading
from concurrent.futures import Future

from ..ranking.searcher import Found
from ..records import Answer, Sentence
from ..search import Index


class PendingAnswer:
    """A question that is being answered in its own thread.

    A language model takes seconds. A page that waited would not react to clicks, and one that asked
    in its own script would ask again at every click; so the page polls this object.

    Attributes:
        said: Sentences by a language model that have passed the checks.
    """

    def __init__(self, index: Index, found: Found) -> None:
        self.said: list[Sentence] = []
        self._answer: Future[Answer] = Future()
        # A daemon thread, so that stopping the server does not wait for a language model.
        threading.Thread(target=self._write, args=(index, found), daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether there is an answer or an error."""
        return self._answer.done()

    def answer(self, patience: float | None = None) -> Answer | None:
        """Return the answer, None if it takes longer than `patience` seconds.

        Raises:
            Cs25SearchError: As for `Index.answer`.
        """
        try:
            return self._answer.result(patience)
        except TimeoutError:
            return None

    def _write(self, index: Index, found: Found) -> None:
        try:
            self._answer.set_result(index.answer_found(found, self.said.append))
        # The waiting page must see any error.
        except BaseException as error:
            self._answer.set_exception(error)
