/** Sizes of memory as people write them: "8GB", "6.5 GiB". */

const UNITS: ReadonlyMap<string, number> = new Map([
  ['MB', 1e6],
  ['GB', 1e9],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
]);

/** Bytes; null for what is no such size. */
export function memoryBytes(text: string): number | null {
  const [, count, name = ''] = /^\s*(\d+(?:\.\d+)?)\s*([MG]i?B)\s*$/.exec(text) ?? [];
  const unit = UNITS.get(name);
  const bytes = unit === undefined ? 0 : Math.floor(Number(count) * unit);
  return bytes > 0 ? bytes : null;
}

/** "8.00 GB", "45.0 MB". */
export function memorySize(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
