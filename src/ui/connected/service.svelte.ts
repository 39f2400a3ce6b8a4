import * as v from 'valibot';
import type { Client } from '../../remote/client.ts';
import { DIALECTS, type DialectName, type Endpoint } from '../../remote/endpoint.ts';
import { originOf, publicAddress } from '../../remote/public-address.ts';
import { PATIENCE } from '../../remote/retry.ts';
import { keepSettings, keptSettings, type SettingShapes } from '../state/kept-settings.ts';
import { t } from './texts.ts';

const SETTINGS = 'frankenscope.service.';
const KEY = 'frankenscope.service-key.';

/** As a browser keeps them. */
const SHAPES = {
  dialect: v.picklist(DIALECTS),
  url: v.string(),
  model: v.string(),
} satisfies SettingShapes;
const KEY_SHAPES = { key: v.string(), origin: v.string() } satisfies SettingShapes;

/** Where one usually finds it; to be changed. */
const ADDRESSES: Readonly<Record<DialectName, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
};

/**
 * A service as the user describes it: address, model, key, patience. All but the key is kept in this browser; the key is
 * held in memory, unless the user asks to keep it too. A key belongs to the origin for which it was typed: it is sent
 * to no other, and is forgotten with it.
 */
export class Service {
  dialect = $state<DialectName>('openai');
  url = $state(ADDRESSES.openai);
  model = $state('');
  key = $state('');
  keepsKey = $state(false);
  /** Some models take none. */
  sendsTemperature = $state(true);
  limitField = $state<Endpoint['limitField']>('max_tokens');
  atOnce = $state(4);
  timeoutSeconds = $state(300);
  /** What became of a key whose address changed, or of settings that could not be read. */
  notice = $state<string | null>(null);
  readonly #name: string;
  #keyOrigin: string | null = null;

  /** `name` tells services apart: a subject, a judge. */
  constructor(name: string) {
    this.#name = name;
    const { values, notice } = keptSettings(SETTINGS + name, SHAPES);
    this.notice = notice;
    this.dialect = values.dialect ?? 'openai';
    this.url = values.url ?? ADDRESSES[this.dialect];
    this.model = values.model ?? '';
    const { key, origin } = keptSettings(KEY + name, KEY_SHAPES).values;
    if (key !== undefined && origin !== undefined && origin === originOf(this.url)) {
      this.key = key;
      this.#keyOrigin = origin;
      this.keepsKey = true;
    }
  }

  get endpoint(): Endpoint {
    return {
      dialect: this.dialect,
      url: this.url.trim(),
      model: this.model.trim(),
      temperature: this.sendsTemperature ? 0 : null,
      limitField: this.limitField,
    };
  }

  /** The endpoint as results tell of it. */
  get described(): Endpoint {
    return { ...this.endpoint, url: publicAddress(this.url) };
  }

  /** What is missing before anything can be sent. */
  get needs(): string | null {
    if (this.url.trim() === '') return t.service.needsAddress;
    return this.model.trim() === '' ? t.service.needsModel : null;
  }

  /** The speaker of another dialect usually lives elsewhere. */
  choose(dialect: DialectName): void {
    if (this.url === ADDRESSES[this.dialect]) this.url = ADDRESSES[dialect];
    this.dialect = dialect;
    this.moved();
  }

  /** The key was typed: it is for the address that stands beside it. */
  keyTyped(): void {
    this.#keyOrigin = this.key === '' ? null : originOf(this.url);
    this.notice = null;
    this.keep();
  }

  /** The address changed: a key for another origin is forgotten. */
  moved(): void {
    if (this.key !== '' && originOf(this.url) !== this.#keyOrigin) {
      this.notice = t.service.forgotten(this.#keyOrigin);
      this.key = '';
      this.#keyOrigin = null;
    }
    this.keep();
  }

  /** Keeps what may be kept. */
  keep(): void {
    const { dialect, url, model } = this.endpoint;
    keepSettings(SETTINGS + this.#name, { dialect, url: publicAddress(url), model });
    const kept = this.keepsKey && this.key !== '' && this.#keyOrigin !== null;
    keepSettings(KEY + this.#name, kept ? { key: this.key, origin: this.#keyOrigin } : null);
  }

  client(onWait: (why: string, milliseconds: number) => void): Client {
    const patience = { ...PATIENCE, timeoutMs: this.timeoutSeconds * 1000 };
    const { endpoint } = this;
    const key = originOf(endpoint.url) === this.#keyOrigin ? this.key.trim() : '';
    return { endpoint, key, patience, onWait };
  }
}
