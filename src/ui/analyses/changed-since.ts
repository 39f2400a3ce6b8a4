import type { Settings, SettingWords } from '../../analyses/declaration.ts';
import { canonicalJson, type Json } from '../../identity/canonical-json.ts';
import { valueText } from '../../analyses/told-settings.ts';
import { type PageFacts, workText } from '../charts/export/figure-facts.ts';

interface Declared {
  readonly declaration: { readonly settings: Settings };
  readonly words: { readonly settings: Readonly<Record<string, SettingWords>> };
}

/** Settings that no analysis declares. */
const FURTHER: Readonly<Record<string, string>> = {
  imageProcessing: 'Image processing',
  maxImagePixels: 'Largest image in pixels',
  cuts: 'Last layers of Early and Mid',
};

/**
 * What is said of a result whose settings are not those that are set any more: each that differs, from what to what.
 *
 * @param set what would be measured now; null where too little is open to say
 */
export function changedSince(shown: PageFacts, set: PageFacts | null, declared: Declared): string {
  const of = `What is shown below is of the settings before: ${workOf(shown)}.`;
  if (!set) return `What it was measured of is not open, or not loaded, any more. ${of}`;
  return `Settings have changed: ${changes(shown, set, declared).join('; ') || 'other samples are asked'}. ${of}`;
}

const workOf = ({ done, checkpoints, on }: PageFacts): string => workText(done, checkpoints, on);

function changes(shown: PageFacts, set: PageFacts, declared: Declared): readonly string[] {
  const names = [...new Set([...Object.keys(shown.settings), ...Object.keys(set.settings)])];
  const told = names.flatMap((name) => {
    const text = ({ settings }: PageFacts): string => textOf(name, settings[name], declared);
    const { label, help } = declared.words.settings[name] ?? { help: name };
    const called = label ?? FURTHER[name] ?? help;
    const [before, now] = [shown.settings[name] ?? null, set.settings[name] ?? null];
    // Left open, it follows from the checkpoints, which are told.
    const follows =
      declared.declaration.settings[name]?.kind === 'checkpoint' && [before, now].includes(null);
    return sameJson(before, now) || follows ? [] : [`${called} ${text(shown)} → ${text(set)}`];
  });
  const models = sameJson(shown.checkpoints, set.checkpoints) ? [] : [modelsText(shown, set)];
  const others = [
    ...(shown.dtype === set.dtype ? [] : [`Weights as ${shown.dtype} → ${set.dtype}`]),
    ...(shown.device === set.device ? [] : [`Device ${shown.device} → ${set.device}`]),
    ...(workOf(shown) === workOf(set) || models.length > 0 ? [] : [`${workOf(shown)} → ${workOf(set)}`]),
  ];
  return [...told, ...models, ...others];
}

function textOf(name: string, value: unknown, { declaration, words }: Declared): string {
  const [setting, told] = [declaration.settings[name], words.settings[name]];
  if (setting?.kind === 'switch') return value === true ? 'yes' : 'no';
  const text = setting && told ? valueText(setting, told, value) : null;
  if (text !== null) return text;
  if (value === null || value === undefined || value === '') return 'open';
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value as string | number);
}

/** By their names where these differ, else by their folders. */
function modelsText(shown: PageFacts, set: PageFacts): string {
  const by = (of: (checkpoint: PageFacts['checkpoints'][number]) => string) =>
    [shown, set].map(({ checkpoints }) => checkpoints.map(of).join(', ')) as [string, string];
  const [before, now] = by(({ name }) => name);
  const [folderBefore, folderNow] = by(({ name, folder }) => `${name} = ${folder}`);
  if (before !== now) return `Checkpoints ${before} → ${now}`;
  return folderBefore === folderNow
    ? `Other weights lie in ${folderNow}`
    : `Checkpoints ${folderBefore} → ${folderNow}`;
}

function sameJson(one: unknown, other: unknown): boolean {
  const text = (value: unknown): string => canonicalJson((value ?? null) as Json);
  return text(one) === text(other);
}
