/** The engine: everything that can be asked of resident checkpoints. */
import { NamedError } from '../named-error.ts';
import { injectedLayers, rowsPerPrefill } from './estimate.ts';
import { captureKv, forward } from './forward.ts';
import type { PromptRows } from './decode-options.ts';
import type { DecodedRow } from './generate.ts';
import { generate, generateAll } from './generate.ts';
import type { LensNumbers } from './lens.ts';
import { runNeeds, visionNeeds } from './held-weights.ts';
import { ModelLibrary } from './model-library.ts';
import type { Prepared } from './prepare.ts';
import type { Device, WeightDtype } from './protocol/device.ts';
import type {
  CaptureAllKvRequest,
  CaptureKvRequest,
  ForwardRequest,
  ForwardResult,
  LensReading,
  LikelyToken,
} from './protocol/forward.ts';
import type {
  GenerateAllRequest,
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  PromptAnswers,
  Sampling,
} from './protocol/generation.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { PromptSpec } from './protocol/prompt.ts';
import type { AnswerScores, ScoreProgress, ScoreRequest } from './protocol/scores.ts';
import { headOf, type ResidentSubject } from './resident.ts';
import { scoreAnswer, scoresInWords } from './score-answer.ts';
import type { ReadyDevice } from './ready-devices.ts';
import type { Runtime } from './runtime.ts';
import { seamsOf } from './seams.ts';
import type { Subject } from './subject.ts';
import type { CapturedKv } from './swap.ts';
import { plainCost } from './plain-cost.ts';
import { StepCount } from './work-account.ts';
import { scoreBytes, visionBytes, type Work, type Working, working } from './working.ts';
import type { EngineWork, PlainCost } from './worked.ts';

export type { Surroundings } from './ready-devices.ts';

export class Engine extends ModelLibrary {
  readonly #sources = new Map<string, CapturedKv>();
  #serial = 0;
  /** What was asked last: a plain answer to it is what others are measured by. */
  #last: { readonly subject: Subject; readonly prepared: Prepared } | null = null;

  generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult> {
    return this.jobs.run(request.job, (signal) =>
      this.queue.add(async () => {
        const rows = request.rows ?? [{}];
        const { subject, ready, device } = this.resolve(request.subject);
        const [prepared] = await this.#begin(ready, subject, [request], request, signal).catch(
          (error: unknown) => {
            if (!signal.aborted || error !== signal.reason) throw error;
            return [];
          },
        );
        if (!prepared) return nothingYet(rows.length, device, subject.rest.dtype);
        const { tokenizer } = this.folder(subject.rest.id);
        const { sequence, visionSeconds } = prepared;
        const imageTokens = sequence.imagePositions.length;
        const decoders = rows.map(() => tokenizer.streamDecoder({ skipSpecial: true }));
        const pieces = rows.map((): string[] => []);
        this.#last = { subject: request.subject, prepared };
        const steps = new StepCount();
        const started = performance.now();
        let prefilled = started;
        const decoded = await generate(ready.runtime, subject, sequence, {
          ...this.#promptRows(ready, subject, prepared, { ...request, rows }),
          sampling: request.sampling ?? GREEDY,
          sources: this.#sourcesOf(rows),
          signal,
          onPrefilled: () => {
            steps.begin();
            prefilled = performance.now();
            const seconds = { vision: visionSeconds, prefill: (prefilled - started) / 1000 };
            onEvent({ type: 'prompt', promptTokens: sequence.length, imageTokens, seconds });
          },
          onToken: (row, token) => {
            steps.token(row);
            const text = decoders[row]?.push(token) ?? '';
            if (request.pieces) pieces[row]?.push(text);
            onEvent({ type: 'token', row, token, text });
          },
        });
        ready.runtime.account.said(steps.steps);
        const answers = this.#answers(subject, prepared, rows, decoded);
        return {
          ...answers,
          ...(request.pieces
            ? { rows: answers.rows.map((row, at) => ({ ...row, pieces: pieces[at] as string[] })) }
            : {}),
          device,
          dtype: subject.rest.dtype,
          seconds: {
            vision: visionSeconds,
            prefill: (prefilled - started) / 1000,
            decode: (performance.now() - prefilled) / 1000,
          },
        };
      }),
    );
  }

  /** What was cancelled has the rows it had got to, of each prompt. */
  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]> {
    return this.jobs.run(request.job, (signal) =>
      this.queue.add(async () => {
        const { subject: asked, ready } = this.resolve(request.subject);
        const subject = seamed(ready.runtime, asked, request);
        const rowsOf = request.prompts.map(({ rows }) => rows ?? [{}]);
        const sources = this.#sourcesOf(rowsOf.flat());
        let prepared: readonly Prepared[];
        try {
          prepared = await this.#begin(ready, subject, request.prompts, request, signal);
        } catch (error) {
          if (!signal.aborted || error !== signal.reason) throw error;
          return rowsOf.map((rows) => noAnswers(rows.length));
        }
        const prompts = prepared.map((one, index) => ({
          sequence: one.sequence,
          ...this.#promptRows(ready, subject, one, { ...request, rows: rowsOf[index] as RowSpec[] }),
        }));
        const sampling = request.sampling ?? GREEDY;
        const [last] = prepared.slice(-1);
        if (last) this.#last = { subject: request.subject, prepared: last };
        const steps = new StepCount();
        const decoded = await generateAll(ready.runtime, subject, prompts, {
          ...{ sampling, sources, signal },
          ...{ onPrefilled: steps.begin, onToken: steps.token },
        });
        ready.runtime.account.said(steps.steps);
        return decoded.map((rows, index) =>
          this.#answers(subject, prepared[index] as Prepared, rowsOf[index] as RowSpec[], rows),
        );
      }),
    );
  }

  forward(request: ForwardRequest): Promise<ForwardResult> {
    return this.jobs.run(request.job, (signal) =>
      this.queue.add(async () => {
        const started = performance.now();
        const rows = request.rows ?? [{}];
        const { subject, ready } = this.resolve(request.subject);
        const prepared = await this.#prepare(ready, subject, request, signal, request.continuation);
        const attention = request.capture?.attention !== undefined;
        await this.#holdPass(ready, subject, prepared, rows.length, signal, { attention });
        const results = await forward(ready.runtime, subject, prepared.sequence, {
          rows,
          capture: request.capture ?? {},
          sources: this.#sourcesOf(rows),
          rowsPerPrefill: this.#rowsPerPrefill(ready, subject, prepared.sequence.length, attention),
          signal,
        });
        const { tokenizer } = this.folder(subject.rest.id);
        const likely = (one: LensNumbers['top']): LikelyToken => ({
          ...one,
          text: tokenizer.decode([one.token], { skipSpecial: false }),
        });
        const inWords = ({ top, topk, asked }: LensNumbers): LensReading => ({
          top: likely(top),
          ...(topk ? { topk: topk.map(likely) } : {}),
          asked,
        });
        return {
          rows: results.map(({ lens, ...row }) => (lens ? { ...row, lens: lens.map(inWords) } : row)),
          promptTokenIds: prepared.inputIds,
          imageSpans: prepared.imageSpans,
          imageGrids: prepared.imageGrids,
          ...(request.capture?.visionEmbeddings ? { visionEmbeddings: prepared.imageEmbeddings } : {}),
          seconds: (performance.now() - started) / 1000,
        };
      }),
    );
  }

  scoreAnswer(
    request: ScoreRequest,
    onProgress: (progress: ScoreProgress) => void = () => undefined,
  ): Promise<AnswerScores> {
    return this.jobs.run(request.job, (signal) =>
      this.queue.add(async () => {
        const started = performance.now();
        const rows = request.readers.map(({ row }) => row ?? {});
        const [first, ...others] = request.readers;
        const { subjects, ready, folder } = this.resolveAll(
          first.subject,
          others.map(({ subject }) => subject),
        );
        const { tokenizer, prompts } = folder;
        const answer =
          typeof request.answer === 'string'
            ? ((await prompts.encode([request.answer], signal))[0] ?? [])
            : request.answer;
        const readers = subjects.map((subject, index) => ({
          subject,
          row: rows[index] as RowSpec,
          prepare: async (continuation: readonly number[]) => {
            const prepared = await this.#prepare(ready, subject, request, signal, continuation);
            // What every reader's head says of a place is compared: all of them stay.
            await this.#holdPass(ready, subject, prepared, 1, signal, { beside: subjects });
            return prepared;
          },
        }));
        const found = await scoreAnswer(ready.runtime, readers, {
          answer,
          alternatives: request.alternatives ?? 0,
          divergences: request.divergences ?? [],
          sources: this.#sourcesOf(rows),
          signal,
          onProgress,
        });
        return { ...scoresInWords(answer, found, tokenizer), seconds: (performance.now() - started) / 1000 };
      }),
    );
  }

  /** Handles survive until `releaseKv`; `handle` lets a rebuilt engine give the same name again. */
  async captureImageKv(
    { job, subject, ...prompt }: CaptureKvRequest,
    handle = `kv-${this.#serial++}`,
  ): Promise<string> {
    await this.captureImagesKv({ job, subject, prompts: [prompt] }, [handle]);
    return handle;
  }

  /** As of `captureImageKv`; images after the same text are read together. */
  captureImagesKv(
    request: CaptureAllKvRequest,
    handles: readonly string[] = request.prompts.map(() => `kv-${this.#serial++}`),
  ): Promise<readonly string[]> {
    return this.jobs.run(request.job, (signal) =>
      this.queue.add(async () => {
        const { prompts } = request;
        const { subject, ready } = this.resolve(request.subject);
        const prepared = await this.#prepareAll(ready, subject, prompts, signal, {});
        const asked = prepared.map(({ sequence }, index) => ({ sequence, asked: prompts[index]?.positions }));
        const captured = await ready.runtime.beginnings.reading(asked, async () => {
          const sources: CapturedKv[] = [];
          for (const [index, one] of prepared.entries()) {
            await this.#holdPass(ready, subject, one, 1, signal);
            sources.push(
              await captureKv(ready.runtime, subject, one.sequence, signal, prompts[index]?.positions),
            );
          }
          return sources;
        });
        handles.forEach((handle, index) => this.#sources.set(handle, captured[index] as CapturedKv));
        return handles;
      }),
    );
  }

  releaseKv(handle: string): void {
    this.#sources.delete(handle);
  }

  cancel(job: string): void {
    this.jobs.cancel(job);
  }

  /** What was computed on the device since it is in use. @throws NamedError those of making it ready */
  async account(device: Device): Promise<EngineWork> {
    const { cells, steps } = (await this.runtime(device)).account;
    return { cells, steps };
  }

  /**
   * What one plain answer to the last question takes here; null where nothing was asked, where models take turns, and where weights
   * are compiled into graphs and those of another one would be large.
   */
  plainCost(): Promise<PlainCost | null> {
    return this.queue.add(async () => {
      const last = this.#last;
      if (!last || !this.holds(last.subject)) return null;
      const { subject, ready } = this.resolve(last.subject);
      const { constantWeights } = ready.runtime.backend;
      if (ready.weights.limited || (constantWeights && subject.rest.arrays.bytes > SMALL_BYTES)) return null;
      return plainCost(ready.runtime, subject, last.prepared);
    });
  }

  async #prepare(
    ready: ReadyDevice,
    subject: ResidentSubject,
    spec: PromptSpec,
    signal: AbortSignal,
    continuation?: readonly number[],
  ): Promise<Prepared> {
    const [prepared] = await this.#prepareAll(ready, subject, [spec], signal, { continuation });
    return prepared as Prepared;
  }

  async #prepareAll(
    ready: ReadyDevice,
    subject: ResidentSubject,
    specs: readonly PromptSpec[],
    signal: AbortSignal,
    {
      continuation = [],
      later = [],
    }: {
      readonly continuation?: readonly number[] | undefined;
      readonly later?: readonly Subject[] | undefined;
    },
  ): Promise<readonly Prepared[]> {
    // What was cancelled while it waited for its turn begins no work.
    signal.throwIfAborted();
    const { config } = subject.rest;
    // What it is asked next comes right after this.
    const next = { layers: subject.layers.map(({ id }) => id), rest: subject.rest.id };
    return ready.prompts.prepareAll(this.folder(subject.rest.id), subject.rest, specs, {
      continuation,
      signal,
      beforeVision: (patches) =>
        this.hold(ready, visionNeeds(subject), visionBytes(config, patches), signal, [next, ...later]),
    });
  }

  /** Prepares prompts, and sees to the weights that answering them takes. */
  async #begin(
    ready: ReadyDevice,
    subject: ResidentSubject,
    prompts: readonly (PromptSpec & Pick<GenerateRequest, 'rows'>)[],
    request: Pick<GenerateAllRequest, 'maxNewTokens' | 'rowsPerBatch' | 'later'>,
    signal: AbortSignal,
  ): Promise<readonly Prepared[]> {
    const prepared = await this.#prepareAll(ready, subject, prompts, signal, { later: request.later });
    const prompt = Math.max(0, ...prepared.map(({ sequence }) => sequence.length));
    const rows = prompts.reduce((sum, { rows: own }) => sum + (own?.length ?? 1), 0);
    const work = { rows, tokens: prompt + request.maxNewTokens, prompt };
    const { bytes } = this.#working(ready, subject, work);
    await this.hold(ready, runNeeds(subject), bytes, signal, request.later);
    return prepared;
  }

  /** The same of one pass over a prompt. */
  async #holdPass(
    ready: ReadyDevice,
    subject: ResidentSubject,
    { sequence: { length } }: Prepared,
    rows: number,
    signal: AbortSignal,
    {
      attention = false,
      beside = [],
    }: { readonly attention?: boolean; readonly beside?: readonly ResidentSubject[] } = {},
  ): Promise<void> {
    const { bytes } = this.#working(ready, subject, { rows, tokens: length, prompt: length });
    const scores = attention ? scoreBytes(subject.rest.config.text, length) : 0;
    await this.hold(ready, runNeeds(subject, beside.map(headOf)), bytes + scores, signal);
  }

  #working({ weights, runtime }: ReadyDevice, subject: ResidentSubject, work: Work): Working {
    const { device, maxTensorBytes } = runtime.backend;
    const left = weights.limited ? weights.left(runNeeds(subject)) : Infinity;
    return working({ config: subject.rest.config, left }, work, { device, maxTensorBytes });
  }

  /** A prepared prompt with its rows, as many at once as memory is estimated to hold. */
  #promptRows(
    ready: ReadyDevice,
    subject: ResidentSubject,
    { sequence, nextPosition }: Prepared,
    request: Pick<GenerateRequest, 'maxNewTokens' | 'rowsPerBatch'> & { readonly rows: readonly RowSpec[] },
  ): Omit<PromptRows, 'sequence'> & { readonly rowsPerBatch: number } {
    const { text } = this.folder(subject.rest.id).config;
    const capacity = text.maxPositionEmbeddings - sequence.length;
    const maxNewTokens = Math.max(1, Math.min(request.maxNewTokens, capacity));
    const work = {
      ...{ rows: request.rows.length, tokens: sequence.length + maxNewTokens },
      prompt: sequence.length,
    };
    const { rowsPerPrefill, rowsPerBatch } = this.#working(ready, subject, work);
    return {
      nextPosition,
      rows: request.rows,
      maxNewTokens,
      rowsPerPrefill,
      rowsPerBatch: Math.min(Math.max(1, request.rowsPerBatch ?? Infinity), rowsPerBatch),
    };
  }

  #answers(
    subject: ResidentSubject,
    { sequence, imageSpans }: Prepared,
    rows: readonly RowSpec[],
    decoded: readonly DecodedRow[],
  ): PromptAnswers {
    const { tokenizer } = this.folder(subject.rest.id);
    return {
      rows: decoded.map(({ tokens, stop }, row) => {
        const source = rows[row]?.swap?.source;
        const captured = source === undefined ? undefined : this.#sources.get(source);
        const text = tokenizer.decode(tokens, { skipSpecial: true });
        return { tokens, text, stop, ...(captured ? { sourceTokens: captured.tokens } : {}) };
      }),
      promptTokens: sequence.length,
      imageTokens: sequence.imagePositions.length,
      imageSpans,
    };
  }

  #rowsPerPrefill(
    { runtime }: ReadyDevice,
    { rest }: ResidentSubject,
    tokens: number,
    probed = false,
  ): number {
    const { device, maxTensorBytes } = runtime.backend;
    const { config } = rest;
    return rowsPerPrefill(config.text, tokens, { device, maxTensorBytes }, probed, injectedLayers(config));
  }

  /** @throws NamedError `UnknownSource` for a handle that was released or never given. */
  #sourcesOf(rows: readonly RowSpec[]): ReadonlyMap<string, CapturedKv> {
    for (const { swap } of rows) {
      if (!swap || this.#sources.has(swap.source)) continue;
      throw new NamedError(
        'UnknownSource',
        `there is no captured image ${swap.source}`,
        { field: 'swap' },
        'capture the source image first',
      );
    }
    return this.#sources;
  }
}

/** The subject, with the layers at which others part from it, where they are then read once. */
function seamed(
  { backend, decoder, graphs }: Runtime,
  asked: ResidentSubject,
  { subject, alongside = [] }: Pick<GenerateAllRequest, 'subject' | 'alongside'>,
): ResidentSubject {
  // What is run in pieces anyhow, or by turns, is read prompt by prompt.
  if (!backend.constantWeights || graphs.isBounded || decoder.longestRun(asked) < asked.layers.length)
    return asked;
  const seams = seamsOf(subject, alongside);
  return seams.length > 0 ? { ...asked, seams } : asked;
}

/** Weights of which a graph more takes neither long nor much memory. */
const SMALL_BYTES = 256 * 2 ** 20;

const GREEDY: Sampling = { temperature: 0, seed: 0 };

/** What a generation has that was cancelled before its prompt was ready. */
function nothingYet(rows: number, device: Device, dtype: WeightDtype): GenerateResult {
  return { ...noAnswers(rows), device, dtype, seconds: { vision: 0, prefill: 0, decode: 0 } };
}

function noAnswers(rows: number): PromptAnswers {
  return {
    rows: Array.from({ length: rows }, () => ({ tokens: [], text: '', stop: 'cancelled' })),
    promptTokens: 0,
    imageTokens: 0,
    imageSpans: [],
  };
}
