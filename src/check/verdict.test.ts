import { describe, expect, test } from 'vitest';
import type { Device } from '../engine/protocol/device.ts';
import { boundOf, CASES, formatOf, type CaseName, type Found } from './case.ts';
import { verdictOf } from './verdict.ts';
import { adviceSentence, verdictSentence } from './words.ts';

const foundOf = (device: Device, wrong: readonly CaseName[], absent: readonly string[] = []): Found[] =>
  CASES.filter((name) => !absent.includes(String(formatOf(name)))).map((name) => ({
    ...{ name, bound: boundOf(name, device), error: wrong.includes(name) ? 1 : 0, at: null, problem: null },
    passed: !wrong.includes(name),
  }));
const said = (device: Device, wrong: readonly CaseName[], absent: readonly string[] = []) => {
  const verdict = verdictOf(device, foundOf(device, wrong, absent));
  return [verdictSentence(verdict), ...verdict.advice.map(adviceSentence)];
};

describe('a verdict', () => {
  test.each(['wasm', 'webgpu'] as const)('of nothing wrong on %s', (device) => {
    expect(said(device, [])).toEqual(['This device computes right.']);
    expect(said(device, [], ['f16'])).toEqual(['This device computes right.']);
  });

  test('of one format says which others are right, of those that the device has', () => {
    expect(said('webgpu', ['f16-prompt'])).toEqual([
      'This device computes wrong: f16-prompt.',
      'f16 is wrong on this adapter: choose one of f32, q8 and q4.',
    ]);
    expect(said('webgpu', ['q8-prompt', 'q4-answer'], ['f16'])).toEqual([
      'This device computes wrong: q8-prompt and q4-answer.',
      'q8 and q4 are wrong on this adapter: choose f32.',
    ]);
    expect(said('wasm', ['q4-answer']).at(-1)).toBe(
      'q4 is wrong on this adapter: choose one of f32, f16 and q8.',
    );
  });

  test('of what all formats share sends models to the processor', () => {
    for (const name of ['f32-prompt', 'f32-answer', 'f32-attention', 'f32-interventions'] as const)
      expect(said('webgpu', [name]).slice(1)).toEqual([
        'WebGPU is wrong on this adapter: choose WASM, which runs models on the processor.',
      ]);
  });

  test('of updates on a GPU leaves models there', () => {
    expect(said('webgpu', ['spectrum', 'product'])).toEqual([
      'This device computes wrong: spectrum and product.',
      'Spectra of updates are wrong on this adapter: choose WASM for them, too.',
    ]);
    expect(said('webgpu', ['q4-prompt', 'product']).slice(1)).toHaveLength(2);
  });

  test('of a processor that is wrong sends to another browser', () => {
    for (const name of ['f32-prompt', 'product'] as const)
      expect(said('wasm', [name]).slice(1)).toEqual([
        'The processor computes wrong in this browser: use another one, and report this file.',
      ]);
  });
});

describe('bounds', () => {
  test('are of tokens where an answer is compared: none may be another', () => {
    for (const name of CASES.filter((one) => one.endsWith('-answer')))
      expect(boundOf(name, 'webgpu')).toEqual({ unit: 'tokens', limit: 0 });
  });

  test('are those that tests hold the engine to', () => {
    expect(boundOf('q4-prompt', 'wasm').limit).toBe(1e-4);
    expect(boundOf('f32-interventions', 'wasm').limit).toBe(1e-3);
    expect(boundOf('f16-prompt', 'webgpu').limit).toBe(2e-3);
    expect(boundOf('spectrum', 'webgpu').limit).toBe(1e-5);
  });
});
