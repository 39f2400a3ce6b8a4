import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { speak } from '../language/texts.ts';
import { paceText } from './progress.ts';
import { bytes, duration, magnitude } from './quantity.ts';
import { sentence } from './sentence.ts';
import { zh } from './texts.zh.ts';

await speak('zh', () => Promise.resolve({ format: zh }));

test.each([
  [duration(0.42), '0.42 秒'],
  [duration(200), '3 分 20 秒'],
  [duration(3600), '1 小时'],
  [magnitude(4.3e9), '43 亿'],
  [magnitude(2.7e13), '27 万亿'],
  [magnitude(1_200_000), '120 万'],
  [bytes(Infinity), '无上限'],
  [sentence('已加载 RL'), '已加载 RL。'],
  [sentence('加载 RL。'), '加载 RL。'],
  [sentence('add the missing files'), 'Add the missing files.'],
])('%s', (text, expected) => expect(text).toBe(expected));

test('progress is told with its phase, and a later count of the same', () => {
  expect(
    paceText({ phase: 'answering', done: 37, total: 100, unit: 'samples' }, { rate: 0.482, etaSeconds: 131 }),
  ).toBe('回答 · 37 / 100 个样本 · 0.48 个样本/秒 · 剩余 2 分 11 秒');
});

const SRC = fileURLToPath(new URL('../../', import.meta.url));
const phases = new Set(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(SRC + file, 'utf8').matchAll(/phase: '([a-z ]+)'/g)])
    .map(([, phase = '']) => phase),
);

test('whatever long work says it is doing has its Chinese', () => {
  expect(phases.size).toBeGreaterThan(10);
  for (const phase of phases) expect(zh.phase(phase), phase).toMatch(/\p{Script=Han}/u);
});
