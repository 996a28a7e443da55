"""Reports are written from the files of a run folder, and can be believed."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from labs.experiments.record.run_folder import ANSWERS, EVENTS, MANIFEST, RESULTS, RunFolder
from labs.experiments.report.document import document_of
from labs.experiments.report.record import read_record
from labs.experiments.report.write import write_reports
from models.errors import UserError

VOID = {"meta", "br", "use"}


class Page(HTMLParser):
    """Tags that are open, addresses that are referred to, and the text outside of style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href", "xlink:href", "action", "data"):
                self.links.append(value or "")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


@pytest.fixture
def page(finished: RunFolder) -> Page:
    return Page(text_of(finished, "report.html"))


def text_of(folder: RunFolder, name: str) -> str:
    return folder.file(name).read_text(encoding="utf-8")


def told(folder: RunFolder) -> str:
    """All that the report says, before it is a page."""
    return str(document_of(read_record(folder)))


def test_the_page_is_well_formed_and_refers_to_nothing_outside(page: Page):
    assert page.open == [] and len(page.ids) == len(set(page.ids))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)


def test_nothing_that_was_written_becomes_markup(page: Page):
    assert not page.tags & {"script", "img", "b", "iframe", "link"}
    assert "<script>alert(1)</script>" in page.text and "worse <b>by far</b>" in page.text


def test_parts_stand_in_the_order_in_which_they_are_read(finished, page: Page):
    parts = (
        "Written by Assay", "Models side by side", finished.plan().models[0],
        "What this may not conclude", "The numbers that lead", "What to keep in mind",
        "All numbers, lane by lane", "Where the lanes disagree", "Methods", "The plan, locked",
        "Written by you", "Finding", "Words used here",
    )  # fmt: skip
    place = 0
    for part in parts:
        place = page.text.find(part, place)
        assert place >= 0, part


def test_simulated_stands_on_page_figures_and_every_printed_page(finished, page: Page):
    html = text_of(finished, "report.html")
    assert page.text.count("SIMULATED") >= 3
    assert '@bottom-left { content: "SIMULATED"' in html
    assert "**SIMULATED" in text_of(finished, "report.md")


def test_every_model_has_its_charts_with_a_sentence_for_screen_readers(finished, page: Page):
    html = text_of(finished, "report.html")
    labels = re.findall(r'role="img" aria-label="([^"]+)"', html)
    charts = [c for model in finished.json(RESULTS)["models"] for c in model["charts"]]
    assert len(labels) == len(charts) and all(label.endswith(".") for label in labels)


def test_leading_numbers_carry_unit_interval_n_and_sentence(finished):
    text = told(finished)
    assert "value='100 %', title='Items whose answer changes with the format'" in text
    assert "95 % interval " in text and "(the outcome that was chosen before the run)" in text
    assert "expected by chance" in text and "; n = " in text and "If we drew other items" in text


def test_methods_tell_model_set_mode_seed_machine_and_versions(finished):
    text = told(finished)
    for words in ("of the set “Medication", "seed 1", "is a simulated subject", "Repeatability",
                  "flash attention off", "numpy ", " GB of memory"):  # fmt: skip
        assert words in text


def test_methods_tell_in_which_order_several_models_were_asked(copied: RunFolder):
    assert "the model changes once." in told(copied)
    manifest = copied.json(MANIFEST)
    manifest["model_order"] = [{"at": "", "takes_turns": True, "sentence": "Both take turns."}] * 2
    copied.write_json(MANIFEST, manifest)
    assert told(copied).count("Both take turns.") == 1


def test_a_system_prompt_that_a_template_adds_is_told(copied: RunFolder):
    manifest = copied.json(MANIFEST)
    manifest["models"][0]["added_system_prompt"] = "You are Fred."
    copied.write_json(MANIFEST, manifest)
    assert "a system prompt by itself: “You are Fred.”" in told(copied)


@pytest.mark.parametrize(("event", "words"), [
    ({"event": "sleep", "seconds": 600}, "The machine slept once during the run (10 min in all)"),
    ({"event": "crash", "message": "Out of memory."}, "The engine ended once and was started"),
    ({"event": "battery"}, "on battery"), ({"event": "swap", "bytes": 9}, "moved to the disk"),
    ({"event": "resume"}, "taken up again once"), ({"event": "thunder"}, "once: thunder"),
])  # fmt: skip
def test_events_become_caveats(copied: RunFolder, event, words):
    copied.file(EVENTS).write_text(json.dumps({"after": 3, "at": "", **event}) + "\n")
    assert words in told(copied)


@pytest.mark.parametrize(("change", "words"), [
    ({"simulated": False}, "The hash of the whole model file is not known"),
    ({"mode": "cold"}, "The repeatability check did not hold"),
    ({"thinking": {"thinks": True, "budget_tokens": 512}}, "thinks before it answers"),
    ({"conservative_kernels": True}, "slower, safer kernels"),
])  # fmt: skip
def test_what_the_manifest_knows_becomes_caveats(copied: RunFolder, change, words):
    manifest = copied.json(MANIFEST)
    manifest["models"][0] |= change
    copied.write_json(MANIFEST, manifest)
    assert words in told(copied)


def test_a_run_that_was_stopped_early_says_so(copied: RunFolder):
    results = copied.json(RESULTS)
    copied.write_json(RESULTS, results | {"complete": False, "n_trials": 7})
    assert re.search(r"not complete: 7 of \d+ planned trials", told(copied))


def test_what_the_student_writes_later_is_in_the_next_report(copied: RunFolder):
    copied.file(ANSWERS).write_text("I would ask **ten times** more.", encoding="utf-8")
    assert "I would ask **ten times** more." in told(copied)
    copied.file(ANSWERS).unlink()
    assert "Nothing was written." in told(copied)


def test_a_run_without_results_has_no_report(copied: RunFolder):
    copied.file(RESULTS).unlink()
    with pytest.raises(UserError, match="no results yet"):
        write_reports(copied)


def test_markdown_keeps_every_table_whole_and_escapes(finished):
    lines = text_of(finished, "report.md").splitlines()
    tables = [line for line in lines if line.startswith("|")]
    assert tables and all(line.endswith("|") for line in tables)
    assert r"\<b\>by far\</b\>" in "\n".join(lines)
    assert "> ## Finding" in lines


def test_the_table_of_trials_has_a_line_for_each(finished):
    rows = list(csv.DictReader(io.StringIO(text_of(finished, "trials.csv"))))
    assert len(rows) == len(finished.trials())
    assert rows[0]["model"] == "sim:bad-format" and rows[0]["free"] in ("yes", "no")
    assert float(rows[0]["room_left_for_the_label"]) > 0


def test_reports_of_the_same_files_are_the_same_bytes(copied: RunFolder):
    before = text_of(copied, "report.html")
    write_reports(copied)
    assert text_of(copied, "report.html") == before
