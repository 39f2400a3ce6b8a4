import type { HeadlessRequest } from '../../scripts/page-api.d.ts';
import type { Device, WeightDtype } from '../engine/protocol.ts';

/** Flags as the commands use them; the shell has checked kinds and choices. */
export interface Flags {
  readonly device: Device | undefined;
  readonly dtype: WeightDtype | undefined;
  readonly seed: number;
  readonly prompt: string;
  readonly system: string | undefined;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly ablate: number | undefined;
  readonly hidden: boolean;
}

/** What `generate` does unless told: P1's swap length is 64, enough for short answers. */
const MAX_NEW_TOKENS = 64;

export function readFlags(flags: HeadlessRequest['flags']): Flags {
  const text = (name: string): string | undefined =>
    typeof flags[name] === 'string' ? flags[name] : undefined;
  const number = (name: string): number | undefined =>
    typeof flags[name] === 'number' ? flags[name] : undefined;
  return {
    device: text('device') as Device | undefined,
    dtype: text('dtype') as WeightDtype | undefined,
    seed: number('seed') ?? 0,
    prompt: text('prompt') ?? '',
    system: text('system'),
    maxNewTokens: number('maxNewTokens') ?? MAX_NEW_TOKENS,
    temperature: number('temperature') ?? 0,
    ablate: number('ablate'),
    hidden: flags['hidden'] === true,
  };
}
