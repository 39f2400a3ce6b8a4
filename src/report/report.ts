/** A study as one HTML file: read without the app, a network or scripts, and printed. */
import { bibtex, citation, type Cited, type CitedModel } from '../citation.ts';
import { Markup, markup } from './markup.ts';
import type { ReportWords } from './words.ts';
import style from './report.css?raw';

export interface ReportTable {
  readonly columns: readonly string[];
  /** As they are read. */
  readonly rows: readonly (readonly string[])[];
  /** Which columns hold numbers. */
  readonly numeric: readonly boolean[];
}

export interface ReportFigure {
  /** What was found, or what is drawn of which models: a sentence. */
  readonly title: string;
  /** What was measured, on which models, and n. */
  readonly measured: string;
  /** How what is drawn is computed and read. */
  readonly definition: string;
  /** What the chart says besides: how far the work was. */
  readonly note: string;
  /** Of a chart of ours: it is put into the page as it is. */
  readonly svg: Markup;
  readonly table: ReportTable;
  /** Models, interval, seed, rounding, device, version, date. */
  readonly lines: readonly string[];
  /** What makes the same numbers in a shell; null where nothing does. */
  readonly command: string | null;
}

/** One analysis of the study. */
export interface ReportPart {
  readonly title: string;
  /** Its settings, in a line. */
  readonly told: string;
  readonly findings: readonly string[];
  readonly figures: readonly ReportFigure[];
  /** Why there is no figure of something; empty where all are there. */
  readonly missing: string;
  /** Its records: the name of each, and the hash of the code that computed it. */
  readonly works: readonly { readonly key: string; readonly kind: string; readonly modules: string }[];
}

/** What a paper claims, and how the study stands to it. */
export interface ReportClaim {
  readonly says: string;
  /** Where it stands in the paper. */
  readonly where: string;
  readonly verdict: string;
  /** The numbers, with n and interval; of what is not testable, why. */
  readonly sentence: string;
  /** When it counts as supported, or what judging it takes. */
  readonly rule: string;
}

export interface ReportPaper {
  readonly title: string;
  readonly claims: readonly ReportClaim[];
}

export interface Report {
  readonly cited: Cited;
  /** Of the program that made the numbers: its version, and what names the build. */
  readonly build: string;
  readonly parts: readonly ReportPart[];
  /** Empty where nothing was judged. */
  readonly papers: readonly ReportPaper[];
  /** Of which models the verdicts are. */
  readonly judged: string;
  /** Of the study, as it was given (JSON). */
  readonly spec: string;
  /** `@font-face` rules with the files inside. */
  readonly faces: string;
  /** Tag of its language (BCP 47), and what it says by itself in it. */
  readonly lang: string;
  readonly words: ReportWords;
}

/** Nothing is loaded, sent or run: styles are in the page, and so are faces. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'";

/** The whole page. Every text in it is escaped; `svg` of figures is not, and `faces` holds no text of people. */
export function reportHtml(report: Report): string {
  const { cited, build, parts, papers, judged, spec, faces, lang, words } = report;
  const { title: name, version, date, models, command } = cited;
  const page = markup`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Frankenscope ${version}">
<title>${name}</title>
<style>${new Markup(faces + style)}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<p class="soft">${words.madeBy(build, date.slice(0, 10))} ${models.length === 0 ? null : words.models(models.map(({ name: one }) => one))}</p>
</header>
<nav aria-label="${words.contents}"><ul>${parts.map(
    ({ title }, at) => markup`<li><a href="#part-${at + 1}">${title}</a></li>`,
  )}${papers.length === 0 ? null : markup`<li><a href="#claims">${words.claims}</a></li>`}<li><a href="#provenance">${words.provenance}</a></li><li><a href="#again">${words.again}</a></li></ul></nav>
<main>
${parts.map((one, at) => part(one, at, words))}${papers.length === 0 ? null : claims(papers, judged, words)}
<section aria-labelledby="provenance">
<h2 id="provenance">${words.provenance}</h2>
${models.length === 0 ? null : modelsTable(models, words)}
<details><summary>${words.records}</summary>${worksTable(parts, words)}</details>
</section>
<section aria-labelledby="again">
<h2 id="again">${words.again}</h2>
<p>${words.saved}</p>
${command === null ? null : pre(command)}
<details><summary>${words.file}</summary>${pre(spec)}</details>
</section>
<section aria-labelledby="cite">
<h2 id="cite">${words.cite}</h2>
<p>${citation(cited)}</p>
<details><summary>BibTeX</summary>${pre(bibtex(cited))}</details>
</section>
</main>
</body>
</html>
`;
  return page.html;
}

/** A parser takes one line end off the beginning. */
const pre = (text: string): Markup => markup`<pre>\n${text}</pre>`;

function part(
  { title, told, findings, figures, missing }: ReportPart,
  at: number,
  words: ReportWords,
): Markup {
  const id = `part-${at + 1}`;
  return markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${told === '' ? null : markup`<p class="soft">${told}</p>`}
${findings.length === 0 ? null : markup`<ul>${findings.map((one) => markup`<li>${one}</li>`)}</ul>`}
${figures.map((one) => figure(one, words))}
${missing === '' ? null : markup`<p class="soft">${missing}</p>`}
</section>
`;
}

function claims(papers: readonly ReportPaper[], judged: string, words: ReportWords): Markup {
  return markup`<section aria-labelledby="claims">
<h2 id="claims">${words.claims}</h2>
<p>${judged}</p>
${papers.map(
  ({ title, claims: all }) => markup`<h3>${title}</h3>
${all.map(
  ({ says, where, verdict, sentence, rule }) => markup`<div class="claim">
<p><strong>${verdict}</strong>: ${says} <span class="soft">${where}</span></p>
<p>${sentence}</p>
<p class="soft">${rule}</p>
</div>
`,
)}`,
)}
</section>
`;
}

function figure(one: ReportFigure, words: ReportWords): Markup {
  const { title, measured, definition, note, svg, table, lines, command } = one;
  return markup`<figure>
<figcaption><h3>${title}</h3><p>${measured}${note === '' ? null : words.note(note)}</p></figcaption>
<div class="drawn" role="group" aria-label="${title}" tabindex="0">${svg}</div>
<p class="soft">${definition}</p>
<details><summary>${words.table}</summary><div class="wide" role="group" aria-label="${words.tableOf(title)}" tabindex="0">${tableOf(table)}</div></details>
<details><summary>${words.source}</summary>${lines.map((line) => markup`<p class="soft">${line}</p>`)}${
    command === null ? null : pre(command)
  }</details>
</figure>
`;
}

function tableOf({ columns, rows, numeric }: ReportTable): Markup {
  const kind = (at: number): Markup | null => (numeric[at] === true ? markup` class="number"` : null);
  return markup`<table><thead><tr>${columns.map(
    (column, at) => markup`<th scope="col"${kind(at)}>${column}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => markup`<tr>${row.map((cell, at) => markup`<td${kind(at)}>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}

function modelsTable(models: readonly CitedModel[], words: ReportWords): Markup {
  return markup`<table><thead><tr><th scope="col">${words.model}</th><th scope="col">${words.folder}</th><th scope="col">SHA-256</th></tr></thead><tbody>${models.map(
    ({ name, folder, fingerprint }) =>
      markup`<tr><td>${name}</td><td>${folder}</td><td class="code">${fingerprint ?? '–'}</td></tr>`,
  )}</tbody></table>`;
}

function worksTable(parts: readonly ReportPart[], words: ReportWords): Markup {
  return markup`<table><thead><tr>${[words.analysis, words.kind, words.name, words.code].map((one) => markup`<th scope="col">${one}</th>`)}</tr></thead><tbody>${parts.flatMap(
    ({ title, works }) =>
      works.map(
        ({ key, kind, modules }) =>
          markup`<tr><td>${title}</td><td>${kind}</td><td class="code">${key}</td><td class="code">${modules}</td></tr>`,
      ),
  )}</tbody></table>`;
}
