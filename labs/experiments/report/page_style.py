"""The look of report.html: light, for reading and for paper."""

from __future__ import annotations

STYLE = """
:root { --text: #1b1b20; --quiet: #5c5c68; --line: #e4e4ea; --soft: #f5f5f8; --accent: #433bcb;
        --warn: #8a5500; --warn-soft: #fbf3e2; }
* { box-sizing: border-box; }
body { font: 15px/1.55 Inter, system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--text);
       background: #fff; max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem;
       overflow-wrap: anywhere; }
.kicker { color: var(--quiet); font-size: .8rem; margin: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; font-weight: 600; margin: .1rem 0 .9rem; }
h2 { font-size: 1.15rem; font-weight: 600; margin: 3rem 0 1rem; padding-top: .8rem;
     border-top: 2px solid var(--text); }
h3 { font-size: 1rem; font-weight: 600; margin: 2.2rem 0 .6rem; }
p { margin: .6rem 0; }
ul { margin: .4rem 0; padding-left: 1.2rem; } li { margin: .25rem 0; }
a.term { color: inherit; text-decoration: underline dotted var(--quiet) 1px;
         text-underline-offset: .2em; }
.facts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 0; padding: .7rem 0;
         border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.facts dt { color: var(--quiet); font-size: .75rem; }
.facts dd { margin: 0; font-size: .88rem; font-variant-numeric: tabular-nums; }
.lead { margin: 1.2rem 0; } .lead .verdict { color: var(--accent); font-weight: 600;
        font-size: .9rem; margin: 0; } .lead .verdict::first-letter { text-transform: uppercase; }
.lead .sentence { font-size: 1.22rem; line-height: 1.45; margin: .2rem 0 0; }
.box { background: var(--soft); border-radius: 8px; padding: .8rem 1.1rem; margin: 1.2rem 0;
       font-size: .92rem; }
.box.warning { background: var(--warn-soft); } .box.warning h4 { color: var(--warn); }
.box h4, caption { font-size: .85rem; font-weight: 600; margin: 0 0 .3rem; text-align: left; }
figure { margin: 1.6rem 0; }
figure svg { display: block; width: 103.96%; margin: 0 -1.98%; height: auto; } /* its own margin */
figcaption { color: var(--quiet); font-size: .85rem; margin-top: .3rem; }
.figures { border-top: 1px solid var(--line); }
.number { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0 1.2rem; padding: .8rem 0;
          border-bottom: 1px solid var(--line); }
.number .value { font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums;
                 line-height: 1.2; }
.number .value.none { font-size: .95rem; color: var(--quiet); padding-top: .15rem; }
.number .title { font-weight: 600; } .number .around { font-variant-numeric: tabular-nums;
                 font-size: .88rem; }
.number .sentence { color: var(--quiet); font-size: .85rem; margin: .2rem 0 0; }
.scroll { overflow-x: auto; margin: 1.4rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; overflow-wrap: normal; }
th { text-align: left; font-weight: 500; color: var(--quiet); vertical-align: bottom; }
th, td { padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--line); }
td { vertical-align: top; font-variant-numeric: tabular-nums; }
td:last-child, th:last-child { padding-right: 0; }
td small { display: block; color: var(--quiet); font-size: .78rem; line-height: 1.35; }
table.numeric.wide { table-layout: fixed; } table.numeric td:first-child { width: 28%; }
table.plain td { overflow-wrap: anywhere; }
table.plain td:first-child { color: var(--quiet); white-space: nowrap; width: 11rem; }
.note { color: var(--quiet); font-size: .82rem; }
.methods { font-size: .92rem; }
.own { border-left: 3px solid var(--accent); padding-left: 1.1rem; }
.own h1, .own h2, .own h3 { font-size: 1rem; border: 0; padding: 0; margin: 1.2rem 0 .3rem; }
.own pre { white-space: pre-wrap; }
.glossary { font-size: .85rem; columns: 2; column-gap: 2rem; }
.glossary div { break-inside: avoid; } .glossary dt { font-weight: 600; }
.glossary dd { margin: 0 0 .5rem; color: var(--quiet); }
h2 + h2 { margin-top: 0; } .facts + h2 { margin-top: 1.4rem; border-top: 0; }
.simulated { position: sticky; top: 0; z-index: 2; background: var(--warn-soft);
             color: var(--warn); font-weight: 600; font-size: .85rem; text-align: center;
             padding: .45rem; margin: -1rem 0 1.5rem; border-radius: 6px; }
@page { margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages);
        font: 9px sans-serif; color: #5c5c68; } }
@media print {  /* dense: what is kept whole, such as a figure, must find room on most pages */
  body { padding: 0; max-width: none; font-size: 9.5pt; line-height: 1.42; }
  h1 { font-size: 1.4rem; } p { margin: .4rem 0; }
  h2 { margin: 1.4rem 0 .6rem; padding-top: .5rem; } h3 { margin: 1.1rem 0 .4rem; }
  .lead { margin: .6rem 0; } .lead .sentence { font-size: 1.1rem; line-height: 1.35; }
  .box { margin: .7rem 0; padding: .5rem .9rem; }
  figure { margin: .7rem 0; }
  figure svg { width: auto; max-width: 94%; max-height: 112mm; margin-left: -1.8%; }
  .number { padding: .4rem 0; } .number .value { font-size: 1.15rem; }
  .scroll { overflow: visible; margin: .7rem 0; } table { font-size: 8.5pt; line-height: 1.3; }
  th, td { padding-top: .2rem; padding-bottom: .2rem; } td small { line-height: 1.25; }
  .glossary { columns: 3; column-gap: 1.4rem; font-size: 8.5pt; line-height: 1.3; }
  .methods { font-size: 1em; }
  h2, h3, caption, .box h4 { break-after: avoid; } .note { break-before: avoid; }
  figure, .number, .box, tr, .lead, dt { break-inside: avoid; } dt { break-after: avoid; }
  p, li { orphans: 2; widows: 2; }
  a.term { text-decoration: none; }
  .box, .simulated { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .simulated { position: static; margin-top: 0; }
}
"""

# On paper every page says so, in the margin where it hides nothing.
SIMULATED_FOOT = """
@page { @bottom-left { content: "SIMULATED"; font: bold 9px sans-serif; color: #8a5500; } }
"""
