import {
  CHECKPOINT,
  COLUMNS,
  COMMON,
  IMAGE,
  IMAGE_READING,
  LANES,
  LAYERS,
  OUT_FOLDER,
  PROMPT,
  RESTART,
  SHARD,
} from './commands/shared/flags.mjs';
import { COMPARED, CUTS } from './commands/shared/compared.mjs';
import { COMPARISON } from '../src/analyses/shared-settings.mjs';
import { kebabCase } from '../src/kebab-case.mjs';

/**
 * @import {Command, Flag} from './commands.mjs'
 * @import {Declared, DeclaredEvaluation, DeclaredProbe, DeclaredUpdates} from './declarations.mjs'
 * @import {Setting, Settings, SettingWords} from '../src/analyses/declaration.ts'
 */

/**
 * The command of an analysis: what it is given, its settings, and what all have.
 * @param {Declared} declared
 * @param {readonly Declared[]} all
 * @returns {Command}
 */
export function analysisCommand(declared, all) {
  const updates = all.flatMap((one) => measuresUpdates(one) ?? []);
  const own = measuresUpdates(declared);
  return own
    ? updatesCommand(own, updates)
    : modelsCommand(/** @type {DeclaredProbe | DeclaredEvaluation} */ (declared));
}

/**
 * The same, where it is an analysis of updates.
 * @param {Declared} declared
 */
function measuresUpdates(declared) {
  return declared.declaration.family === 'updates' ? /** @type {DeclaredUpdates} */ (declared) : null;
}

/**
 * Checkpoints and how they are compared; its own settings; under a switch each, what may be measured besides.
 * @param {DeclaredUpdates} declared
 * @param {readonly DeclaredUpdates[]} all
 * @returns {Command}
 */
function updatesCommand({ declaration, words }, all) {
  const parts = all.flatMap(({ declaration: part, words: said }) =>
    part.partOf === declaration.name
      ? [
          /** @type {const} */ ([part.name, { kind: 'switch', help: said.part ?? said.help }]),
          ...settingFlags(part.settings, said.settings, `with --${part.name}: `),
        ]
      : [],
  );
  const own = settingFlags(declaration.settings, words.settings);
  const compared = new Set(Object.keys(COMPARISON).map(kebabCase));
  const known = new Set([...own.map(([name]) => name), ...Object.keys(COMMON)]);
  return {
    help: words.help,
    writes: declaration.writes,
    flags: {
      ...COMPARED,
      ...Object.fromEntries(own.filter(([name]) => compared.has(name))),
      cuts: CUTS,
      // A seed is every command's.
      ...Object.fromEntries(own.filter(([name]) => !compared.has(name) && !(name in COMMON))),
      ...Object.fromEntries(parts.filter(([name]) => !known.has(name))),
      shard: SHARD,
      restart: RESTART,
      ...COMMON,
    },
  };
}

/**
 * The command of an analysis that asks models.
 * @param {DeclaredProbe | DeclaredEvaluation} declared
 * @returns {Command}
 */
function modelsCommand({ declaration, words }) {
  const named = 'models' in words ? words.models : {};
  const models = Object.entries(declaration.models).map(([flag, { role = named?.[flag], ...given }]) => [
    flag,
    { ...CHECKPOINT, ...given, help: role === undefined ? CHECKPOINT.help : `${role}: ${CHECKPOINT.help}` },
  ]);
  return {
    help: words.help,
    writes: declaration.writes,
    flags: {
      ...Object.fromEntries(models),
      ...samplesFlags(declaration, words.samples ?? ''),
      shard: SHARD,
      restart: RESTART,
      lanes: LANES,
      ...IMAGE_READING,
      ...COMMON,
      ...Object.fromEntries(settingFlags(declaration.settings, words.settings)),
      ...(declaration.writes === 'folder' ? { out: OUT_FOLDER } : {}),
    },
  };
}

/**
 * @param {Settings} settings
 * @param {Readonly<Record<string, SettingWords>>} words
 * @returns {(readonly [name: string, flag: Flag])[]}
 */
function settingFlags(settings, words, before = '') {
  return Object.entries(settings).map(([name, setting]) => [
    kebabCase(name),
    { ...flagOf(setting), help: before + (words[name]?.help ?? '') },
  ]);
}

/**
 * What names that which is asked.
 * @param {(DeclaredProbe | DeclaredEvaluation)['declaration']} declaration
 * @param {string} help
 * @returns {Record<string, Flag>}
 */
function samplesFlags(declaration, help) {
  // Of an evaluation the app has questions of its own.
  if (declaration.family === 'evaluation') return { items: { kind: 'data', help }, columns: COLUMNS };
  const { takesPrompt = false } = declaration;
  return {
    [declaration.samplesFlag]: { kind: 'data', required: !takesPrompt, help },
    ...(takesPrompt
      ? { prompt: { ...PROMPT, required: false, help: 'one question instead' }, image: IMAGE }
      : {}),
    ...(declaration.asks === 'pairs' ? {} : { columns: COLUMNS }),
  };
}

/** What flags say of their values as settings do. */
const LIMITS = ['choices', 'minimum', 'maximum', 'pattern', 'example'];

/**
 * @param {Setting} setting
 * @returns {Omit<Flag, 'help'>}
 */
function flagOf(setting) {
  const { kind } = setting;
  if (kind === 'layers') return LAYERS;
  if (kind === 'layer sets') return { ...LAYERS, repeated: true, example: '0-3' };
  const limits = Object.entries(setting).filter(
    ([name, limit]) => LIMITS.includes(name) && limit !== undefined,
  );
  const hasDefault = (kind === 'choice' || kind === 'integer') && setting.value !== null;
  return {
    kind: kind === 'choices' || kind === 'checkpoint' ? 'choice' : kind === 'texts' ? 'text' : kind,
    ...Object.fromEntries(limits),
    ...(hasDefault ? { value: setting.value } : {}),
    ...(kind === 'choices' || kind === 'texts' ? { repeated: true } : {}),
  };
}
