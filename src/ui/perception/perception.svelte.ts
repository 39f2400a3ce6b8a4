import type { EngineApi } from '../../engine/protocol.ts';
import { wholeModel } from '../../engine/subject.ts';
import { gapExperiment, type TextSide } from '../../evaluation/experiment.ts';
import { Grader } from '../../evaluation/grading/client.ts';
import { gapPieces } from '../../evaluation/perception/gap-files.ts';
import { gapTable } from '../../evaluation/perception/gap-table.ts';
import type { ResponseScores } from '../../evaluation/perception/response-scores.ts';
import { type TagTokens, tokensWithinTags } from '../../evaluation/perception/tag-tokens.ts';
import type { ResultPieces } from '../../evaluation/results/write.ts';
import { subjectVariant, type Variant } from '../../evaluation/variant.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { settingsFacts } from '../../evaluation/results/facts.ts';
import { provenance } from '../../identity/provenance.ts';
import { AnswerRun, type Plan } from '../evaluation/answer-run.svelte.ts';
import { answererOf } from '../evaluation/engine-answerer.ts';
import { QuestionChoice } from '../evaluation/question-choice.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';

/** Scores of one model's responses to one side. */
export interface SideScores {
  readonly variant: string;
  readonly side: 'image' | 'text';
  readonly scores: ResponseScores;
}

/** Puzzles by image and by text, for every loaded model; rewards and measures over what was answered. */
export class Perception {
  readonly choice: QuestionChoice;
  readonly run: AnswerRun;
  /** Null: with a black image for the demo family, else alone. */
  chosenText = $state<TextSide | null>(null);
  pick = $state.raw<{ readonly row: string; readonly column: string } | null>(null);
  /** By model and side, tokens within tags; filled once they are counted. */
  tagTokens = $state.raw<ReadonlyMap<string, TagTokens>>(new Map());
  readonly #engine: EngineApi;
  readonly #family: Family;
  readonly #images: ImageChoice;
  readonly #scorer = new Grader();
  #scoring = false;
  #counting = 0;

  constructor(engine: EngineApi, family: Family, images: ImageChoice, jobs: Jobs, journals: Journals) {
    this.#engine = engine;
    this.#family = family;
    this.#images = images;
    this.choice = new QuestionChoice(jobs);
    this.run = new AnswerRun(
      'perception',
      'Asking puzzles by image and by text',
      answererOf(engine),
      journals,
      jobs,
    );
    this.run.onGraded = () => void this.#score();
  }

  rows = $derived.by(() => gapTable(this.run.graded));

  /** Only of what is complete on both sides would shares be comparable; rewards are of whatever is there. They come a while after it. */
  scores = $state.raw<readonly SideScores[]>([]);

  /** Scores what is graded, in a worker: intervals of thousands of rewards take seconds. Then what came meanwhile. */
  async #score(): Promise<void> {
    if (this.#scoring) return;
    this.#scoring = true;
    try {
      for (let scored: readonly unknown[] | null = null; scored !== this.run.graded;) {
        const { graded } = this.run;
        scored = graded;
        const sides = [...new Set(graded.map(({ variant }) => variant))].flatMap((variant) =>
          ([0, 1] as const).map((settingIndex) => ({ variant, settingIndex })),
        );
        const lists = sides.map((side) =>
          graded
            .filter((answer) => answer.variant === side.variant && answer.settingIndex === side.settingIndex)
            .map(({ response, goldAnswer, tokens }) => ({
              ...{ response, goldAnswer },
              ...(tokens === undefined ? {} : { tokens }),
            })),
        );
        const found = await this.#scorer.run((host) => host.scores(lists, this.choice.seed));
        this.scores = sides.flatMap(({ variant, settingIndex }, at): SideScores[] => {
          const scores = found[at];
          return scores ? [{ variant, side: settingIndex === 0 ? 'image' : 'text', scores }] : [];
        });
      }
    } finally {
      this.#scoring = false;
    }
  }

  /** Counts tokens within tags by each model's own tokenizer; of what is unloaded by now, nothing. */
  async countTags(): Promise<void> {
    const serial = ++this.#counting;
    const { graded } = this.run;
    const found = new Map<string, TagTokens>();
    for (const { identity, checkpoint } of this.#family.loaded) {
      for (const [index, side] of (['image', 'text'] as const).entries()) {
        const own = graded.filter(
          ({ variant, settingIndex }) => variant === identity.label && settingIndex === index,
        );
        const tokens = await tokensWithinTags(own, (texts) =>
          this.#engine.countTokens(checkpoint.id, texts),
        ).catch((): TagTokens => ({}));
        found.set(`${identity.label}/${side}`, tokens);
        // A later answer makes this count out of date.
        if (serial !== this.#counting) return;
      }
    }
    this.tagTokens = found;
  }

  /** The gaps and the records behind them. */
  async files(): Promise<ResultPieces> {
    await this.run.whenGraded();
    const { loaded } = this.#family;
    const { seed } = this.choice;
    const facts = {
      // The file calls models by their slots.
      checkpoints: loaded.map(({ identity, checkpoint, model }) => ({
        ...{ label: identity.label, ...provenance(checkpoint, model, seed) },
      })),
      settings: settingsFacts(this.choice.settings(loaded, this.#images.reading)),
      textSide: this.text,
      answers: { total: this.run.total, done: this.run.done, ...originFacts(this.run.origin) },
      tokensWithinTags: Object.fromEntries(this.tagTokens),
    };
    const plain = JSON.parse(JSON.stringify(facts)) as object;
    const { graded } = this.run;
    const summary = await this.#scorer.run((host) => host.gapSummary(graded, seed, plain));
    return gapPieces(summary, graded);
  }

  get needs(): string | null {
    return this.#family.loaded.length === 0 ? 'Load a model.' : null;
  }

  get text(): TextSide {
    if (this.chosenText) return this.chosenText;
    return this.choice.style(this.#family.loaded) === 'demo'
      ? 'black_image_description_question'
      : 'description_question';
  }

  prepare(): Promise<void> {
    return this.run.prepare(() => this.#plan());
  }

  async #plan(): Promise<Plan | null> {
    const { loaded } = this.#family;
    if (loaded.length === 0) return null;
    const settings = this.choice.settings(loaded, this.#images.reading);
    const { text } = this;
    const { puzzles } = await this.choice.sets();
    const variants: Variant[] = [];
    for (const slot of loaded) {
      const { id, layers } = slot.checkpoint;
      variants.push(await subjectVariant(slot.identity.label, wholeModel(id, layers), [slot]));
    }
    return { variants, experiments: [gapExperiment(puzzles, text)], settings };
  }
}
