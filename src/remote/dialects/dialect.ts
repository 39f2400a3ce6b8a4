import type { Endpoint } from '../endpoint.ts';

/** A question as any service can be asked it. */
export interface RemoteQuestion {
  readonly system?: string;
  readonly prompt: string;
  readonly images: readonly RemoteImage[];
  readonly maxNewTokens: number;
}

export interface RemoteImage {
  readonly mediaType: string;
  readonly base64: string;
}

/** What a service answered. A refusal is an answer: it is recorded, and counts as wrong. */
export interface RemoteReply {
  readonly text: string;
  readonly stop: 'end' | 'length' | 'refused';
  readonly promptTokens?: number;
  /** New tokens, where the service counts them; those it does not show may be among them. */
  readonly tokens?: number;
}

/** One way of speaking. Pure: a request as headers and body, a reply from parsed JSON. */
export interface Dialect {
  headers(key: string): Readonly<Record<string, string>>;
  body(endpoint: Endpoint, question: RemoteQuestion): object;
  /** @throws NamedError `BadReply` where the JSON is not of the dialect. */
  reply(json: unknown): RemoteReply;
  /** Whether an error's body says that the question was refused for its content. */
  refusal(json: unknown): string | undefined;
}
