import { expect, test } from 'vitest';
import { EXPECTED_FINGERPRINT, fingerprint } from './testing/fingerprint.ts';

test('the same items, pairs and pixels in the browser as in Node', () => {
  expect(fingerprint()).toBe(EXPECTED_FINGERPRINT);
});
