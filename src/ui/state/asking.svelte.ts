import type { NamedError } from '../../named-error.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import type { GenerateEvent, GenerateRequest, GenerateResult } from '../../engine/protocol/generation.ts';
import { wholeModel } from '../../engine/subject.ts';
import type { Look } from '../layer-strip/look.ts';
import { bodyOf, type Body } from '../layer-strip/layer-axis.ts';
import { Answer } from './answer.svelte.ts';
import type { ImageChoice } from './image-choice.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import { named } from '../../named.ts';
import type { Stitch } from './stitch.svelte.ts';
import { t } from './texts.ts';

/** An image of the question, with the address of its preview. */
export interface AskedImage {
  readonly name: string;
  readonly blob: Blob;
  readonly url: string;
}

/** What was run, kept as it was when asked. */
export interface Pictured {
  readonly body: Body;
  readonly donors: readonly Look[];
  readonly rest: Look | null;
  readonly off: ReadonlySet<number>;
}

export interface Cost {
  readonly promptTokens: number;
  readonly imageTokens: number;
  /** Seconds before the first token: vision tower and prefill. */
  readonly before: number;
  /** Tokens a second over all rows decoded together, and their seconds; null while they come in. */
  readonly decode: { readonly tokensPerSecond: number; readonly seconds: number } | null;
}

/** One question and its answers. */
export class Asked {
  readonly id: number;
  readonly question: string;
  readonly images: readonly AskedImage[];
  readonly pictured: Pictured;
  /** `Stitch.signature` when asked. */
  readonly signature: string;
  /** The model as it is. */
  readonly intact = new Answer();
  /** The same with the edits; null when there were none. */
  readonly edited: Answer | null;
  state = $state<'running' | 'done' | 'failed'>('running');
  error = $state.raw<NamedError | null>(null);
  cost = $state.raw<Cost | null>(null);

  constructor(id: number, question: string, images: readonly AskedImage[], stitch: Stitch, body: Body) {
    this.id = id;
    this.question = question;
    this.images = images;
    this.pictured = { body, donors: stitch.looks, rest: stitch.rest, off: stitch.off };
    this.signature = stitch.signature;
    this.edited = stitch.edited ? new Answer() : null;
  }
}

/** Older answers leave the session's history; their images go with them. */
const KEPT = 8;

/** The question being put together, and the last few that were asked. */
export class Asking {
  question = $state('');
  images = $state.raw<readonly AskedImage[]>([]);
  /** null leaves the chat template's own system prompt. */
  system = $state<string | null>(null);
  maxNewTokens = $state(64);
  temperature = $state(0);
  /** 1 is none. */
  repetitionPenalty = $state(1);
  seed = $state(0);
  /** Ask the same again whenever a layer is switched or handed over. */
  live = $state(false);
  history = $state.raw<readonly Asked[]>([]);
  #count = 0;
  readonly #engine: EngineApi;
  readonly #stitch: Stitch;
  readonly #imageChoice: ImageChoice;
  readonly #jobs: Jobs;

  constructor(engine: EngineApi, stitch: Stitch, imageChoice: ImageChoice, jobs: Jobs) {
    this.#engine = engine;
    this.#stitch = stitch;
    this.#imageChoice = imageChoice;
    this.#jobs = jobs;
  }

  get current(): Asked | null {
    return this.history[0] ?? null;
  }

  get running(): boolean {
    return this.current?.state === 'running';
  }

  /** What would be run now is not what was. */
  get stale(): boolean {
    return this.current !== null && this.current.signature !== this.#stitch.signature;
  }

  addImages(files: Iterable<File>): void {
    const more = [...files].map((file) => ({ name: file.name, blob: file, url: URL.createObjectURL(file) }));
    this.images = [...this.images, ...more];
  }

  /** Puts a question with its images in the place of the one being written. */
  put(question: string, files: Iterable<File>): void {
    const before = this.images;
    this.question = question;
    this.images = [];
    this.#release(before);
    this.addImages(files);
  }

  removeImage(image: AskedImage): void {
    this.images = this.images.filter((kept) => kept !== image);
    this.#release([image]);
  }

  stop(): void {
    if (this.current) void this.#engine.cancel(this.#job(this.current));
  }

  async ask(): Promise<void> {
    const { model, subject } = this.#stitch;
    if (!model || !subject || this.running) return;
    const { layers } = model.checkpoint;
    const { stitched, row } = this.#stitch;
    this.#count += 1;
    const asked = new Asked(this.#count, this.question, this.images, this.#stitch, bodyOf(model.checkpoint));
    this.#keep(asked);
    const plain = wholeModel(model.checkpoint.id, layers);
    try {
      if (!asked.edited) await this.#run(asked, { subject: plain }, [asked.intact]);
      else if (!stitched)
        await this.#run(asked, { subject: plain, rows: [{}, row] }, [asked.intact, asked.edited]);
      else {
        const whole = await this.#run(asked, { subject: plain }, [asked.intact]);
        if (whole.rows[0]?.stop !== 'cancelled') {
          await this.#run(asked, { subject, rows: [row] }, [asked.edited]);
        }
      }
      asked.state = 'done';
    } catch (error) {
      asked.error = named(error);
      asked.state = 'failed';
    } finally {
      this.#jobs.end(this.#job(asked));
    }
  }

  async #run(
    asked: Asked,
    what: Pick<GenerateRequest, 'subject' | 'rows'>,
    answers: readonly Answer[],
  ): Promise<GenerateResult> {
    // Events and the result come over different ports: the last events may arrive after it.
    let settled = false;
    const onEvent = (event: GenerateEvent) => {
      if (settled) return;
      if (event.type === 'prompt') {
        const { promptTokens, imageTokens, seconds } = event;
        asked.cost = { promptTokens, imageTokens, before: seconds.vision + seconds.prefill, decode: null };
      } else answers[event.row]?.push(event.token, event.text);
      this.#report(asked, answers);
    };
    this.#report(asked, answers);
    const result = await this.#engine.generate(this.#request(asked, what), onEvent).finally(() => {
      settled = true;
    });
    answers.forEach((answer, i) => {
      const row = result.rows[i];
      if (row) answer.finish(row);
    });
    const tokens = result.rows.reduce((sum, row) => sum + row.tokens.length, 0);
    const { vision, prefill, decode } = result.seconds;
    asked.cost = {
      promptTokens: result.promptTokens,
      imageTokens: result.imageTokens,
      before: vision + prefill,
      decode: { seconds: decode, tokensPerSecond: decode > 0 ? tokens / decode : 0 },
    };
    return result;
  }

  #request(asked: Asked, what: Pick<GenerateRequest, 'subject' | 'rows'>): GenerateRequest {
    return {
      ...what,
      job: this.#job(asked),
      prompt: asked.question,
      ...(asked.images.length ? { images: asked.images.map(({ blob }) => blob) } : {}),
      ...this.#imageChoice.reading,
      ...(this.system === null ? {} : { system: this.system }),
      maxNewTokens: this.maxNewTokens,
      sampling: {
        temperature: this.temperature,
        seed: this.seed,
        ...(this.repetitionPenalty === 1 ? {} : { repetitionPenalty: this.repetitionPenalty }),
      },
    };
  }

  #report(asked: Asked, answers: readonly Answer[]): void {
    const tokens = Math.max(...answers.map((answer) => answer.tokens.length));
    this.#jobs.report({
      id: this.#job(asked),
      title: asked.cost ? t.question.answering : t.question.reading,
      detail: asked.cost ? t.question.tokens(tokens, this.maxNewTokens) : '',
      share: asked.cost ? tokens / this.maxNewTokens : null,
      cancel: () => this.stop(),
    });
  }

  #keep(asked: Asked): void {
    const all = [asked, ...this.history];
    this.history = all.slice(0, KEPT);
    this.#release(all.slice(KEPT).flatMap(({ images }) => images));
  }

  /** Frees previews that nothing shows any more. */
  #release(images: readonly AskedImage[]): void {
    const shown = new Set([...this.images, ...this.history.flatMap((asked) => asked.images)]);
    for (const image of images) if (!shown.has(image)) URL.revokeObjectURL(image.url);
  }

  #job(asked: Asked): string {
    return `ask ${asked.id}`;
  }
}
