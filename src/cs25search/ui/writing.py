"""An answer in the making. Not of Streamlit: the page runs again and again, this goes on."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future

from ..records import Answer, Sentence
from ..search import Index


class Writing:
    """A question that is being answered in a thread of its own.

    A language model takes seconds. A page that waited would hear no click, and one that asked
    from its own script would ask anew at every click; so the page looks in here instead.

    Attributes:
        said: Sentences of a language model that are already checked.
    """

    def __init__(self, index: Index, question: str, lectures: Sequence[int]) -> None:
        self.said: list[Sentence] = []
        self._answer: Future[Answer] = Future()
        # A daemon: whoever stops the server need not wait for a language model.
        threading.Thread(target=self._write, args=(index, question, lectures), daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether there is an answer, or an error instead of one."""
        return self._answer.done()

    def answer(self, patience: float | None = None) -> Answer | None:
        """Return the answer, None when it takes longer than `patience` seconds.

        Raises:
            Cs25SearchError: As for `Index.answer`.
        """
        try:
            return self._answer.result(patience)
        except TimeoutError:
            return None

    def _write(self, index: Index, question: str, lectures: Sequence[int]) -> None:
        try:
            self._answer.set_result(index.answer(question, lectures, self.said.append))
        # Whatever it is, the page that waits must hear of it.
        except BaseException as error:
            self._answer.set_exception(error)
