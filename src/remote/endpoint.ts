import { NamedError } from '../named-error.ts';
import { publicAddress } from './public-address.ts';
import { nameOf } from '../identity/identify.ts';
import { withoutEnd } from '../trim.ts';

/** The two ways of speaking that remote models have: chat/completions, and messages. */
export const DIALECTS = ['openai', 'anthropic'] as const;
export type DialectName = (typeof DIALECTS)[number];

/** A model at an address. The key is not part of it: whatever describes an endpoint can be written down. */
export interface Endpoint {
  readonly dialect: DialectName;
  /** Up to and with the version: `https://api.example.org/v1`. */
  readonly url: string;
  readonly model: string;
  /** Null leaves it to the service: some models take no temperature. */
  readonly temperature: number | null;
  /** What an OpenAI-compatible service calls the limit of new tokens: newer models know the second name only. */
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
}

const PATHS: Readonly<Record<DialectName, string>> = { openai: '/chat/completions', anthropic: '/messages' };

/**
 * Where requests to an endpoint go: `/chat/completions` or `/messages` below its address, unless it names that already.
 *
 * @throws NamedError `BadAddress` where it is none, is not encrypted and not on this machine, or carries a password or key.
 */
export function requestAddress({ url, dialect }: Pick<Endpoint, 'url' | 'dialect'>): string {
  const parsed = URL.canParse(url.trim()) ? new URL(url.trim()) : null;
  const local = parsed?.hostname === 'localhost' || parsed?.hostname === '127.0.0.1';
  if (!parsed || (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && local))) {
    throw new NamedError(
      'BadAddress',
      `"${publicAddress(url)}" is not an address that this page may send to`,
      { field: 'address' },
      'give https://…, or http://localhost or http://127.0.0.1 for a server on this machine',
    );
  }
  parsed.hash = '';
  if (publicAddress(parsed.href) !== parsed.href) {
    throw new NamedError(
      'BadAddress',
      'the address carries a user name, password or key',
      { field: 'address' },
      'put the key into its own field',
    );
  }
  const path = withoutEnd(parsed.pathname, /\//);
  parsed.pathname = path.endsWith(PATHS[dialect]) ? path : path + PATHS[dialect];
  return parsed.href;
}

/** What names an endpoint's answers: SHA-256 of everything about it that decides them. */
export function endpointFingerprint(endpoint: Endpoint): Promise<string> {
  const { dialect, model, temperature, limitField } = endpoint;
  return nameOf('endpoint', { dialect, address: requestAddress(endpoint), model, temperature, limitField });
}
