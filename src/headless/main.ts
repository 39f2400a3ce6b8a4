/** The page behind `npm run headless`: the app's own code, driven from the shell. */
import type { ErrorName } from '../error-name.ts';
import type { HeadlessAnswer, HeadlessRequest } from '../../scripts/page-api.d.ts';
import { installFolderTransfer } from '../merge/transfer.ts';
import { NamedError } from '../named-error.ts';
import { knownReason } from '../plain-reason.ts';
import { commandOf } from './command-of.ts';
import { commandContext } from './context.ts';
import { forgetFiles, GivenInputs, wantedInput } from './file-inputs.ts';
import { placedAtFlag } from './flag-place.ts';
import { givenSpec, studyPlaces } from './given-study.ts';
import { KeptEngine } from './kept-engine.ts';
import { cancelled, isCancelled } from '../work/cancel.ts';

/** Errors that are not about what was given. */
const INTERNAL: ReadonlySet<ErrorName> = new Set([
  ...(['RunFailed', 'ModuleAborted', 'DeviceLost', 'WorkerFailed', 'ModuleUnavailable'] as const),
  ...(['OutputFailed', 'JournalFailed'] as const),
  ...(['DiskFull', 'DiskFailed', 'FolderNotWritable', 'FolderGone', 'FileTooLarge'] as const),
]);

installFolderTransfer();

/** Lasts from one request to the next. */
const kept = new KeptEngine();

/** Errors after which nothing that the engine holds is gone on with: its folders are not what they were. */
const CHANGED: ReadonlySet<string> = new Set<ErrorName>([
  ...(['FileChanged', 'FileUnreadable', 'OtherAdapter', 'SameFingerprint', 'WeightsChanged'] as const),
]);

/** The session that was cancelled last, and what ends the run of the present one. */
let cancelledSession = '';
let running: { readonly session: string; readonly interruption: AbortController } | null = null;

/** Runs a request, and lets go of all that was its own. */
async function runRequest(request: HeadlessRequest): Promise<HeadlessAnswer> {
  const { session } = request;
  const interruption = new AbortController();
  if (cancelledSession === session) interruption.abort(cancelled());
  running = { session, interruption };
  const ends: (() => void)[] = [];
  const given = new Set([...Object.keys(request.flags), ...Object.keys(request.inputs)]);
  const answer = await answered(given, async (spent) => {
    const run = await commandOf(request.command);
    return run(
      commandContext(request, {
        ...{ kept, signal: interruption.signal },
        onSpent: (key) => spent.push(key),
        atEnd: (done) => ends.push(done),
      }),
    );
  });
  running = null;
  for (const end of ends) end();
  const hasChanged = !answer.ok && CHANGED.has(answer.error.name);
  forgetFiles(hasChanged);
  await kept.endRequest(answer.ok || (answer.error.kind !== 'internal' && !hasChanged));
  return answer;
}

async function answered(
  given: ReadonlySet<string>,
  work: (spent: string[]) => Promise<unknown>,
): Promise<HeadlessAnswer> {
  try {
    const spent: string[] = [];
    return { ok: true, result: await work(spent), spent };
  } catch (error) {
    return { ok: false, error: answerOf(error instanceof NamedError ? placedAtFlag(error, given) : error) };
  }
}

globalThis.frankenscopeHeadless = {
  slot: wantedInput,
  run: runRequest,
  places: (inputs) =>
    answered(new Set(Object.keys(inputs)), async () => studyPlaces(await givenSpec(new GivenInputs(inputs)))),
  cancel(session) {
    cancelledSession = session;
    if (running?.session === session) running.interruption.abort(cancelled());
  },
};

function answerOf(error: unknown): Extract<HeadlessAnswer, { ok: false }>['error'] {
  const known = knownReason(error);
  if (known && !(error instanceof NamedError) && known.name !== 'Unexpected')
    return { name: known.name, message: `${known.what}; ${known.remedy}`, kind: 'internal' };
  if (!(error instanceof NamedError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { name: 'InternalError', message, kind: 'internal' };
  }
  const kind = isCancelled(error) ? 'interrupted' : INTERNAL.has(error.name) ? 'internal' : 'input';
  return { name: error.name, message: error.message, kind };
}
