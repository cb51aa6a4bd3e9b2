"""`overdue.encodings`: the encoding of Chinese text is told from its bytes alone."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdue.encodings import decode

SIMPLIFIED = "逾期之后怎么办？\n先把每一笔欠款列出来，再给银行打电话，说明收入为什么少了。\n"
TRADITIONAL = "逾期之後怎麼辦？\n先把每一筆欠款列出來，再給銀行打電話，說明收入為什麼少了。\n"
SENTENCES = [*SIMPLIFIED.splitlines(), "他每个月只能还五百元。", "罚息一天也不会停，所以要尽早协商。"]

ENCODED = {
    "UTF-8": (SIMPLIFIED, "utf-8", "utf-8"),
    "UTF-8, traditional": (TRADITIONAL, "utf-8", "utf-8"),
    "UTF-8 with byte order mark": (SIMPLIFIED, "utf-8-sig", "utf-8"),
    "UTF-16 with byte order mark": (SIMPLIFIED, "utf-16", "utf-16"),
    "UTF-16, little end first": (SIMPLIFIED, "utf-16-le", "utf-16-le"),
    "UTF-16, big end first": (SIMPLIFIED, "utf-16-be", "utf-16-be"),
    "UTF-16, traditional": (TRADITIONAL, "utf-16-le", "utf-16-le"),
    "GB18030": (SIMPLIFIED, "gb18030", "gb18030"),
    "GB18030, traditional": (TRADITIONAL, "gb18030", "gb18030"),
    "GBK is GB18030": (SIMPLIFIED, "gbk", "gb18030"),
    "Big5": (TRADITIONAL, "big5", "big5hkscs"),
    "Big5 with Hong Kong characters": (TRADITIONAL + "佢哋話唔使還。", "big5hkscs", "big5hkscs"),
}


@pytest.mark.parametrize(("text", "encoding", "name"), ENCODED.values(), ids=ENCODED)
def test_encoding_is_recognised(text: str, encoding: str, name: str) -> None:
    assert decode(text.encode(encoding)) == (text, name)


def test_big_endian_byte_order_mark_is_obeyed() -> None:
    assert decode(b"\xfe\xff" + SIMPLIFIED.encode("utf-16-be")) == (SIMPLIFIED, "utf-16")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@settings(max_examples=50, deadline=None, derandomize=True)
@given(sentences=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12))
def test_a_whole_sentence_is_enough(encoding: str, sentences: list[str]) -> None:
    text = "\n".join(sentences)
    assert decode(text.encode(encoding))[0] == text


def test_latin_text_is_utf8() -> None:
    assert decode(b"APR 24%, paid in 12 parts\n") == ("APR 24%, paid in 12 parts\n", "utf-8")


def test_no_bytes_are_an_empty_text() -> None:
    assert decode(b"") == ("", "utf-8")


@pytest.mark.parametrize("cut", [1, 2])
def test_utf8_cut_inside_its_last_character_is_still_utf8(cut: int) -> None:
    data = (SIMPLIFIED * 5).rstrip("\n").removesuffix("。").encode()
    text, encoding = decode(data[:-cut])
    assert (text.rstrip("�"), encoding) == (data.decode()[:-1], "utf-8")


def test_utf8_with_a_lost_byte_loses_one_character_only() -> None:
    lost = (SIMPLIFIED * 3).encode().replace("欠".encode(), "欠".encode()[:2], 1)
    assert decode(lost) == ((SIMPLIFIED * 3).replace("欠", "�", 1), "utf-8")


def test_gb18030_with_a_lost_byte_is_still_gb18030() -> None:
    text, encoding = decode((SIMPLIFIED * 5).encode("gb18030") + b"\xb4")
    assert (text.rstrip("�"), encoding) == (SIMPLIFIED * 5, "gb18030")


NOISE = hashlib.shake_256(b"noise").digest(4000)
BINARY = {
    "every byte": bytes(range(256)) * 4,
    "noise": NOISE,
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + NOISE[:400],
    "zeros": b"\x00" * 1000,
}


@pytest.mark.parametrize("data", BINARY.values(), ids=BINARY)
def test_binary_data_is_refused_in_one_line_with_the_remedy(data: bytes) -> None:
    with pytest.raises(UnicodeError, match=r"save it again as UTF-8") as error:
        decode(data)
    assert "\n" not in str(error.value)
