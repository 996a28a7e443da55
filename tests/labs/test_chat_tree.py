"""Branches and versions."""

from dataclasses import replace

from labs.chat.conversation import Chat, Message
from labs.chat.open_chat import OpenChat
from labs.chat.tree import Tree


def message(message_id, parent_id):
    return Message(message_id, 1, parent_id, "user", str(message_id), 0.0)


# 1 ─ 2 ─ 3 ─ 6
#      └ 4 ─ 5
TREE = Tree([message(*p) for p in [(1, None), (2, 1), (3, 2), (4, 2), (5, 4), (6, 3)]])


def ids(messages):
    return [m.id for m in messages]


def test_a_path_leads_from_the_first_message_to_the_leaf():
    assert ids(TREE.path(5)) == [1, 2, 4, 5]


def test_no_leaf_or_an_unknown_one_has_an_empty_path():
    assert TREE.path(None) == TREE.path(77) == ()


def test_versions_share_their_parent_in_the_order_they_were_made():
    assert ids(TREE.versions(4)) == ids(TREE.versions(3)) == [3, 4]


def test_first_messages_are_versions_of_each_other():
    assert ids(Tree([message(1, None), message(2, None)]).versions(1)) == [1, 2]


def test_the_leaf_below_a_message_is_the_newest():
    assert (TREE.leaf_below(3), TREE.leaf_below(2), TREE.leaf_below(5)) == (6, 5, 5)


def test_an_empty_chat_has_no_leaf():
    assert Tree([]).leaf_below(None) is None


def test_a_parent_that_is_missing_ends_the_path():
    assert ids(Tree([message(2, 1), message(3, 2)]).path(3)) == [2, 3]


def test_an_open_chat_steps_to_the_end_of_the_branch_of_another_version():
    chat = OpenChat()
    chat.put(Chat(1, "", 0.0, 0.0, leaf_id=6), TREE.path(6) + TREE.path(5)[2:])
    assert chat.version_beside(3, 1) == 5 and chat.version_beside(4, -1) == 6
    assert chat.version_beside(3, -1) is None and chat.version_beside(1, 1) is None


def test_what_is_taken_in_ends_the_branch_and_takes_the_place_of_what_it_was():
    chat = OpenChat()
    chat.put(Chat(1, "", 0.0, 0.0, leaf_id=5), TREE.path(5))
    chat.take_in(replace(message(7, 5), text="begun"))
    chat.take_in(replace(message(7, 5), text="done", role="assistant"))
    assert ids(chat.branch) == [1, 2, 4, 5, 7] and chat.branch[-1].text == "done"
    assert (chat.last_by("assistant").id, chat.last_by("user").id) == (7, 5)


def test_a_chat_that_is_not_begun_has_no_branch():
    chat = OpenChat()
    chat.end_at(3)
    assert chat.branch == () and chat.leaf_id is None and not chat.is_chat(1)
