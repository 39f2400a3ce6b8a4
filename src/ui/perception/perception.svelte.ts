import type { EvaluationPlan, GivenEvaluation } from '../../analyses/evaluation.ts';
import { analysis as gap, textOf } from '../../analyses/gap/analysis.ts';
import { declaration } from '../../analyses/gap/declaration.mjs';
import { jsonText } from '../../analyses/result-file.ts';
import { piecesWithRun } from '../../analyses/run-block.ts';
import { firstValues } from '../../analyses/setting-values.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import { Grader } from '../../evaluation/grading/client.ts';
import type { ResponseScores } from '../../evaluation/perception/response-scores.ts';
import { type TagTokens, tokensWithinTags } from '../../evaluation/perception/tag-tokens.ts';
import type { ResultPieces } from '../../evaluation/results/write.ts';
import type { Variant } from '../../evaluation/variant.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { AnswerRun } from '../evaluation/answer-run.svelte.ts';
import { KeptEvaluation } from '../evaluation/kept-evaluation.ts';
import { type EvaluationForm, QuestionChoice } from '../evaluation/question-choice.svelte.ts';
import { evaluationFacts, type WithFacts } from '../figure-source/evaluation-facts.ts';
import { answering, asked } from '../state/asked-slot.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { ListedWork } from '../state/shown-part.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';
import { wordsOf } from '../analyses/words-of.ts';
import { t as states } from '../state/texts.ts';
import type { View } from '../state/view.svelte.ts';

/** Scores of one model's responses to one side. */
interface SideScores {
  readonly variant: string;
  readonly side: 'image' | 'text';
  readonly scores: ResponseScores;
}

/** Puzzles by image and by text, for every loaded model; rewards and measures over what was answered. */
export class Perception {
  readonly choice: QuestionChoice;
  readonly addressed: EvaluationForm;
  readonly kept: KeptEvaluation;
  readonly run: AnswerRun<Variant, WithFacts<EvaluationPlan>>;
  /** Null: with a black image for the demo family, else alone. */
  chosenText = $state<'alone' | 'black' | null>(null);
  pick = $state.raw<{ readonly row: string; readonly column: string } | null>(null);
  /** By model and side, tokens within tags; filled once they are counted. */
  tagTokens = $state.raw<ReadonlyMap<string, TagTokens>>(new Map());
  readonly #engine: EngineApi;
  readonly #family: Family;
  readonly #images: ImageChoice;
  readonly #scorer = new Grader();
  #scoring = false;
  #counting = 0;

  constructor(
    engine: EngineApi,
    { family, images, view }: { readonly family: Family; readonly images: ImageChoice; readonly view: View },
    jobs: Jobs,
    journals: Journals,
  ) {
    this.#engine = engine;
    this.#family = family;
    this.#images = images;
    this.choice = new QuestionChoice(jobs);
    this.addressed = this.choice.addressed(declaration, {
      values: () => ({ text: this.chosenText }),
      take: ({ text }) => (this.chosenText = text === 'alone' || text === 'black' ? text : null),
    });
    this.kept = new KeptEvaluation(gap, this.choice, this.addressed, { family, images, view });
    this.run = new AnswerRun(
      'perception',
      () => states.jobs.askingPuzzles,
      journals,
      jobs,
      answering(engine, () => family.loaded),
    );
    this.run.onGraded = () => void this.#score();
  }

  rows = $derived.by(() => gap.table(this.run.graded, this.#values));

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
        const found = await this.#scorer.run((host) => host.scores(lists));
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

  /** What the command writes, the records behind it, and tokens within tags as far as they are counted. */
  async files(): Promise<ResultPieces> {
    await this.run.whenGraded();
    const { plan, graded, done, origin, figures } = this.run;
    if (!plan) return new Map();
    const written = await plan.files({
      ...{ graded, done },
      ...(origin ? { origin: originFacts(origin) } : {}),
    });
    const files = piecesWithRun(written, figures);
    if (this.tagTokens.size === 0) return files;
    const counted = jsonText(Object.fromEntries(this.tagTokens));
    return new Map([...files, ['tokens_within_tags.json', [counted]]]);
  }

  /** What was found, in sentences. */
  findings = $derived.by(() => gap.findings(this.rows, this.#values, wordsOf(gap)));

  get needs(): string | null {
    return this.#missing ?? this.#family.standInNeeds;
  }

  /** What is missing before it can be laid out, and what is kept of it shown. */
  get #missing(): string | null {
    const missing = gap.needs(this.#family.present.map(asked), wordsOf(gap));
    return this.#family.standIn ? missing : (this.#family.weightsOnly ?? missing);
  }

  /** Shows answers as they were given: no model is loaded for it. @throws NamedError those of `KeptEvaluation.restore` */
  async showKept(work: ListedWork): Promise<void> {
    this.kept.restore(work);
    await this.prepare();
  }

  /** The text side, as it was chosen or as the models have it. */
  get text(): 'alone' | 'black' {
    return textOf(this.#family.present, this.#values);
  }

  prepare(): Promise<void> {
    let part: ReturnType<KeptEvaluation['part']> = null;
    return this.run.prepare(
      (work) => this.#plan(work, (models, samples) => (part = this.kept.part(models, samples))),
      () => part,
    );
  }

  get #values() {
    const { choice, chosenText } = this;
    return { ...firstValues(declaration.settings), ...choice.values, text: chosenText };
  }

  async #plan(
    work: GivenEvaluation['work'],
    keep: (models: readonly LoadedSlot[], samples: ItemSets) => void,
  ): Promise<WithFacts<EvaluationPlan> | null> {
    if (this.#missing !== null) return null;
    const { present } = this.#family;
    const models = present.map(asked);
    const values = this.#values;
    const { reading } = this.#images;
    const samples = await this.choice.sets();
    keep(present, samples);
    const plan = await gap.plan(
      {
        ...{ engine: this.#engine, models, samples, reading },
        gapModels: (...given) => this.#scorer.run((host) => host.gapModels(...given)),
        ...(work ? { work } : {}),
      },
      values,
    );
    const questions = this.choice.listName;
    return { ...plan, facts: evaluationFacts(gap, { models, reading, questions }, values) };
  }
}
