/** The page behind `npm run headless`: the same engine, driven from the shell. */
import type { HeadlessAnswer, HeadlessRequest } from '../../scripts/page-api.d.ts';
import { connectEngine } from '../engine/client.ts';
import { NamedError } from '../named-error.ts';
import { COMMANDS } from './commands.ts';
import { readFlags } from './flags.ts';
import { fileInput } from './slots.ts';

/** Errors that are not about what was given. */
const INTERNAL = new Set(['RunFailed', 'ModuleAborted', 'DeviceLost', 'WorkerFailed', 'ModuleUnavailable']);

globalThis.frankenscopeHeadless = {
  slot: (name) => `#${fileInput(name).id}`,
  async run({ command, flags, inputs }: HeadlessRequest): Promise<HeadlessAnswer> {
    try {
      const run = COMMANDS[command];
      if (!run)
        throw new NamedError('UnknownCommand', command, {}, `known: ${Object.keys(COMMANDS).join(', ')}`);
      return { ok: true, result: await run(connectEngine(), readFlags(flags), inputs) };
    } catch (error) {
      return { ok: false, error: answerOf(error) };
    }
  },
};

function answerOf(error: unknown): Extract<HeadlessAnswer, { ok: false }>['error'] {
  if (!(error instanceof NamedError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { name: 'InternalError', message, kind: 'internal' };
  }
  const kind = error.name === 'Cancelled' ? 'interrupted' : INTERNAL.has(error.name) ? 'internal' : 'input';
  return { name: error.name, message: error.message, kind };
}
