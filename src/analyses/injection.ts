/** What becomes of the image features that DeepStack injects, of models that have it (docs/method.md §2.1, §3). */
import type { Injection } from '../engine/protocol/intervention.ts';
import { NamedError } from '../named-error.ts';
import type { AskedModel } from './asked-model.ts';

/**
 * As identity and result of an analysis have it: nothing of a model without DeepStack.
 *
 * @throws NamedError `NoInjection` where a model has no DeepStack and other than `kept` is asked for
 */
export function injectionOf<Mode extends Injection>(
  { name, checkpoint }: Pick<AskedModel, 'name' | 'checkpoint'>,
  injection: Mode,
): { readonly injection?: Mode } {
  if (checkpoint.injectedAfter) return { injection };
  if (injection === 'kept') return {};
  throw new NamedError(
    'NoInjection',
    `${name} has no DeepStack: nothing is injected after its layers that could be ${injection === 'source' ? "the source's" : injection}`,
    { field: 'injection' },
    'leave out --injection, or ask a model with DeepStack',
  );
}
