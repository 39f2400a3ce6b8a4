import { afterEach, describe, expect, it } from 'vitest';
import { Service } from './service.svelte.ts';

const SETTINGS = 'frankenscope.service.test';
const KEY = 'frankenscope.service-key.test';
afterEach(() => localStorage.clear());

describe('a service as this browser kept it', () => {
  it.each(['null', '[]', '7', '{"dialect":"openai"', '{"dialect":"soap","url":7,"model":["m"]}'])(
    'begins anew, and says so, where that is no setting: %s',
    (text) => {
      localStorage.setItem(SETTINGS, text);
      const { endpoint, notice } = new Service('test');
      expect(endpoint).toMatchObject({ dialect: 'openai', url: 'https://api.openai.com/v1', model: '' });
      expect(notice).toContain('begin anew: dialect, url, model');
    },
  );

  it('is as it was typed', () => {
    const first = new Service('test');
    Object.assign(first, { dialect: 'anthropic', url: 'https://a.example/v1', model: 'm', key: 'k' });
    first.keepsKey = true;
    first.keyTyped();
    const second = new Service('test');
    expect(second.endpoint).toEqual(first.endpoint);
    expect([second.key, second.keepsKey, second.notice]).toEqual(['k', true, null]);
  });

  it.each(['null', '{"key":"k","origin":3}', '{"key":"k","origin":"https://other.example"}'])(
    'has no key where that is none for its address: %s',
    (text) => {
      localStorage.setItem(KEY, text);
      expect(new Service('test')).toMatchObject({ key: '', keepsKey: false });
    },
  );
});
