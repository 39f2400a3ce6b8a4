import { version } from '../../version.ts';
import { type AnswerSettings, MAX_NEW_TOKENS, planAsks } from '../../evaluation/answers/ask.ts';
import type { Asking } from '../../evaluation/answers/asking.ts';
import { DEFAULT_MAX_IMAGE_PIXELS } from '../../vlm/pixel-limit.ts';
import { gapExperiment, type TextSide, transferExperiments } from '../../evaluation/experiment.ts';
import { Grader } from '../../evaluation/grading/client.ts';
import { gapPieces } from '../../evaluation/perception/gap-files.ts';
import { gapTable } from '../../evaluation/perception/gap-table.ts';
import { PROMPT_STYLES, type PromptStyleName } from '../../evaluation/prompt-style.ts';
import { experimentsOf } from '../../evaluation/results/experiments-of.ts';
import { resultPieces, type ResultPieces } from '../../evaluation/results/write.ts';
import { metricTable } from '../../evaluation/tables/metric-table.ts';
import type { Asked } from '../../evaluation/variant.ts';
import { answerRemotely, remoteSubject } from '../../remote/answer-remotely.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { AnswerRun } from '../evaluation/answer-run.svelte.ts';
import { QuestionChoice } from '../evaluation/question-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { prepareImage } from './prepare-image.ts';
import { Service } from './service.svelte.ts';
import { t } from './texts.ts';

/** A remote model on the same questions, in the same settings, as local ones. */
export class RemoteEvaluation {
  readonly service = new Service('subject');
  readonly choice: QuestionChoice;
  readonly run: AnswerRun<Asked>;
  readonly #grader = new Grader();
  what = $state<'metrics' | 'gap'>('gap');
  style = $state<PromptStyleName>('none');
  text = $state<TextSide>('description_question');
  maxNewTokens = $state(MAX_NEW_TOKENS);
  /** Larger images are scaled down before they are sent. */
  maxImagePixels = $state(DEFAULT_MAX_IMAGE_PIXELS);
  /** What the service made us wait for last. */
  waiting = $state<string | null>(null);

  constructor(jobs: Jobs, journals: Journals) {
    this.choice = new QuestionChoice(jobs);
    this.run = new AnswerRun<Asked>('remote', 'Asking a remote model', journals, jobs);
  }

  rows = $derived.by(() => metricTable(this.run.graded, this.service.endpoint.model));
  gaps = $derived.by(() => gapTable(this.run.graded));
  refused = $derived.by(() => this.run.graded.filter(({ stop }) => stop === 'refused').length);

  prepare(): Promise<void> {
    return this.run.prepare((work) => this.#plan(work));
  }

  /** Results in the layout of local ones. The key is no part of them. */
  async files(): Promise<ResultPieces> {
    await this.run.whenGraded();
    const { seed } = this.choice;
    const { style, ...settings } = this.#settings();
    const facts = {
      version,
      ...originFacts(this.run.origin),
      remote: this.service.described,
      settings: { ...settings, promptStyle: style.name },
      refused: this.refused,
    };
    const { graded } = this.run;
    if (this.what !== 'gap')
      return resultPieces(this.rows, graded, experimentsOf(graded), { frankenscope: { ...facts, seed } });
    const plain = JSON.parse(JSON.stringify(facts)) as object;
    const summary = await this.#grader.run((host) => host.gapSummary(graded, seed, plain));
    return gapPieces(summary, graded);
  }

  #asking() {
    this.waiting = null;
    const client = this.service.client((why, milliseconds) => {
      this.waiting = t.waiting(why, Math.ceil(milliseconds / 1000));
    });
    return { client, atOnce: this.service.atOnce, prepareImage };
  }

  #settings(): AnswerSettings {
    return {
      style: PROMPT_STYLES[this.style],
      maxNewTokens: this.maxNewTokens,
      ...{ maxImagePixels: this.maxImagePixels, imageProcessing: null },
      device: 'remote',
      dtype: 'remote',
    };
  }

  async #plan(work: Parameters<typeof planAsks>[3]): Promise<Asking<Asked> | null> {
    if (this.service.needs !== null) return null;
    const { endpoint } = this.service;
    const [settings, what, text] = [this.#settings(), this.what, this.text];
    const sets = await this.choice.sets();
    const experiments = what === 'gap' ? [gapExperiment(sets.puzzles, text)] : transferExperiments(sets);
    const asks = await planAsks([await remoteSubject(endpoint)], experiments, settings, work);
    return { asks, run: (long) => answerRemotely(this.#asking(), asks, settings, long) };
  }
}
