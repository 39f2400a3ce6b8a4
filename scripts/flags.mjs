import { NamedError } from './named-error.mjs';

/** @import {Command, Flag} from './commands.mjs' */

/** @typedef {string | number | boolean | string[]} FlagValue */

/**
 * Reads a command's flags, `--name value` or `--name=value`, and fills in defaults. Keys are in camel case
 * (`--max-new-tokens 5` gives `maxNewTokens: 5`); flags that may be repeated give arrays; flags not given and
 * without a default are absent.
 *
 * Written here and not with `parseArgs` of node:util, around which it was 13 lines longer: that knows no flag with several values after
 * it (`--images a b`), no numbers with bounds, no choices and no help, and its errors name no remedy.
 * @param {Command} command
 * @param {readonly string[]} words
 * @returns {Record<string, FlagValue>}
 * @throws {NamedError} UnknownFlag, MissingValue, BadValue, RepeatedFlag, MissingFlag
 */
export function readFlags(command, words) {
  /** @type {Record<string, FlagValue>} */
  const values = {};
  for (const { name, text } of tokens(command, words)) {
    const flag = /** @type {Flag} */ (command.flags[name]);
    const key = camelCase(name);
    if (isRepeated(flag)) {
      const given = values[key];
      values[key] = [...(Array.isArray(given) ? given : []), String(readValue(name, flag, text))];
    } else if (Object.hasOwn(values, key)) {
      throw new NamedError('RepeatedFlag', 'given twice', `--${name}`, 'give it once');
    } else {
      values[key] = readValue(name, flag, text);
    }
  }
  for (const [name, flag] of Object.entries(command.flags)) {
    const key = camelCase(name);
    if (Object.hasOwn(values, key)) continue;
    if (flag.required) throw new NamedError('MissingFlag', 'required', `--${name}`, `give it: ${flag.help}`);
    if (flag.kind === 'switch') values[key] = false;
    else if (flag.value !== undefined) values[key] = flag.value;
  }
  return values;
}

/**
 * Whether the flag's value is a list.
 * @param {Flag} flag
 */
export function isRepeated(flag) {
  return flag.kind === 'files' || flag.kind === 'parts' || flag.repeated === true;
}

/**
 * Pairs each flag with its text, and again with every further value where it takes several; a switch has none. Words before any flag belong
 * to the flag that `rest` names.
 * @param {Command} command
 * @param {readonly string[]} words
 */
function* tokens(command, words) {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (command.rest !== undefined && !word.startsWith('--')) {
      yield { name: command.rest, text: word };
      continue;
    }
    const [, name = '', assigned] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const known = Object.keys(command.flags);
    const flag = Object.hasOwn(command.flags, name) ? command.flags[name] : undefined;
    if (!flag)
      throw new NamedError(
        'UnknownFlag',
        `"${word}" is not a flag`,
        '',
        `known: ${known.map((k) => `--${k}`).join(' ')}`,
      );
    if (flag.kind === 'switch') {
      if (assigned !== undefined)
        throw new NamedError('BadValue', `"${assigned}" given to a switch`, `--${name}`, 'give it no value');
      yield { name, text: '' };
      continue;
    }
    const next = words[i + 1];
    // A value may begin with one dash (-1, the - of --out), never with two: those need --name=value.
    if (assigned === undefined && (next === undefined || next.startsWith('--')))
      throw new NamedError('MissingValue', 'no value', `--${name}`, `give it one: ${flag.help}`);
    if (assigned === undefined) i++;
    yield { name, text: assigned ?? next ?? '' };
    if (assigned !== undefined || !isRepeated(flag)) continue;
    for (; i + 1 < words.length && !words[i + 1]?.startsWith('--'); i++)
      yield { name, text: words[i + 1] ?? '' };
  }
}

/**
 * @param {string} name
 * @param {Flag} flag
 * @param {string} text
 * @returns {FlagValue}
 * @throws {NamedError} BadValue
 */
function readValue(name, flag, text) {
  const refuse = (/** @type {string} */ remedy) =>
    new NamedError('BadValue', `"${text}" will not do`, `--${name}`, remedy);
  switch (flag.kind) {
    case 'switch':
      return true;
    case 'choice':
      if (!flag.choices?.includes(text)) throw refuse(`one of ${flag.choices?.join(', ')}`);
      return text;
    case 'integer':
    case 'number': {
      const value = text.trim() === '' ? NaN : Number(text);
      const whole = flag.kind === 'integer';
      const { minimum = -Infinity, maximum = Infinity } = flag;
      const within = value >= minimum && value <= maximum;
      if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value)) || !within) {
        const least = minimum > -Infinity ? ` of at least ${minimum}` : '';
        const most = maximum < Infinity ? ` and at most ${maximum}` : '';
        throw refuse(`give a ${whole ? 'whole ' : ''}number${least}${most}`);
      }
      return value;
    }
    default:
      if (flag.pattern && !flag.pattern.test(text)) throw refuse(`give one like ${flag.example}`);
      return text;
  }
}

/**
 * A command's flags, one a line, for `--help`.
 * @param {string} usage how it is called, before the flags
 * @param {Command} command
 */
export function describe(usage, command) {
  const lines = Object.entries(command.flags).map(([name, flag]) => {
    const takes = flag.kind === 'switch' ? '' : ` ${flag.choices?.join('|') ?? flag.kind.toUpperCase()}`;
    const more = isRepeated(flag) ? '…' : '';
    return `  --${name}${takes}${more}  ${flag.help}${flag.required ? ' (required)' : ''}`;
  });
  return `${usage}: ${command.help}\n${lines.join('\n')}`;
}

/** @param {string} name */
function camelCase(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}
