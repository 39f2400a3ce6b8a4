import { expect, it } from 'vitest';
import { requestAddress } from './endpoint.ts';
import { originOf, publicAddress } from './public-address.ts';

it('an address is kept without what only its owner should know', () => {
  const kept = [
    ['https://u:p@a.example/v1', 'https://a.example/v1'],
    ['https://a.example/v1?api-key=s&api-version=2', 'https://a.example/v1?api-version=2'],
    ['https://a.example/v1?access_token=s&sig=s#s', 'https://a.example/v1'],
    ['https://a.example/v1?api-version=2', 'https://a.example/v1?api-version=2'],
    ['https://a.example/v1?code=s&jwt=s&pwd=s&bearer=s&sessionid=s', 'https://a.example/v1'],
    [' http://localhost:1/v1 ', 'http://localhost:1/v1'],
    ['u:p@a.example/v1?key=s', 'a.example/v1'],
    ['', ''],
  ] as const;
  expect(kept.map(([address]) => publicAddress(address))).toEqual(kept.map(([, shown]) => shown));
});

it('an address with a credential in it is refused, and the refusal does not repeat it', () => {
  for (const url of [
    'https://u:secret1@a.example/v1',
    'https://a.example/v1?key=secret1',
    'ftp://u:secret1@a/',
  ]) {
    const refusal = (): string => requestAddress({ url, dialect: 'openai' });
    expect(refusal).toThrow(/address/);
    expect(refusal).not.toThrow('secret1');
  }
});

it('scheme, host and port make an origin', () => {
  expect(originOf('https://a.example/v1')).toBe('https://a.example');
  expect(originOf('https://a.example:8443/v2')).not.toBe(originOf('https://a.example/v1'));
  for (const none of ['a.example', 'localhost:8000/v1', 'a.example:443/v1', 'file:///v1', 'data:,x'])
    expect(originOf(none), none).toBeNull();
});
