/** What other libraries made of quantized exports of the demo family: tools/quantized/out.py. */
import { readFileSync } from 'node:fs';
import { demoFolder } from '../../demo/testing/demo-from-disk.ts';
import { openDonor } from '../plan/donor.ts';
import { type AskedScheme, type Scheme, schemeOf as askedScheme } from '../quantize/scheme.ts';
import type { OpenDonors } from './donors.ts';

export interface QuantizedExport {
  /** Of the command. */
  readonly flags: readonly string[];
  /** SHA-256 of every file that a reader of the folder reads. */
  readonly files: Readonly<Record<string, string>>;
  /** SHA-256 of the float32 values of every rounded weight. */
  readonly weights: Readonly<Record<string, string>>;
  readonly answers: readonly {
    readonly question: string;
    readonly tokens: readonly number[];
    /** Beyond these a choice is within rounding of a tie. */
    readonly compared: number;
  }[];
}

const EXPORTS = new URL('../../../tools/quantized/data/out/exports.json', import.meta.url);

export function quantizedExports(): Readonly<Record<string, QuantizedExport>> {
  return JSON.parse(readFileSync(EXPORTS, 'utf8')) as Readonly<Record<string, QuantizedExport>>;
}

/** As the command opens them: files of GGUF say the checkpoint's name. */
export async function demoDonors(): Promise<OpenDonors> {
  const folders = new Map([
    ['IN', await demoFolder('in')],
    ['RL', await demoFolder('rl')],
  ]);
  const open = async (name: string, files: ReadonlyMap<string, File>) =>
    [name, await openDonor(name, files, { folder: `demo:${name.toLowerCase()}` })] as const;
  return {
    donors: new Map(await Promise.all([...folders].map(([name, files]) => open(name, files)))),
    folders,
  };
}

export function blocksOf(flags: readonly string[]): string {
  return flags.includes('--blocks') ? 'IN:RL:RL' : 'RL';
}

export function schemeOf(flags: readonly string[]): Scheme {
  const value = (name: string): string | undefined => {
    const at = flags.indexOf(name);
    return at < 0 ? undefined : flags[at + 1];
  };
  const [format, bits, group] = [value('--format'), value('--bits'), value('--group')];
  return askedScheme({ format, bits, group } as AskedScheme);
}
