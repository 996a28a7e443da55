"""The chat in front: its branch, its running reply, and everything a user can do with them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.context import AppContext
from app.pages.chat.answer import answer
from app.pages.chat.attempt import Attempt
from app.pages.chat.live_reply import LiveReply
from app.pages.chat.running_reply import RunningReply
from app.pages.chat.shown_branch import ShownBranch
from app.pages.chat.waiting_notice import WaitingNotice
from app.widgets.message_view.shown import Lens, Measure
from labs.chat.conversation import Attachment, Chat, ChatOptions, Message
from labs.chat.open_chat import OpenChat
from labs.chat.prefix import Prefix
from labs.chat.turn import SaveFailed, Started
from models.engine.messages import Delta
from models.errors import UserError

HEAD_START_MS = 33  # two frames


class ChatSession(QObject):
    """Holds no widget. Replies go on when another chat comes to the front."""

    branch_shown = Signal(list, bool)  # ShownMessages, whether to go to the end
    reply_changed = Signal(object)
    busy_changed = Signal(bool)
    chat_opened = Signal(object)  # Chat, or None for one that is not begun
    chat_begun = Signal(object)  # Chat, which has its first message now
    chats_changed = Signal()
    failed = Signal(object)
    said = Signal(str)
    reply_ended = Signal(int)  # chat id

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._store = context.services.chats
        self._attempt = Attempt(self.failed.emit)
        self._open = OpenChat()
        self.options = ChatOptions()
        self._running: dict[int, RunningReply] = {}
        self._shown_branch = ShownBranch()
        self._waiting = WaitingNotice(context)
        self._lenses: dict[int, Lens] = {}
        self._is_untold = False  # that the chat in front has begun
        self._head_start = QTimer(self, singleShot=True, interval=HEAD_START_MS)
        self._head_start.timeout.connect(self._show_asked)

    @property
    def chat(self) -> Chat | None:
        """None for one that exists only once something is said in it."""
        return self._open.chat

    # ---- which chat ------------------------------------------------------------------------

    def begin(self, options: ChatOptions | None = None) -> None:
        """A chat that exists only once something is said in it."""
        self._open.put(None)
        self._is_untold = False
        self.options = options or self.options
        self.chat_opened.emit(None)
        self._show(to_end=True)

    def open(self, chat_id: int) -> bool:
        """Bring a stored chat to the front; False when it cannot be read."""
        chat = self._attempt(lambda: self._store.chat(chat_id))
        if chat is None:
            return False
        self._open.put(chat)
        self.options, self._is_untold = chat.options, False
        self._lenses.clear()
        self._reload()
        self.chat_opened.emit(chat)
        self._show(to_end=True)
        return True

    @property
    def branch(self) -> tuple[Message, ...]:
        return self._open.branch

    @property
    def is_busy(self) -> bool:
        return self._live is not None

    @property
    def running_chats(self) -> frozenset[int]:
        return frozenset(self._running)

    def set_options(self, options: ChatOptions) -> None:
        self.options = options
        chat = self.chat
        if chat is not None:
            self._attempt(lambda: self._store.set_options(chat.id, options))
            self._open.chat = replace(chat, options=options)

    # ---- saying something ------------------------------------------------------------------

    def send(self, text: str, attachments: tuple[Attachment, ...] = ()) -> bool:
        """Save the message, then ask for a reply. False, and nothing lost, when it cannot be."""
        model = self._context.current_model.model
        if not model:
            self.failed.emit(
                UserError("No model is chosen yet.", "Choose one at the top of the page.")
            )
            return False
        saved = self._attempt(lambda: self._save(text, attachments, model))
        if saved is None:
            self._tell_begun()
            return False
        self._open.take_in(saved)
        self._ask(saved.id)
        return True

    def _save(self, text: str, attachments: tuple[Attachment, ...], model: str) -> Message:
        chat = self.chat
        if chat is None:
            chat = self._open.chat = self._store.create_chat(self.options, model)
            self._is_untold = True
        return self._store.add_message(chat.id, chat.leaf_id, "user", text, attachments)

    def stop(self) -> None:
        if self._live is not None and self.chat is not None:
            self._running[self.chat.id].job.cancel()

    def regenerate(self, message_id: int) -> None:
        """Another version of a reply, or a reply to a message that has none."""
        message = self._open.message(message_id)
        if message is None or self.is_busy:
            return
        self._ask(message.id if message.role == "user" else message.parent_id)

    def continue_reply(self, message_id: int) -> None:
        message = self._open.message(message_id)
        if message is not None and not self.is_busy:
            self._ask(message.parent_id, Prefix(message_id))

    def continue_from(self, message_id: int, position: int, token_id: int) -> None:
        """A new branch in which the model had chosen another token."""
        message = self._open.message(message_id)
        if message is not None and not self.is_busy:
            self._ask(message.parent_id, Prefix(message_id, position, token_id))

    def edit(self, message_id: int, text: str) -> None:
        """A new version beside the old text; a message of the user is answered again."""
        message = self._open.message(message_id)
        if message is None or self.is_busy:
            return
        saved = self._attempt(
            lambda: self._store.add_message(
                message.chat_id, message.parent_id, message.role, text, message.attachments
            )
        )
        if saved is None:
            return
        self._open.take_in(saved)
        if saved.role == "user":
            self._ask(saved.id)
        else:
            self._show(to_end=False)

    def branch_from(self, message_id: int) -> None:
        """Go on from here; what followed stays as another branch."""
        message = self._open.message(message_id)
        if message is None or self.is_busy:
            return
        self._go_to(message_id)
        self.said.emit("The next message starts a new branch here. What followed is kept.")

    def step_version(self, message_id: int, step: int) -> None:
        if self.is_busy:
            return
        leaf_id = self._open.version_beside(message_id, step)
        if leaf_id is not None:
            self._go_to(leaf_id)

    def show_message(self, message_id: int) -> None:
        """Bring the branch of a message to the front, where it is not on screen already."""
        if all(message.id != message_id for message in self.branch) and not self.is_busy:
            self._go_to(self._open.leaf_below(message_id))

    def last_user_message(self) -> int | None:
        message = self._open.last_by("user")
        return message.id if message is not None else None

    def last_reply(self) -> Message | None:
        return self._open.last_by("assistant")

    # ---- lens ------------------------------------------------------------------------------

    def toggle_lens(self, message_id: int) -> None:
        """Show a reply as its tokens, or as text again."""
        if self._lenses.pop(message_id, None) is None:
            tokens = self._attempt(lambda: self._store.tokens(message_id))
            if not tokens:
                self.said.emit("No token data was recorded for this reply.")
                return
            self._lenses[message_id] = Lens(tokens)
        self._show(to_end=False)

    def set_measure(self, message_id: int, measure: Measure) -> None:
        lens = self._lenses.get(message_id)
        if lens is not None and lens.measure != measure:
            self._lenses[message_id] = replace(lens, measure=measure)
            self._show(to_end=False)

    # ---- the running reply -----------------------------------------------------------------

    def _ask(self, parent_id: int | None, prefix: Prefix | None = None) -> None:
        chat = self.chat
        if chat is None or parent_id is None:
            return
        model = self._context.current_model.model or chat.model
        self._attempt(lambda: self._store.set_model(chat.id, model))
        self._attempt(lambda: self._store.set_leaf(chat.id, parent_id))
        self._open.end_at(parent_id)
        services = self._context.services
        job = self._context.jobs.start(
            lambda cancel: answer(services, model, chat.id, parent_id, prefix, cancel)
        )
        live = LiveReply(self._name_of(model))
        running = RunningReply(job, chat.id, live, chat.leaf_id, self)
        self._running[chat.id] = running
        running.event_came.connect(self._on_event)
        running.finished.connect(self._on_finished)
        running.failed.connect(self._on_failed)
        running.cancelled.connect(self._on_ended)
        self.busy_changed.emit(True)
        # Drawing keeps the job from its thread, so the prompt goes out first: Started shows the
        # branch, or the timer where a model must be loaded before.
        self._head_start.start()

    def _show_asked(self) -> None:
        self._head_start.stop()
        self._tell_begun()
        self._show(to_end=True)
        self.chats_changed.emit()

    def _tell_begun(self) -> None:
        if self._is_untold:
            self._is_untold = False
            self.chat_begun.emit(self.chat)

    def _on_event(self, chat_id: int, event: object) -> None:
        running = self._running[chat_id]
        if isinstance(event, SaveFailed):
            self.failed.emit(
                UserError(event.sentence, "The reply goes on; copy it before closing Assay.")
            )
            return
        running.live.take(event)
        self._waiting.take(event)
        self._tell_speed(event)
        if not self._open.is_chat(chat_id):
            return
        if isinstance(event, Started):
            self._open.take_in(event.reply)
            self._show_asked()
        else:
            self.reply_changed.emit(running.live.shown)

    def _on_finished(self, chat_id: int, message: Message) -> None:
        if message.provenance is not None:
            self._context.activity.show_speed(message.provenance.tokens_per_second)
        self._on_ended(chat_id)
        if message.state == "failed":
            self.failed.emit(UserError(message.error))

    def _tell_speed(self, event: object) -> None:
        if isinstance(event, Started):
            self._context.activity.begin_reply()
        elif isinstance(event, Delta):
            self._context.activity.count_tokens(len(event.tokens))

    def _on_failed(self, chat_id: int, error: UserError) -> None:
        self._on_ended(chat_id)
        self.failed.emit(error)

    def _on_ended(self, chat_id: int) -> None:
        running = self._running.pop(chat_id)
        running.deleteLater()
        self._waiting.end()
        if running.live.message is None:  # it did not begin: an earlier version stays in sight
            self._return_to(chat_id, running.leaf_before)
        if self._open.is_chat(chat_id):
            self._take_in_reply(running.live)
            self.busy_changed.emit(False)
            self._show(to_end=False)
        self.chats_changed.emit()
        self.reply_ended.emit(chat_id)

    # ---- inside ----------------------------------------------------------------------------

    @property
    def _live(self) -> LiveReply | None:
        running = self._running.get(self.chat.id) if self.chat is not None else None
        return running.live if running else None

    def _name_of(self, model: str) -> str:
        entries = self._context.services.library.entries()
        return next((entry.name for entry in entries if entry.model == model), model)

    def _go_to(self, leaf_id: int | None) -> None:
        chat = self.chat
        if chat is not None:
            self._attempt(lambda: self._store.set_leaf(chat.id, leaf_id))
            self._reload()
            self._show(to_end=False)

    def _return_to(self, chat_id: int, leaf_id: int | None) -> None:
        self._attempt(lambda: self._store.set_leaf(chat_id, leaf_id))
        if self._open.is_chat(chat_id):
            self._open.end_at(leaf_id)

    def _take_in_reply(self, live: LiveReply) -> None:
        """The reply as it was stored in the end, where it had a place in the tree at all."""
        begun = live.message
        stored = self._attempt(lambda: self._store.message(begun.id)) if begun else None
        if stored is not None:
            self._open.take_in(stored)

    def _reload(self) -> None:
        chat = self.chat
        if chat is None:
            return
        fresh = self._attempt(lambda: (self._store.chat(chat.id), self._store.messages(chat.id)))
        if fresh is not None:
            self._open.put(*fresh)

    def _show(self, *, to_end: bool) -> None:
        shown = self._shown_branch.show(
            self._open.messages,
            self._open.leaf_id,
            live=self._live,
            lenses=self._lenses,
        )
        self.branch_shown.emit(shown, to_end)
