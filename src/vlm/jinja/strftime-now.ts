/** `strftime_now` of transformers' templates: the codes that @huggingface/jinja 0.5.11 knows, in its words. */
export function strftimeNow(format: string): string {
  const now = new Date();
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const codes: Readonly<Record<string, () => string>> = {
    Y: () => String(now.getFullYear()),
    m: () => twoDigits(now.getMonth() + 1),
    d: () => twoDigits(now.getDate()),
    b: () => now.toLocaleDateString(undefined, { month: 'short' }),
    B: () => now.toLocaleDateString(undefined, { month: 'long' }),
    H: () => twoDigits(now.getHours()),
    M: () => twoDigits(now.getMinutes()),
    '%': () => '%',
  };
  return format.replace(/%([YmdbBHM%])/g, (token, code: string) => codes[code]?.() ?? token);
}
