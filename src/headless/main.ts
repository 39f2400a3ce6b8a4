/** The page behind `npm run headless`: the app's own code, driven from the shell. */
import type { ErrorName } from '../error-name.ts';
import type { HeadlessAnswer, HeadlessRequest } from '../../scripts/page-api.d.ts';
import { installFolderTransfer } from '../merge/transfer.ts';
import { NamedError } from '../named-error.ts';
import { knownReason } from '../plain-reason.ts';
import { commandOf } from './command-of.ts';
import { commandContext } from './context.ts';
import { fileInput, GivenInputs } from './file-inputs.ts';
import { givenSpec, studyPlaces } from './given-study.ts';
import { cancelled, isCancelled } from '../work/cancel.ts';

/** Errors that are not about what was given. */
const INTERNAL: ReadonlySet<ErrorName> = new Set([
  ...(['RunFailed', 'ModuleAborted', 'DeviceLost', 'WorkerFailed', 'ModuleUnavailable'] as const),
  ...(['OutputFailed', 'JournalFailed'] as const),
  ...(['DiskFull', 'DiskFailed', 'FolderNotWritable', 'FolderGone', 'FileTooLarge'] as const),
]);

installFolderTransfer();

const interruption = new AbortController();

async function answered(work: (spent: string[]) => Promise<unknown>): Promise<HeadlessAnswer> {
  try {
    const spent: string[] = [];
    return { ok: true, result: await work(spent), spent };
  } catch (error) {
    return { ok: false, error: answerOf(error) };
  }
}

globalThis.frankenscopeHeadless = {
  slot: (flag, index) => `#${fileInput(flag, index).id}`,
  run: (request: HeadlessRequest) =>
    answered(async (spent) => {
      const run = await commandOf(request.command);
      return run(commandContext(request, interruption.signal, (key) => spent.push(key)));
    }),
  places: () => answered(async () => studyPlaces(await givenSpec(new GivenInputs({})))),
  cancel: () => interruption.abort(cancelled()),
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
