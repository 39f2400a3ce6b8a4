import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../paths.mjs';

/** @import {Plugin} from 'vite' */

const STUDY = join(ROOT, 'public', 'study', 'demo.frankenscope');
/** Beside the study, of which it is a part; `src/ui/state/carried.svelte.ts` reads it. */
const FILE = 'study/finding.json';
/** The start page tells what RL changed in attention: the last two models. */
const KIND = 'attention';
const MODELS = 2;
/** Digits of a line's sum, and the space behind them (`src/study/journal/lines.ts`). */
const SUM = 17;

/**
 * What the start page shows of the study that travels with the app, as a file of its own: an eighth of its bytes.
 * @returns {Plugin}
 */
export function carriedFinding() {
  return {
    name: 'frankenscope:carried-finding',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (request.url?.split('?')[0] !== `/${FILE}`) return next();
        response.setHeader('Content-Type', 'application/json');
        response.end(findingOf(readFileSync(STUDY)));
      });
    },
    generateBundle() {
      this.addWatchFile(STUDY);
      this.emitFile({ type: 'asset', fileName: FILE, source: findingOf(readFileSync(STUDY)) });
    },
  };
}

/**
 * Its work, as a journal lists it, by whom it was computed, and its records: of the models that the chart compares, and in place of
 * the heads of a layer their mean, which is what layers are compared by (docs/method.md §4).
 * @param {Uint8Array} study packed
 * @returns {string} JSON; "null" where the study has none
 */
export function findingOf(study) {
  const [first = '', ...lines] = gunzipSync(study).toString('utf8').split('\n').filter(Boolean);
  /** @type {{analyses: readonly {works: readonly {key: string, kind: string}[]}[]}} */
  const { analyses } = JSON.parse(first.slice(SUM));
  const work = analyses.flatMap(({ works }) => works).find(({ kind }) => kind === KIND);
  const said = lines.map((line) => JSON.parse(line.slice(SUM)));
  const begins = said.findIndex(({ kind }) => kind === KIND);
  if (!work || begins === -1) return 'null';
  const next = said.findIndex(({ kind }, at) => at > begins && kind !== undefined);
  const { modules, build, at, kind, title, inputs, settings, total, complete } = said[begins];
  const own = said.slice(begins + 1, next === -1 ? undefined : next);
  const shown = own.find(({ part }) => part !== undefined);
  if (!shown) return 'null';
  const described = { key: work.key, kind, title, inputs, settings, total, complete };
  return JSON.stringify({
    work: { ...described, analysis: shown.analysis, part: shown.part, at: shown.at },
    origin: { key: work.key, build, modules, at },
    records: own.flatMap(({ record }) => (record === undefined ? [] : [withoutHeads(record)])),
  });
}

/** @param {{models: readonly {mass: readonly (readonly number[])[]}[]}} record */
function withoutHeads({ models, ...rest }) {
  return {
    ...rest,
    models: models.slice(-MODELS).map((model) => ({
      ...model,
      mass: model.mass.map((heads) => (heads.length > 0 ? [mean(heads)] : [])),
    })),
  };
}

/** As `src/statistics/mean.ts`, to the last bit. @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
