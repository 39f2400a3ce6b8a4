import { basename, dirname, resolve } from 'node:path';
import { COMMANDS } from './commands.mjs';
import { readFlags } from './flags.mjs';
import { findInputs } from './inputs.mjs';
import { NamedError } from './named-error.mjs';
import { checkOut } from './run-command.mjs';
import { shardOf } from './shard.mjs';

/** @import {Command} from './commands.mjs' */
/** @import {FlagValue} from './flags.mjs' */
/** @import {Input} from './inputs.mjs' */

/**
 * A command as words ask for it, with all that can be said without a browser.
 *
 * @typedef {{
 *   name: string,
 *   command: Command,
 *   flags: Record<string, FlagValue>,
 *   inputs: Record<string, Input[]>,
 *   out: string,
 *   folder: string | null,
 *   outName: string | null,
 *   quiet: boolean,
 *   adapter: string,
 *   again: string,
 * }} Asked flags: those of the page's; inputs: folders and files that were named, demos without their files; out: `--out`; folder: the one
 *   into which the page writes, null where the result is one JSON; outName: the one file there that `--out` names; again: the
 *   words that ask for the same in a shell
 */

/**
 * @param {string} name
 * @param {readonly string[]} [all] names of all that can be asked for where it is asked
 * @returns {Command}
 * @throws {NamedError} UnknownCommand
 */
export function commandCalled(name, all = Object.keys(COMMANDS)) {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  throw new NamedError('UnknownCommand', `"${name}" is not a command`, '', `known: ${all.join(' ')}`);
}

/**
 * Reads the words of a command: an argument list, never given to a shell.
 * @param {string} name
 * @param {readonly string[]} words
 * @param {readonly string[]} [all] names of all that can be asked for where it is asked
 * @returns {Asked}
 * @throws {NamedError} those of `commandCalled`, `readFlags`, `shardOf`, `findInputs` and `checkOut`
 */
export function askedCommand(name, words, all) {
  const command = commandCalled(name, all);
  const { out: given, quiet, adapter, ...flags } = readFlags(command, words);
  const out = String(given);
  if (typeof flags.shard === 'string') flags.shard = shardOf(flags.shard);
  const writes = flags.shard === undefined ? command.writes : 'folder';
  const inputs = findInputs(command, flags);
  const streamed = command.streams !== undefined && Object.hasOwn(flags, command.streams);
  checkOut(out, streamed ? 'file' : writes);
  const place = resolve(out);
  const folder = streamed ? dirname(place) : writes === 'json' ? null : place;
  return {
    ...{ name, command, flags, inputs, out, folder, outName: streamed ? basename(place) : null },
    ...{ quiet: quiet === true, adapter: String(adapter) },
    again: ['npm run -s headless --', name, ...words.map(quoted)].join(' '),
  };
}

/**
 * A word as a shell takes it.
 * @param {string} word
 */
function quoted(word) {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
