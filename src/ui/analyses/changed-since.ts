import type { Settings, SettingWords, Words } from '../../analyses/declaration.ts';
import { canonicalJson, type Json } from '../../identity/canonical-json.ts';
import { valueText } from '../../analyses/told-settings.ts';
import { type PageFacts, workText } from '../charts/export/figure-facts.ts';
import { t as charts } from '../charts/texts.ts';
import { t } from './texts.ts';
import { wordsOf } from './words-of.ts';

interface Declared {
  readonly declaration: { readonly name: string; readonly settings: Settings };
  readonly words: Words;
}

/**
 * What is said of a result whose settings are not those that are set any more: each that differs, from what to what.
 *
 * @param set what would be measured now; null where too little is open to say
 */
export function changedSince(shown: PageFacts, set: PageFacts | null, declared: Declared): string {
  const of = t.changed.of(workOf(shown));
  if (!set) return charts.sentences([t.changed.closed, of]);
  const changed = changes(shown, set, declared);
  return charts.sentences([t.changed.settings(changed.length > 0 ? changed : [t.changed.otherSamples]), of]);
}

const workOf = ({ done, checkpoints, on }: PageFacts): string => workText(done, checkpoints, on);

function changes(shown: PageFacts, set: PageFacts, declared: Declared): readonly string[] {
  const names = [...new Set([...Object.keys(shown.settings), ...Object.keys(set.settings)])];
  const settings: Readonly<Record<string, SettingWords>> = wordsOf(declared).settings;
  const { from } = t.changed;
  const told = names.flatMap((name) => {
    const text = (of: PageFacts): string => textOf(name, of.settings[name], declared);
    const { label, help } = settings[name] ?? { help: name };
    const called = label ?? t.changed.further[name] ?? help;
    const [before, now] = [shown.settings[name] ?? null, set.settings[name] ?? null];
    // Left open, it follows from the checkpoints, which are told.
    const follows =
      declared.declaration.settings[name]?.kind === 'checkpoint' && [before, now].includes(null);
    return sameJson(before, now) || follows ? [] : [from(called, text(shown), text(set))];
  });
  const models = sameJson(shown.checkpoints, set.checkpoints) ? [] : [modelsText(shown, set)];
  const others = [
    ...(shown.dtype === set.dtype ? [] : [from(t.changed.weightsAs, shown.dtype, set.dtype)]),
    ...(shown.device === set.device ? [] : [from(t.changed.device, shown.device, set.device)]),
    ...(workOf(shown) === workOf(set) || models.length > 0 ? [] : [`${workOf(shown)} → ${workOf(set)}`]),
  ];
  return [...told, ...models, ...others];
}

function textOf(name: string, value: unknown, declared: Declared): string {
  const told: SettingWords | undefined = wordsOf(declared).settings[name];
  const setting = declared.declaration.settings[name];
  if (setting?.kind === 'switch') return value === true ? t.setting.yes : t.setting.no;
  const text = setting && told ? valueText(setting, told, value, t.setting) : null;
  if (text !== null) return text;
  if (value === null || value === undefined || value === '') return t.setting.open;
  return Array.isArray(value) ? t.setting.several(value) || t.setting.none : String(value as string | number);
}

/** By their names where these differ, else by their folders. */
function modelsText(shown: PageFacts, set: PageFacts): string {
  const by = (of: (checkpoint: PageFacts['checkpoints'][number]) => string) =>
    [shown, set].map(({ checkpoints }) => t.setting.several(checkpoints.map(of))) as [string, string];
  const [before, now] = by(({ name }) => name);
  const [folderBefore, folderNow] = by(({ name, folder }) => `${name} = ${folder}`);
  if (before !== now) return t.changed.from(t.changed.checkpoints, before, now);
  return folderBefore === folderNow
    ? t.changed.otherWeights(folderNow)
    : t.changed.from(t.changed.checkpoints, folderBefore, folderNow);
}

function sameJson(one: unknown, other: unknown): boolean {
  const text = (value: unknown): string => canonicalJson((value ?? null) as Json);
  return text(one) === text(other);
}
