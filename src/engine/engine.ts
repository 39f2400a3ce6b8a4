/** The engine: everything that can be asked of resident checkpoints. */
import { NamedError } from '../named-error.ts';
import { injectedLayers, rowsPerBatch, rowsPerPrefill } from './estimate.ts';
import { captureKv, forward } from './forward.ts';
import type { PromptRows } from './decode-options.ts';
import type { DecodedRow } from './generate.ts';
import { generate, generateAll } from './generate.ts';
import type { LensNumbers } from './lens.ts';
import { ModelLibrary } from './model-library.ts';
import type { Prepared } from './prepare.ts';
import type { Device, WeightDtype } from './protocol/device.ts';
import type {
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
import type { ResidentSubject } from './resident.ts';
import { scoreAnswer, scoresInWords } from './score-answer.ts';
import type { ReadyDevice } from './ready-devices.ts';
import type { CapturedKv } from './swap.ts';

export type { Surroundings } from './ready-devices.ts';

export class Engine extends ModelLibrary {
  readonly #sources = new Map<string, CapturedKv>();
  #serial = 0;

  generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult> {
    return this.jobs.run(request.job, (signal) =>
      this.queue.add(async () => {
        const rows = request.rows ?? [{}];
        const { subject, ready, device } = this.resolve(request.subject);
        const prepared = await this.#prepare(ready, subject, request, signal).catch((error: unknown) => {
          if (!signal.aborted || error !== signal.reason) throw error;
          return null;
        });
        if (!prepared) return nothingYet(rows.length, device, subject.rest.dtype);
        const { tokenizer } = this.folder(subject.rest.id);
        const { sequence, visionSeconds } = prepared;
        const imageTokens = sequence.imagePositions.length;
        const decoders = rows.map(() => tokenizer.streamDecoder({ skipSpecial: true }));
        const pieces = rows.map((): string[] => []);
        const started = performance.now();
        let prefilled = started;
        const decoded = await generate(ready.runtime, subject, sequence, {
          ...this.#promptRows(ready, subject, prepared, { ...request, rows }),
          sampling: request.sampling ?? GREEDY,
          sources: this.#sourcesOf(rows),
          signal,
          onPrefilled: () => {
            prefilled = performance.now();
            const seconds = { vision: visionSeconds, prefill: (prefilled - started) / 1000 };
            onEvent({ type: 'prompt', promptTokens: sequence.length, imageTokens, seconds });
          },
          onToken: (row, token) => {
            const text = decoders[row]?.push(token) ?? '';
            if (request.pieces) pieces[row]?.push(text);
            onEvent({ type: 'token', row, token, text });
          },
        });
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
        const { subject, ready } = this.resolve(request.subject);
        const rowsOf = request.prompts.map(({ rows }) => rows ?? [{}]);
        const sources = this.#sourcesOf(rowsOf.flat());
        const prepared: Prepared[] = [];
        try {
          for (const prompt of request.prompts)
            prepared.push(await this.#prepare(ready, subject, prompt, signal));
        } catch (error) {
          if (!signal.aborted || error !== signal.reason) throw error;
          return rowsOf.map((rows) => noAnswers(rows.length));
        }
        const prompts = prepared.map((one, index) => ({
          sequence: one.sequence,
          ...this.#promptRows(ready, subject, one, { ...request, rows: rowsOf[index] as RowSpec[] }),
        }));
        const sampling = request.sampling ?? GREEDY;
        const decoded = await generateAll(ready.runtime, subject, prompts, { sampling, sources, signal });
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
        const results = await forward(ready.runtime, subject, prepared.sequence, {
          rows,
          capture: request.capture ?? {},
          sources: this.#sourcesOf(rows),
          rowsPerPrefill: this.#rowsPerPrefill(
            ready,
            subject,
            prepared.sequence.length,
            request.capture?.attention !== undefined,
          ),
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
          prepare: (continuation: readonly number[]) =>
            this.#prepare(ready, subject, request, signal, continuation),
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
  captureImageKv(request: CaptureKvRequest, handle = `kv-${this.#serial++}`): Promise<string> {
    return this.jobs.run(request.job, (signal) =>
      this.queue.add(async () => {
        const { subject, ready } = this.resolve(request.subject);
        const { sequence } = await this.#prepare(ready, subject, request, signal);
        this.#sources.set(
          handle,
          await captureKv(ready.runtime, subject, sequence, signal, request.positions),
        );
        return handle;
      }),
    );
  }

  releaseKv(handle: string): void {
    this.#sources.delete(handle);
  }

  cancel(job: string): void {
    this.jobs.cancel(job);
  }

  async #prepare(
    ready: ReadyDevice,
    subject: ResidentSubject,
    spec: PromptSpec,
    signal: AbortSignal,
    continuation?: readonly number[],
  ): Promise<Prepared> {
    // What was cancelled while it waited for its turn begins no work.
    signal.throwIfAborted();
    return ready.prompts.prepare(this.folder(subject.rest.id), subject.rest, spec, continuation, signal);
  }

  /** A prepared prompt with its rows, as many at once as memory is estimated to hold. */
  #promptRows(
    ready: ReadyDevice,
    subject: ResidentSubject,
    { sequence, nextPosition }: Prepared,
    request: Pick<GenerateRequest, 'maxNewTokens' | 'rowsPerBatch'> & { readonly rows: readonly RowSpec[] },
  ): Omit<PromptRows, 'sequence'> & { readonly rowsPerBatch: number } {
    const { text } = this.folder(subject.rest.id).config;
    const { device, maxTensorBytes } = ready.runtime.backend;
    const capacity = text.maxPositionEmbeddings - sequence.length;
    const maxNewTokens = Math.max(1, Math.min(request.maxNewTokens, capacity));
    return {
      nextPosition,
      rows: request.rows,
      maxNewTokens,
      rowsPerPrefill: this.#rowsPerPrefill(ready, subject, sequence.length),
      rowsPerBatch: Math.min(
        Math.max(1, request.rowsPerBatch ?? Infinity),
        rowsPerBatch(text, sequence.length + maxNewTokens, { device, maxTensorBytes }),
      ),
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
