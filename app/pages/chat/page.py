"""The chat page: chats on the left, the conversation, options on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.jobs import Job
from app.model_choice import make_model_picker
from app.pages.chat.attaching import Attaching
from app.pages.chat.attempt import Attempt
from app.pages.chat.chat_list import ChatList
from app.pages.chat.chat_session import ChatSession
from app.pages.chat.chat_shelf import ChatShelf
from app.pages.chat.compare.comparison import Comparison
from app.pages.chat.conversation_area import ConversationArea
from app.pages.chat.draft_meter import DraftMeter
from app.pages.chat.first_minute import show_first_minute
from app.pages.chat.full_hash import FullHash
from app.pages.chat.last_turn import LastTurn
from app.pages.chat.output_check import OutputCheck
from app.pages.chat.places import NEW, PLACES, SEARCH
from app.pages.chat.preset_choice import PresetChoice
from app.pages.chat.side_panel import SidePanel
from app.pages.chat.six_ways_run import SixWaysRun
from app.pages.chat.suggestions import EXAMPLE_QUESTIONS
from app.pages.chat.three_panes import ThreePanes
from app.pages.chat.transfer import ChatTransfer
from app.pages.chat.yes_no_run import WORDS, YesNoRun
from app.pages.page import Command, Page
from app.widgets.icons import IconButton
from app.widgets.message_view.shown import Measure, ShownMessage
from labs.chat.conversation import Attachment, Chat, ChatOptions, Overflow
from labs.chat.presets import Presets
from models.network import Act, host_of

LINK_REASON = "Open a link in the browser"


class ChatPage(Page):
    title = "Chat"
    icon = "chat-circle"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._store = context.services.chats
        self._attempt = Attempt(self.show_error)
        self._after_reply = ""  # what a suggestion wants to show once the reply is there
        self.session = ChatSession(context, self)
        self.list = ChatList()
        self.area = ConversationArea()
        self.side = SidePanel(self.list)
        self.options, self.sent = self.side.options, self.side.sent
        self.shelf = ChatShelf(context, self.list, self.session, self)
        self.last = LastTurn(
            self.session, self.area.view, self._toggle_lens, self._show_sent, self._say
        )
        self._attaching = Attaching(context, self.area.composer)
        self._meter = DraftMeter(context, self.area.composer.meter, self)
        self._transfer = ChatTransfer(context, self)
        self._full_hash = FullHash(context, self)
        self._output_check = OutputCheck(context, self.options, self)
        presets = Presets(context.services.paths.presets)
        self._presets = PresetChoice(presets, self.options, context.notices, self)
        self.content.addWidget(ThreePanes(self.list, self.area, self.side), 1)
        self._picker = make_model_picker(context)
        self._places = {NEW: self.new_chat, SEARCH: self._focus_search}
        self._header = self._make_header()
        self._connect_signals()
        self.shelf.refresh()
        self._open_last()

    # ---- the page contract -----------------------------------------------------------------

    def header_widgets(self) -> list[QWidget]:
        return self._header

    def commands(self) -> list[Command]:
        return [
            *self._anywhere(),
            Command("Find in this chat", "Ctrl+F", self._find),
            Command("Next match", "F3", lambda: self.area.find_next(1)),
            Command("Previous match", "Shift+F3", lambda: self.area.find_next(-1)),
            Command("Write a message", "Shift+Esc", self.area.composer.focus_text),
            Command("Choose a model", "Ctrl+L", self._picker.open_list),
            *self.last.commands(),
            Command("Show or hide the options", "Ctrl+Shift+O", self._toggle_options),
            Command("Show or hide the list of chats", "Ctrl+B", self.side.toggle_list),
            Command(WORDS, "", self._yes_no.ask_here, "A yes/no question, in seconds"),
            Command("Ask one question six ways", "", self.area.show_six_ways),
            Command("Compare two models", "Ctrl+Shift+M", self.comparison.open),
            Command("Export this chat", "", self._export_current),
            Command("Import a chat", "", self._transfer.choose_import),
            Command("Move this chat to the bin", "", self._bin_current),
            Command("Open the bin", "", self.shelf.show_bin),
        ]

    def _anywhere(self) -> list[Command]:
        return [
            Command(each.name, each.shortcut, self._places[each.target], anywhere=True)
            for each in PLACES
        ]

    def activate(self) -> None:
        self.area.composer.text.enter_sends = self.context.services.settings.current.enter_sends
        self.shelf.refresh()
        self._show_first_minute()
        self.area.composer.focus_text()

    def open_target(self, target: str) -> None:
        """A chat by its id, or "id:message id"; or one of PLACES."""
        if target in self._places:
            self._places[target]()
        chat_id, _, message_id = target.partition(":")
        if chat_id.isdigit():
            self._open(int(chat_id), int(message_id) if message_id.isdigit() else None)

    # ---- building --------------------------------------------------------------------------

    def _make_header(self) -> list[QWidget]:
        options = IconButton("sliders-horizontal", "Options of this chat")
        options.clicked.connect(self._toggle_options)
        export = IconButton("export", "Export this chat")
        export.clicked.connect(self._export_current)
        shelf = QWidget(self)  # owns them until the header takes them over
        shelf.hide()
        compare = IconButton("columns", "Compare two models")
        compare.clicked.connect(lambda: self.comparison.open())
        header: list[QWidget] = [self._picker, compare, export, options]
        for widget in header:
            widget.setParent(shelf)
        return header

    def _connect_signals(self) -> None:
        self._connect_session()
        self._connect_list()
        self._connect_conversation()
        self.side.focus_left.connect(self.area.composer.focus_text)
        self.options.changed.connect(self._on_options)
        self._presets.chosen.connect(self._on_preset)
        self._presets.failed.connect(self.show_error)
        self.context.current_model.changed.connect(self._on_model_changed)
        self.context.jobs.job_ended.connect(self._on_job_ended)
        self._connect_six_ways()
        self._connect_comparison()

    def _connect_conversation(self) -> None:
        composer, view = self.area.composer, self.area.view
        composer.submitted.connect(self._send)
        composer.stop_requested.connect(self.session.stop)
        composer.edit_last_requested.connect(self.last.edit)
        composer.files_given.connect(self._attaching.take)
        composer.draft_settled.connect(self._count)
        view.acted.connect(self._on_action)
        view.edited.connect(self.session.edit)
        view.link_clicked.connect(self.area.links.ask)
        self.area.links.opening.connect(self._note_link)
        view.said.connect(self._say)
        view.alternative_chosen.connect(self.session.continue_from)
        self.area.empty.suggested.connect(self._follow_suggestion)
        self.area.empty.model_chosen.connect(self.context.current_model.choose)

    def _connect_six_ways(self) -> None:
        self._six_ways = SixWaysRun(self.context, self.area.six_ways, self)
        self._six_ways.chat_made.connect(self.shelf.refresh)
        self._six_ways.failed.connect(self.show_error)
        self.area.six_ways.open_requested.connect(self._open)
        self.area.six_ways.closed.connect(self.new_chat)
        self._yes_no = YesNoRun(self.context, self.session, self.area, self)
        self._yes_no.kept.connect(self.shelf.refresh)
        self._yes_no.failed.connect(self.show_error)
        self._yes_no.said.connect(self._say)
        self._yes_no.open_requested.connect(self._open)

    def _connect_comparison(self) -> None:
        self.comparison = Comparison(self.context, self.area, lambda: self.session.options, self)
        self.comparison.chat_made.connect(self.shelf.refresh)
        self.comparison.failed.connect(self.show_error)
        self.comparison.kept.connect(self._keep_compared)
        self.comparison.closed.connect(self.new_chat)
        self.comparison.link_opening.connect(self._note_link)

    def _connect_session(self) -> None:
        session = self.session
        session.branch_shown.connect(self._on_branch)
        session.reply_changed.connect(self.area.view.update_message)
        session.busy_changed.connect(self._on_busy)
        session.chat_opened.connect(self._on_chat_opened)
        session.chat_begun.connect(self._on_chat_begun)
        session.failed.connect(lambda error: self.show_error(error, self._answer_again))
        session.said.connect(self._say)
        session.reply_ended.connect(self._on_reply_ended)

    def _on_busy(self, busy: bool) -> None:
        if busy:
            self.clear_error()  # of an earlier try
        self.area.composer.set_busy(busy)

    def _answer_again(self) -> None:
        if self.session.branch:
            self.session.regenerate(self.session.branch[-1].id)

    def _note_link(self, address: str) -> None:
        """The click on the bar that shows the whole address is the user's yes."""
        gate, act = self.context.services.gate, Act(LINK_REASON, host_of(address))
        gate.allow_once(act)
        gate.permit(act.reason, address)

    def _connect_list(self) -> None:
        self.list.opened.connect(self._open)
        self.list.search_left.connect(self.area.composer.focus_text)
        self.list.new_requested.connect(self.new_chat)
        self.shelf.binned.connect(self._on_binned)
        self.shelf.restored.connect(self._open)
        self.shelf.failed.connect(self.show_error)
        self.list.export_requested.connect(self._transfer.show_menu)
        self.list.import_requested.connect(self._transfer.choose_import)
        self._transfer.imported.connect(self._on_imported)
        self._transfer.failed.connect(self.show_error)

    # ---- chats -----------------------------------------------------------------------------

    def new_chat(self) -> None:
        self.clear_error()
        self._yes_no.close()
        self.session.begin(self._fresh_options())
        self.area.composer.focus_text()

    def _fresh_options(self) -> ChatOptions:
        overflow = self.context.services.settings.current.overflow
        return ChatOptions(overflow=cast(Overflow, overflow))

    def _open_last(self) -> None:
        last = self.context.services.settings.current.last_chat
        known = {chat.id for chat in self._attempt(self._store.chats) or ()}
        if not (last.isdigit() and int(last) in known and self.session.open(int(last))):
            self.session.begin(self._fresh_options())

    def _open(self, chat_id: int, message_id: int | None = None) -> None:
        self.clear_error()
        self._yes_no.close()
        if self.session.chat is None or self.session.chat.id != chat_id or self.area.is_aside:
            self.session.open(chat_id)
        if message_id is not None:
            self.session.show_message(message_id)
            self.area.view.scroll_to(message_id)
        self.area.composer.focus_text()

    def _on_chat_opened(self, chat: Chat | None) -> None:
        if not self.side.shows_options:
            self.side.close_panel()  # what was sent belongs to the chat before
        self.list.mark_current(chat.id if chat else None)
        self.options.set_value(self.session.options)
        self.area.composer.set_busy(self.session.is_busy)
        self._remember(str(chat.id) if chat else "")
        self._show_first_minute()
        self._count()

    def _on_chat_begun(self, chat: Chat) -> None:
        """Counted while it was written: counting it again would hold up the reply."""
        self.list.mark_current(chat.id)
        self._remember(str(chat.id))
        self._show_first_minute()

    def _remember(self, last_chat: str) -> None:
        """Written after this turn of the event loop: a reply need not wait for the disk."""
        settings = self.context.services.settings
        QTimer.singleShot(
            0, self, lambda: self._attempt(lambda: settings.change(last_chat=last_chat))
        )

    def _on_binned(self, chat_id: int) -> None:
        if self.session.chat is not None and self.session.chat.id == chat_id:
            self.session.stop()
            self.session.begin(self._fresh_options())

    def _bin_current(self) -> None:
        if self.session.chat is not None:
            self.shelf.bin(self.session.chat.id)

    def _export_current(self) -> None:
        if self.session.chat is None:
            self._say("There is nothing to export yet.")
            return
        below = self._header[2]
        place = below.mapToGlobal(below.rect().bottomLeft())
        self._transfer.show_menu(self.session.chat.id, place)

    def _on_imported(self, chat_id: int) -> None:
        self.shelf.refresh()
        self._open(chat_id)

    # ---- talking ---------------------------------------------------------------------------

    def _send(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        self.clear_error()
        self.options.settle()
        if self.session.send(text, attachments):
            self.area.composer.clear()

    def _on_branch(self, messages: list[ShownMessage], to_end: bool) -> None:
        self.area.show_branch(messages, to_end)
        if not self.session.is_busy:  # the prompt being read would wait for the counting
            self._count()

    def _count(self) -> None:
        self._meter.count(self.session.branch, self.area.composer.draft, self.session.options)

    def _on_reply_ended(self, chat_id: int) -> None:
        wanted, self._after_reply = self._after_reply, ""
        is_here = self.session.chat is not None and self.session.chat.id == chat_id
        reply = self.session.last_reply() if is_here else None
        if reply is not None:
            self._full_hash.wanted_for(reply.provenance)
        if is_here and wanted == "unsure":
            self.last.see_unsure()
        elif is_here and (wanted == "sent" or self.side.shows_sent):
            self.last.see_sent()

    def _on_action(self, action: str, message_id: int) -> None:
        self.clear_error()
        session = self.session
        actions: dict[str, Callable[[int], None]] = {
            "regenerate": session.regenerate,
            "continue": session.continue_reply,
            "branch": self._branch,
            "older": lambda at: session.step_version(at, -1),
            "newer": lambda at: session.step_version(at, 1),
            "unsure": self._toggle_lens,
            "sent": self._show_sent,
            "six_ways": self._yes_no.ask_message,
            "surprise": lambda at: session.set_measure(at, cast(Measure, "surprise")),
            "entropy": lambda at: session.set_measure(at, cast(Measure, "entropy")),
        }
        actions[action](message_id)

    def _branch(self, message_id: int) -> None:
        self.session.branch_from(message_id)
        self.area.composer.focus_text()

    def _toggle_lens(self, message_id: int) -> None:
        """The reply begins at the top: there stands what the colours mean."""
        self.session.toggle_lens(message_id)
        self.area.view.scroll_to(message_id)

    def _show_sent(self, message_id: int) -> None:
        found = self._attempt(
            lambda: (self._store.message(message_id), self._store.sent(message_id))
        )
        if found is None:
            return
        reply, tokens = found
        left_out = [m for m in self.session.branch if m.id in reply.dropped]
        self.sent.show_sent(reply, tokens, left_out)
        self.side.open_panel(self.sent)

    def _keep_compared(self, chat_id: int, message_id: int, model: str) -> None:
        """Go on with one of two replies, and with the model that wrote it."""
        self.context.current_model.choose(model)
        self._open(chat_id, message_id)

    # ---- options ---------------------------------------------------------------------------

    def _toggle_options(self) -> None:
        if self.side.shows_options:
            self.side.close_panel()
            return
        self._presets.refresh(self.session.options)
        self.side.open_panel(self.options)
        self.options.focus_first()

    def _find(self) -> None:
        if not self.area.open_find():
            self._say("There is nothing to find in an empty chat.")

    def _focus_search(self) -> None:
        self.list.show()
        self.list.search.setFocus()
        self.list.search.selectAll()

    def _on_preset(self, options: ChatOptions) -> None:
        self.options.set_value(options)
        self._on_options(options)

    def _on_options(self, options: ChatOptions) -> None:
        self.session.set_options(options)
        self._count()

    # ---- first minute ----------------------------------------------------------------------

    def _on_model_changed(self, _model: str) -> None:
        self.clear_error()
        self._show_first_minute()
        self._count()

    def _on_job_ended(self, job: Job) -> None:
        """A task with a name, such as the look for models, may have changed what is offered."""
        if job.title:
            self._show_first_minute()
            self._count()

    def _show_first_minute(self) -> None:
        show_first_minute(self.area.empty, self.context)

    def _follow_suggestion(self, name: str) -> None:
        if name == "six_ways":
            self.area.show_six_ways()
            return
        self._after_reply = name
        self.area.composer.focus_text()
        self._send(EXAMPLE_QUESTIONS[name], ())

    # ---- small -----------------------------------------------------------------------------

    def _say(self, sentence: str) -> None:
        self.context.notices.info(sentence, key="chat")
