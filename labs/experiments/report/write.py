"""report.html, report.md and trials.csv: written from the files of a run folder alone."""

from __future__ import annotations

from labs.experiments.record.run_folder import RunFolder
from labs.experiments.report.as_html import HtmlReport
from labs.experiments.report.as_markdown import MarkdownReport
from labs.experiments.report.document import document_of
from labs.experiments.report.glossary import read_glossary
from labs.experiments.report.record import read_record
from labs.experiments.report.trials_csv import trials_csv

HTML, MARKDOWN, CSV = "report.html", "report.md", "trials.csv"


def write_reports(folder: RunFolder) -> None:
    """Each file is replaced whole. Needs no model and may be called again at any time, as when
    the student has written more. Raises UserError when a file of the run is missing or damaged.
    """
    record = read_record(folder)
    document = document_of(record)
    glossary = read_glossary()
    folder.write(HTML, HtmlReport(glossary).page(document))
    folder.write(MARKDOWN, MarkdownReport(glossary).page(document))
    folder.write(CSV, trials_csv(record.trials, record.lanes))


def markdown_report(folder: RunFolder) -> str:
    """report.md as it would be written now. Raises UserError as `write_reports` does."""
    return MarkdownReport(read_glossary()).page(document_of(read_record(folder)))
