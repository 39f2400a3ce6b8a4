import {
  CHECKPOINT,
  COLUMNS,
  COMMON,
  IMAGE_READING,
  LAYERS,
  OUT_FOLDER,
  RESTART,
  SHARD,
} from './commands/shared/flags.mjs';

/**
 * @import {Command, Flag} from './commands.mjs'
 * @import {Declared} from './declarations.mjs'
 * @import {Setting} from '../src/analyses/declaration.ts'
 */

/**
 * The command of an analysis: its models, its samples, its settings, and what all have.
 * @param {Declared} declared
 * @returns {Command}
 */
export function analysisCommand({ declaration, words }) {
  const models = Object.entries(declaration.models).map(([flag, { role, ...given }]) => [
    flag,
    { ...CHECKPOINT, ...given, help: role === undefined ? CHECKPOINT.help : `${role}: ${CHECKPOINT.help}` },
  ]);
  const settings = Object.entries(declaration.settings).map(([name, setting]) => [
    kebabCase(name),
    { ...flagOf(setting), help: words.settings[name]?.help ?? '' },
  ]);
  return {
    help: words.help,
    writes: declaration.writes,
    flags: {
      ...Object.fromEntries(models),
      ...samplesFlags(declaration, words.samples ?? ''),
      restart: RESTART,
      ...IMAGE_READING,
      ...COMMON,
      ...Object.fromEntries(settings),
      ...(declaration.writes === 'folder' ? { out: OUT_FOLDER } : {}),
    },
  };
}

/**
 * What names that which is asked.
 * @param {Declared['declaration']} declaration
 * @param {string} help
 * @returns {Record<string, Flag>}
 */
function samplesFlags(declaration, help) {
  // Of an evaluation the app has questions of its own.
  if (declaration.family === 'evaluation') return { items: { kind: 'data', help }, columns: COLUMNS };
  return {
    [declaration.samplesFlag]: { kind: 'data', required: true, help },
    ...(declaration.asks === 'pairs' ? {} : { columns: COLUMNS }),
    ...(declaration.shards ? { shard: SHARD } : {}),
  };
}

/**
 * @param {Setting} setting
 * @returns {Omit<Flag, 'help'>}
 */
function flagOf(setting) {
  switch (setting.kind) {
    case 'choice': {
      const { kind, choices, value } = setting;
      return { kind, choices, ...(value === null ? {} : { value }) };
    }
    case 'choices':
      return { kind: 'choice', choices: setting.choices, repeated: true };
    case 'integer': {
      const { kind, minimum, maximum, value } = setting;
      return {
        ...{ kind, minimum },
        ...(maximum === undefined ? {} : { maximum }),
        ...(value === null ? {} : { value }),
      };
    }
    case 'switch':
      return { kind: 'switch' };
    case 'text': {
      const { pattern, example } = setting;
      return {
        kind: 'text',
        ...(pattern === undefined ? {} : { pattern }),
        ...(example === undefined ? {} : { example }),
      };
    }
    case 'texts': {
      const { pattern, example } = setting;
      return { kind: 'text', repeated: true, pattern, example };
    }
    case 'layers':
      return LAYERS;
    case 'layer sets':
      return { ...LAYERS, repeated: true, example: '0-3' };
  }
}

/** @param {string} name in camel case */
function kebabCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
