/** Settings that a browser kept from an earlier visit: each is checked, for pages of other versions and hands wrote them too. */
import * as v from 'valibot';
import { t } from './texts.ts';

export type SettingShapes = Readonly<Record<string, v.GenericSchema>>;

type Values<Shapes extends SettingShapes> = { readonly [Name in keyof Shapes]?: v.InferOutput<Shapes[Name]> };

interface FoundSettings<Shapes extends SettingShapes> {
  readonly values: Values<Shapes>;
  /** What was found and is no such setting. */
  readonly bad: readonly string[];
}

/** Takes what has its setting's shape. */
export function validSettings<Shapes extends SettingShapes>(
  found: unknown,
  shapes: Shapes,
): FoundSettings<Shapes> {
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    return { values: {}, bad: Object.keys(shapes) };
  const given = Object.entries(shapes).filter(([name]) => Object.hasOwn(found, name));
  const isValid = ([name, shape]: (typeof given)[number]): boolean =>
    v.is(shape, (found as Readonly<Record<string, unknown>>)[name]);
  const values = Object.fromEntries(
    given.filter(isValid).map(([name]) => [name, (found as Readonly<Record<string, unknown>>)[name]]),
  );
  const bad = given.filter((one) => !isValid(one)).map(([name]) => name);
  return { values: values as Values<Shapes>, bad };
}

/** What is kept under a key; nothing where nothing is, or where private windows and blocked storage throw on access. */
export function keptSettings<Shapes extends SettingShapes>(
  key: string,
  shapes: Shapes,
): FoundSettings<Shapes> & { readonly notice: string | null } {
  let text: string | null = null;
  try {
    text = localStorage.getItem(key);
    const found = validSettings(JSON.parse(text ?? '{}'), shapes);
    return { ...found, notice: badNotice(found.bad) };
  } catch {
    const bad = text === null ? [] : Object.keys(shapes);
    return { values: {}, bad, notice: badNotice(bad) };
  }
}

/** What is said of settings that could not be taken over; null where all could. */
export function badNotice(bad: readonly string[]): string | null {
  if (bad.length === 0) return null;
  const names = bad.map((name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
  return t.badSettings(names);
}

/** Keeps them for a later visit; null forgets what was kept. False where private windows and full or blocked storage throw. */
export function keepSettings(key: string, values: object | null): boolean {
  try {
    if (values) localStorage.setItem(key, JSON.stringify(values));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}
