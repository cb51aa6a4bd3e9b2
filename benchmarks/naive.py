"""What a good analyst would write in an hour for the same tables: the honest yardstick of `make bench`."""

import re
import sys
from pathlib import Path

import jieba
import pandas as pd
import yaml
from opencc import OpenCC
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

articles = {path.stem: path.read_text("utf-8") for path in sorted(Path(sys.argv[1]).glob("*.txt"))}
simplify = OpenCC("t2s").convert
clean = {name: simplify(re.sub(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}\)", "", text)) for name, text in articles.items()}
sentences = [
    (name, sentence)
    for name, text in clean.items()
    for sentence in re.split(r"(?<=[。！？\n])", text)
    if sentence.strip()
]
book = yaml.safe_load(Path("data/codebook.rules.yml").read_text("utf-8"))
codes = [
    (name, code)
    for name, sentence in sentences
    for code, patterns in book.items()
    if any(re.search(pattern, sentence) for pattern in patterns["any"])
]
words = {name: jieba.lcut(text) for name, text in clean.items()}
weights = TfidfVectorizer(analyzer=lambda tokens: tokens).fit_transform(words.values())
clusters = KMeans(n_clusters=min(6, len(words)), n_init=10, random_state=20).fit_predict(weights)
counts = pd.Series([word for tokens in words.values() for word in tokens]).value_counts()
print(len(articles), len(sentences), len(codes), len(counts), len(set(clusters)))
