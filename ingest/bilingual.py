"""Sentences in two languages: does an encoder read Japanese, and what do all its vectors share?"""

import numpy as np

from cs25search.encoding.encoder import OnnxEncoder

# Without names and numbers, which a model for English alone would recognise.
TRANSLATIONS = {
    "Attention compares words with each other.": "注意機構は単語を互いに比較する。",
    "Reinforcement learning maximises a reward.": "強化学習は報酬を最大化する。",
    "The picture is cut into patches.": "画像をパッチに分割する。",
    "Music is generated from raw audio.": "生の音声から音楽を生成する。",
    "The largest networks run on many machines.": "最大のネットワークは多くの計算機で動く。",
    "Small models are enough for simple tasks.": "簡単な課題には小さなモデルで十分だ。",
    "The error falls as the amount of data grows.": "データの量が増えると誤差は小さくなる。",
    "Words are turned into vectors first.": "単語はまずベクトルに変換される。",
    "Memory is the limit for long texts.": "長い文章ではメモリが限界になる。",
    "The speaker thanks the audience.": "話し手は聴衆に感謝する。",
    "Which of the two answers is wrong?": "二つの答えのうち、どちらが間違っていますか。",
    "She teaches history at a small school.": "彼女は小さな学校で歴史を教えている。",
    "A robot can open the door by itself.": "ロボットは自分でドアを開けられる。",
    "Doctors found a new treatment.": "医師たちは新しい治療法を見つけた。",
    "The child slept badly last night.": "その子は昨夜よく眠れなかった。",
    "We need more time to finish the work.": "仕事を終えるにはもっと時間が必要だ。",
    "The train to the coast was late.": "海岸へ行く電車が遅れた。",
    "Prices of vegetables rose in winter.": "冬に野菜の値段が上がった。",
    "The sun had set before they came home.": "彼らが帰る前に日は沈んでいた。",
    "He sold his old car to a neighbour.": "彼は古い車を隣人に売った。",
    "Nobody knows why the bridge fell.": "橋が落ちた理由は誰も知らない。",
    "Rice is grown in flooded fields.": "米は水を張った田で育てられる。",
    "The weather will be better tomorrow.": "明日は天気が良くなるだろう。",
    "Children learn languages faster than adults.": "子どもは大人より速く言葉を覚える。",
}
# Share of sentences closest to their translation. The default encoder, which knows some kanji,
# reaches .29, multilingual-e5-small 1.
READS = 0.75


def reads_japanese(encoder: OnnxEncoder) -> bool:
    """Return whether an encoder places sentences next to their translations."""
    english, japanese = (
        np.array([encoder.encode_query(text).vector for text in texts])
        for texts in (TRANSLATIONS.keys(), TRANSLATIONS.values())
    )
    return share_closest(english, japanese) >= READS


def share_closest(english: np.ndarray, japanese: np.ndarray) -> float:
    """Return the share of sentences that are closer to their translation than to all others.

    Ranks do not depend on how far apart an encoder places any two texts: for some models, all
    cosines are above .7.

    Args:
        english: Unit vectors, shape (n, dim).
        japanese: Those of the translations, in the same order.

    >>> share_closest(np.eye(4), np.eye(4)), share_closest(np.eye(4), np.eye(4)[[0, 1, 3, 2]])
    (1.0, 0.5)
    """
    cosines = english @ japanese.T
    own = np.arange(len(cosines))
    return float(np.mean([cosines.argmax(axis=axis) == own for axis in (0, 1)]))
