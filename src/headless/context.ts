/** What a headless command is given. */
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import type { HeadlessRequest } from '../../scripts/page-api.d.ts';
import { EVALUATIONS } from '../analyses/registry.ts';
import type { EngineClient } from '../engine/client.ts';
import type { AskedFor } from '../evaluation/answers/kept-answers.ts';
import { type WorkIdentity, workKey } from '../identity/work-identity.ts';
import { Journals } from '../study/journal/journals.ts';
import { originText } from '../study/journal/other-builds.ts';
import { titlesOf } from '../study/weights/watch.ts';
import { runJournalled } from '../study/run-journalled.ts';
import type { LongWork, WorkProgress } from '../work/long-work.ts';
import { Checkpoints, type CheckpointsOf } from './checkpoints.ts';
import { GivenInputs } from './file-inputs.ts';
import { FlagReader } from './flag-reader.ts';
import { GivenJournals } from './given-journals.ts';
import type { KeptEngine } from './kept-engine.ts';
import type { OutFolder } from './out-folder.ts';
import { outFolder } from './out-folder.ts';
import { progressLines } from './progress-lines.ts';
import { sessionStorage } from './session-storage.ts';

/**
 * A command is a file `commands/NAME.ts` that exports `run: Command`; its flags stand in `scripts/commands/NAME.mjs`,
 * where `writes` says whether its result is the JSON that `run` resolves to, or files it puts into `out`.
 */
export type Command = (context: CommandContext) => Promise<unknown>;

export interface CommandContext {
  readonly flags: FlagReader;
  /** Folders and files other than checkpoints: `--pairs`, `--items`, `--image`. */
  readonly inputs: GivenInputs;
  readonly checkpoints: Checkpoints;
  /** The engine; its worker starts with the first use, of the page's first request that has any. */
  readonly engine: EngineClient;
  /**
   * Aborted by Ctrl+C, with a NamedError `Cancelled` for its reason. Work that rejects with it ends the command
   * with exit code 3; it has some seconds for that.
   */
  readonly signal: AbortSignal;
  /** Told of progress, prints a line on stderr at most once a second, with rate and time left. */
  readonly onProgress: (progress: WorkProgress) => void;
  /** A line on stderr, for what one should know but need not act on. */
  readonly notice: (line: string) => void;
  /** Has something done when the command has ended, however it did: what it holds outside memory is let go of. */
  readonly atEnd: (done: () => void) => void;
  /** Everything that earlier runs kept on this machine. */
  readonly journals: Journals;
  /** The folder `--out` of a command that writes a folder; that of the file `outName` of one that writes one piece by piece. */
  readonly out: OutFolder;
  readonly outName: string | null;
  /**
   * Runs long work with a journal on the disk, told of Ctrl+C and reporting progress: a rerun goes on where this one
   * was interrupted. The journal is removed once the command's result is on the disk, unless `keep` asks for a later run
   * to be served from it; `--restart` forgets an earlier one, `--journal` takes over one from elsewhere.
   *
   * @param total records of the whole
   * @param askedFor which records, where the journal may hold others, and journals that are opened with it
   * @throws NamedError `OtherWork` where a file of `--journal` is of none of them; those of the file; what the work throws
   */
  journalled<Record, Result>(
    identity: WorkIdentity,
    total: number,
    work: (long: LongWork<Record> & WithVerifier) => Promise<Result>,
    keep?: boolean,
    askedFor?: AskedFor,
  ): Promise<Result>;
}

/** What the command of an analysis is given: in a study, what that names for it. */
export interface AnalysisContext extends Omit<CommandContext, 'checkpoints'> {
  readonly checkpoints: CheckpointsOf;
}

/** What a command has from the page, and tells it. */
interface Surroundings {
  readonly kept: KeptEngine;
  readonly signal: AbortSignal;
  /** Told the key of each journal whose records are all in the result. */
  readonly onSpent: (key: string) => void;
  readonly atEnd: CommandContext['atEnd'];
}

export function commandContext(
  request: HeadlessRequest,
  { kept, signal, onSpent, atEnd }: Surroundings,
): CommandContext {
  const flags = new FlagReader(request.flags);
  const inputs = new GivenInputs(request.inputs);
  let engine: ReturnType<KeptEngine['of']> | undefined;
  const engineOf = (): ReturnType<KeptEngine['of']> => {
    if (engine) return engine;
    const [lanes, memory, device] = [flags.number('lanes'), flags.text('memory'), flags.text('device')];
    engine = kept.of({ lanes, memory, device }, measuresMemory(request.command, flags));
    engine.models.begin(inputs.stamps);
    return engine;
  };
  const notice = (line: string): void => console.info(line);
  const onProgress = progressLines(notice);
  const journals = new Journals(sessionStorage(request.session), { again: request.again });
  const given = new GivenJournals(inputs.list('journal'), journals, { signal, onProgress, notice });
  journals.weights.onWithdrawn(({ works }) => {
    if (titlesOf(works).more > 0)
      for (const { key, title } of works) notice(`withdrawn: "${title}" (${key})`);
  });
  return {
    flags,
    inputs,
    checkpoints: new Checkpoints({
      engine: () => engineOf().client,
      models: () => engineOf().models,
      flags,
      inputs,
      signal,
      notice,
      watch: journals.weights,
    }),
    get engine() {
      return engineOf().client;
    },
    signal,
    onProgress,
    notice,
    atEnd,
    journals,
    out: outFolder(request.session),
    outName: request.outName,
    async journalled(identity, total, work, keep = false, askedFor) {
      // A part begins its own records anew: others of its journal are those of other parts.
      if (flags.optionalSwitch('restart') && !flags.shard()) await journals.remove(identity);
      await given.takeOver(identity, askedFor?.journals);
      await noticeOtherBuilds(journals, identity, notice);
      const result = await runJournalled(journals, identity, total, work, {
        signal,
        onProgress,
        onNotice: notice,
        onFinished: (records) => {
          const size = askedFor ? [...askedFor.keys].filter((key) => records.has(key)).length : records.size;
          if (size > 0) notice(`going on: ${size} of ${total} were finished earlier`);
        },
      });
      if (!keep) onSpent(await workKey(identity));
      return result;
    },
  };
}

/**
 * Whether a command measures what it takes of a GPU, which nothing of an earlier request may be part of. What a part takes is not that of
 * the whole.
 */
function measuresMemory(command: string, flags: FlagReader): boolean {
  if (flags.text('device') === 'wasm' || flags.text('shard') !== undefined) return false;
  return command === 'study' || EVALUATIONS.get(command)?.declaration.measuresMemory === true;
}

/** What another build kept of the same work is never gone on with; it is there to be looked at. */
async function noticeOtherBuilds(
  journals: Journals,
  identity: WorkIdentity,
  notice: (line: string) => void,
): Promise<void> {
  const [latest] = await journals.otherBuilds(identity).catch(() => []);
  if (latest)
    notice(
      `the same was ${originText(latest)}: not gone on with; \`kept --show ${latest.key}\` writes what it kept`,
    );
}
