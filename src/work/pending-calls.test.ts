import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { PendingCalls } from './pending-calls.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('calls to something that may die', () => {
  it('settles as it would alone', async () => {
    const calls = new PendingCalls();
    await expect(calls.guard(Promise.resolve(3))).resolves.toBe(3);
    await expect(calls.guard(Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
  });

  it('rejects once it has died, under way or not yet begun', async () => {
    const calls = new PendingCalls();
    const waiting = calls.guard(new Promise(() => undefined));
    calls.rejectAll(new Error('gone'));
    calls.rejectAll(new Error('gone again'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(calls.guard(new Promise(() => undefined))).rejects.toThrow('gone');
    await expect(calls.guard(Promise.reject(new Error('late')))).rejects.toThrow('gone');
  });

  it('leaves nothing behind: a result can be collected while it lives', async () => {
    const calls = new PendingCalls();
    const result = async (): Promise<WeakRef<object>> =>
      new WeakRef(await calls.guard(Promise.resolve({ logits: new Float32Array(10) })));
    const seen = await result();
    // References handed out in a turn are kept until it ends.
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    expect(seen.deref()).toBeUndefined();
    calls.rejectAll(new Error('gone'));
  });
});
