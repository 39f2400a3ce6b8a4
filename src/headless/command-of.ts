import { EVALUATIONS, PROBES, UPDATES } from '../analyses/registry.ts';
import { NamedError } from '../named-error.ts';
import type { Command } from './context.ts';
import { evaluationCommand } from './evaluation-command.ts';
import { probeCommand } from './probe-command.ts';
import { updatesCommand } from './updates-command.ts';

/** Each command that is no analysis is a file of its own, loaded when it is called. */
const COMMANDS = import.meta.glob<{ readonly run: Command }>(['./commands/*.ts', '!./commands/*.test.ts']);

/** Every command there is. */
export const COMMAND_NAMES: readonly string[] = [
  ...PROBES.keys(),
  ...UPDATES.keys(),
  ...EVALUATIONS.keys(),
  ...Object.keys(COMMANDS).map((path) => path.slice('./commands/'.length, -'.ts'.length)),
];

/** @throws NamedError `UnknownCommand` */
export async function commandOf(name: string): Promise<Command> {
  const probe = PROBES.get(name);
  if (probe) return probeCommand(probe);
  const updates = UPDATES.get(name);
  if (updates) return updatesCommand(updates);
  const evaluation = EVALUATIONS.get(name);
  if (evaluation) return evaluationCommand(evaluation);
  const load = COMMANDS[`./commands/${name}.ts`];
  if (!load) throw new NamedError('UnknownCommand', name, {}, 'see --help');
  return (await load()).run;
}
