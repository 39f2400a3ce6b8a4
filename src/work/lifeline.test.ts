import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Lifeline } from './lifeline.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('work on a lifeline', () => {
  it('settles as it would alone', async () => {
    const line = new Lifeline();
    await expect(line.guard(Promise.resolve(3))).resolves.toBe(3);
    await expect(line.guard(Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
  });

  it('rejects when the line is cut, under way or not yet begun', async () => {
    const line = new Lifeline();
    const waiting = line.guard(new Promise(() => undefined));
    line.cut(new Error('gone'));
    line.cut(new Error('gone again'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(line.guard(new Promise(() => undefined))).rejects.toThrow('gone');
    await expect(line.guard(Promise.reject(new Error('late')))).rejects.toThrow('gone');
  });

  it('leaves nothing behind: a result can be collected while the line lives', async () => {
    const line = new Lifeline();
    const result = async (): Promise<WeakRef<object>> =>
      new WeakRef(await line.guard(Promise.resolve({ logits: new Float32Array(10) })));
    const seen = await result();
    // References handed out in a turn are kept until it ends.
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    expect(seen.deref()).toBeUndefined();
    line.cut(new Error('gone'));
  });
});
