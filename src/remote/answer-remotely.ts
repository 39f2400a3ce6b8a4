import type { BlackImages } from '../evaluation/answers/answer-all.ts';
import { naming, picturesOf } from '../evaluation/answers/answer-all.ts';
import type { Answer } from '../evaluation/answers/answer.ts';
import type { AnswerSettings, Ask } from '../evaluation/answers/ask.ts';
import type { Asked } from '../evaluation/variant.ts';
import { NamedError } from '../named-error.ts';
import type { LongWork } from '../work/long-work.ts';
import { askRemote, type Client } from './client.ts';
import { type Endpoint, endpointFingerprint } from './endpoint.ts';
import { remoteImage } from './images.ts';
import { askInParallel } from './in-parallel.ts';

/** A remote model as the subject of an evaluation. */
export async function remoteSubject(endpoint: Endpoint): Promise<Asked> {
  const fingerprint = await endpointFingerprint(endpoint);
  return { name: endpoint.model, fingerprint, sources: [{ name: endpoint.model, fingerprint }] };
}

export interface RemoteAsking {
  readonly client: Client;
  /** Questions under way at one time. */
  readonly atOnce: number;
  /** Scales an image down to so many pixels and brings it into a form services take. */
  prepareImage(image: Blob, maxPixels: number): Promise<Blob>;
}

/**
 * As `answerAll`, of a remote model: each ask once, several at a time; refusals are answers. What the service gave no
 * answer to is left out, and told at the end.
 *
 * @throws NamedError `Cancelled`; `RemoteRejected`; `RemoteUnavailable` with how many have no answer: the others are kept.
 */
export async function answerRemotely(
  { client, atOnce, prepareImage }: RemoteAsking,
  asks: readonly Ask<Asked>[],
  settings: AnswerSettings,
  work: LongWork<Answer> = {},
): Promise<ReadonlyMap<string, Answer>> {
  const { system } = settings.style;
  const black: BlackImages = new Map();
  const answer = async (ask: Ask<Asked>, stop: AbortSignal): Promise<Answer> => {
    if (ask.pieces) throw naming(notInPlace(), ask);
    const pictures = await picturesOf(ask, black);
    const images = await Promise.all(
      pictures.map(async (picture) => remoteImage(await prepareImage(picture, settings.maxImagePixels))),
    );
    const question = {
      ...(system === undefined ? {} : { system }),
      ...{ prompt: ask.prompt, images, maxNewTokens: settings.maxNewTokens },
    };
    return askRemote(client, question, stop).catch((error: unknown) => {
      throw naming(error, ask);
    });
  };
  const all = new Map(asks.map((ask) => [ask.key, ask]));
  return askInParallel(all, atOnce, answer, work, {
    phase: 'answering',
    lacking: 'questions have no answer',
  });
}

function notInPlace(): NamedError {
  return new NamedError(
    'ImageMarkers',
    'a picture stands within the text; services are asked with pictures before it',
    { field: 'question' },
    'leave such questions out, or write them without <image>',
  );
}
