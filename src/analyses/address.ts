/** Which analysis with which settings, as a link has it: names and texts. What is as a form begins with is left out. */
import type { Setting, Settings } from './declaration.ts';
import { firstValues, mostInForm, type SettingValues } from './setting-values.ts';

/** Parameters of a link. */
export type Address = ReadonlyMap<string, string>;

/** Names the analysis. */
const ANALYSIS = 'do';
/** Between the texts of a list: no setting has it in a text, and a link writes it as it is. */
const BETWEEN = '~';

export function addressOf(name: string, settings: Settings, values: SettingValues): Address {
  const first: SettingValues = firstValues(settings);
  const others = Object.keys(settings).flatMap((one) => {
    const text = textOf(values[one]);
    return text === textOf(first[one]) ? [] : [[one, text] as const];
  });
  return new Map([[ANALYSIS, name], ...others]);
}

/** The analysis that a link names; null where it names none. */
export function analysisAt(address: Address): string | null {
  return address.get(ANALYSIS) ?? null;
}

/**
 * The settings that a link means: those it leaves out are as a form begins with, and a number out of the form's range is the nearest
 * in it. What it holds may be anything, and is still to be checked (`settingShapes`).
 */
export function valuesAt(settings: Settings, address: Address): SettingValues {
  const first: SettingValues = firstValues(settings);
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => {
      const text = address.get(name);
      return [name, text === undefined ? first[name] : valueOf(setting, text)];
    }),
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(BETWEEN);
  return value === null || value === undefined ? '' : String(value as string | number | boolean);
}

function valueOf(setting: Setting, text: string): unknown {
  switch (setting.kind) {
    case 'integer':
      return text === '' ? null : Math.min(mostInForm(setting), Math.max(setting.minimum, Number(text)));
    case 'switch':
      return text === 'true';
    case 'choices':
    case 'texts':
    case 'layer sets':
      return text === '' ? [] : text.split(BETWEEN);
    case 'text':
      // An empty text is none where there may be none.
      return text === '' && setting.value === null ? null : text;
    default:
      return text === '' ? null : text;
  }
}
