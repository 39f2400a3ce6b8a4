import { expect, test } from 'vitest';
import { EXPECTED_FINGERPRINT, fingerprint } from './testing/fingerprint.ts';

test('the same items, pairs and pixels as ever', () => {
  expect(fingerprint()).toBe(EXPECTED_FINGERPRINT);
});
