"""`overdue.cleaning.edits`: the log of a draft replays to its text, whatever the rules did."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdue.cleaning.edits import Change, Draft, Edit, replay

LETTERS = "甲乙丙a1"


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A draft after up to five rules: insertions, deletions, replacements and whole-text substitutions."""
    draft = Draft(draw(st.text(LETTERS, max_size=15)))
    for _ in range(draw(st.integers(0, 5))):
        rule = draw(st.sampled_from(["pinyin", "script", "spam"]))
        length = len(draft.text)
        if draw(st.booleans()):
            draft.substitute(rule, draw(st.text(LETTERS, min_size=length, max_size=length)), frozenset("甲"))
            continue
        cuts = sorted(draw(st.lists(st.integers(0, length), max_size=8)))
        places = zip(cuts[::2], cuts[1::2], strict=False)
        new = st.text(LETTERS, max_size=3)
        draft.apply(rule, [Change(start, end, draw(new), draw(st.booleans())) for start, end in places])
    return draft


@settings(max_examples=400, deadline=None, derandomize=True)
@given(drafts())
def test_the_log_replays_to_the_text(draft: Draft) -> None:
    assert replay(draft.raw, draft.edits()) == draft.text


@settings(max_examples=400, deadline=None, derandomize=True)
@given(drafts())
def test_edits_are_sorted_and_do_not_overlap(draft: Draft) -> None:
    edits = draft.edits()
    assert all(edit.start <= edit.end for edit in edits)
    assert all(left.end <= right.start for left, right in pairwise(edits))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(drafts())
def test_before_is_the_raw_slice_and_no_edit_changes_nothing(draft: Draft) -> None:
    for edit in draft.edits():
        assert edit.before == draft.raw[edit.start : edit.end]
        assert edit.before != edit.after


@settings(max_examples=100, deadline=None, derandomize=True)
@given(drafts(), st.randoms(use_true_random=False))
def test_the_order_of_the_log_does_not_matter(draft: Draft, chance) -> None:
    edits = draft.edits()
    chance.shuffle(edits)
    assert replay(draft.raw, edits) == draft.text


def test_a_draft_without_changes_has_no_log() -> None:
    draft = Draft("先协商")
    draft.apply("pinyin", [])
    draft.substitute("script", "先协商")
    assert (draft.text, draft.edits()) == ("先协商", [])


def test_every_rule_stands_in_the_log_with_its_part() -> None:
    draft = Draft("協(xié)商,再說。广告")
    draft.apply("pinyin", [Change(1, 6)])
    draft.substitute("script", draft.text.replace("協", "协").replace("說", "说"))
    draft.apply("half_width", [Change(2, 3, "，")])
    draft.apply("widget", [Change(6, 8)])
    assert draft.text == "协商，再说。"
    assert draft.edits() == [
        Edit("script", 0, 1, "協", "协"),
        Edit("pinyin", 1, 6, "(xié)", ""),
        Edit("half_width", 7, 8, ",", "，"),
        Edit("script", 9, 10, "說", "说"),
        Edit("widget", 11, 13, "广告", ""),
    ]


def test_a_change_that_is_undone_leaves_no_edit() -> None:
    draft = Draft("协商")
    draft.substitute("script", "協商")
    draft.substitute("script", "协商")
    assert draft.edits() == []


def test_text_that_was_put_in_and_taken_out_again_leaves_no_edit() -> None:
    draft = Draft("协商")
    draft.apply("contact", [Change(1, 1, "[电话]")])
    draft.apply("widget", [Change(1, 5)])
    assert (draft.text, draft.edits()) == ("协商", [])


def test_neighbouring_edits_of_one_rule_are_one_edit() -> None:
    draft = Draft("廣告費")
    draft.substitute("script", "广告费")
    assert draft.edits() == [Edit("script", 0, 1, "廣", "广"), Edit("script", 2, 3, "費", "费")]
    draft.substitute("script", "广各费")
    assert draft.edits() == [Edit("script", 0, 3, "廣告費", "广各费")]


def test_the_last_rule_signs_for_what_several_changed() -> None:
    draft = Draft("加 微信kf12345吧")
    draft.apply("white_space", [Change(1, 2)])
    draft.apply("contact", [Change(1, 10, "[微信]")])
    assert draft.text == "加[微信]吧"
    assert draft.edits() == [Edit("contact", 1, 11, " 微信kf12345", "[微信]")]


def test_an_uncertain_change_is_marked() -> None:
    draft = Draft("著急說話")
    draft.substitute("script", "着急说话", uncertain=frozenset("著"))
    assert [(edit.before, edit.certain) for edit in draft.edits()] == [("著", False), ("說話", True)]


@pytest.mark.parametrize(
    "changes",
    [
        [Change(0, 2), Change(1, 3)],
        [Change(2, 3), Change(0, 1)],
        [Change(2, 1)],
        [Change(0, 5)],
        [Change(-1, 1)],
    ],
    ids=["overlapping", "unsorted", "end before start", "behind the text", "before the text"],
)
def test_a_wrong_change_is_an_error_that_names_the_rule(changes: list[Change]) -> None:
    with pytest.raises(ValueError, match=r"rule spam: Change\(start=.*overlaps another change or lies outside"):
        Draft("甲乙丙丁").apply("spam", changes)


def test_a_substitution_of_another_length_is_an_error_with_both_lengths() -> None:
    with pytest.raises(ValueError, match="rule script: 4 characters cannot be replaced one for one by 2"):
        Draft("甲乙丙丁").substitute("script", "甲乙")


@pytest.mark.parametrize(
    "edits",
    [[Edit("spam", 0, 2, "", ""), Edit("spam", 1, 3, "", "")], [Edit("spam", 3, 9, "", "")]],
    ids=["overlapping", "behind the text"],
)
def test_a_log_of_another_text_is_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"the log does not fit the text: edit at .* text of 4"):
        replay("甲乙丙丁", edits)


def test_replay_takes_nothing_from_before() -> None:
    assert replay("拨13800138000", [Edit("contact", 1, 12, "•" * 11, "[电话]")]) == "拨[电话]"


def test_characters_outside_the_basic_plane_count_as_one() -> None:
    draft = Draft("💰協商")
    draft.substitute("script", "💰协商")
    assert draft.edits() == [Edit("script", 1, 2, "協", "协")]
