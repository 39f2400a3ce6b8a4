import { describe, expect, test } from 'vitest';
import { needsFallback } from './fallback.ts';

const bare = {
  crossOriginIsolated: false,
  isSecureContext: true,
  hasServiceWorkers: true,
  hasReloaded: false,
};

describe('the isolation fallback', () => {
  test('steps in on a host without the headers', () => {
    expect(needsFallback(bare)).toBe(true);
  });

  test.each([
    ['the host sends the headers', { crossOriginIsolated: true }],
    ['the page is served over plain HTTP', { isSecureContext: false }],
    ['the browser has no service workers', { hasServiceWorkers: false }],
    ['this tab was reloaded already', { hasReloaded: true }],
  ])('stays away when %s', (_reason, change) => {
    expect(needsFallback({ ...bare, ...change })).toBe(false);
  });
});
