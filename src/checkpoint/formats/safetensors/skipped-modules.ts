import type { DeclaredQuantization } from '../../quantization.ts';
import type { Notice } from '../../weight-files.ts';
import type { AnyEncoded } from '../codecs.ts';

/** Where bitsandbytes, and AWQ, block FP8 and others, name modules that stay as they are. */
const LISTS = ['llm_int8_skip_modules', 'modules_to_not_convert'] as const;

/** Modules of published models lie ten deep at most. */
const DEEPEST = 24;

/**
 * That modules which a folder says it skipped are quantized all the same. transformers 5 (seen in 5.24.0) looks for such a name where a path
 * begins, transformers 4 anywhere in it: `visual`, which spared a vision tower, spares none of it now, and the config still names it.
 */
export function skippedModules(
  declared: DeclaredQuantization | null,
  tensors: readonly AnyEncoded[],
): Notice[] {
  if (!declared) return [];
  const { file, field, said } = declared;
  const paths = tensors.filter(({ codec }) => codec !== 'stored').map(({ storedName }) => storedName);
  return LISTS.flatMap((list) => {
    const skipped = new Set<unknown>(Array.isArray(said[list]) ? said[list] : []);
    const within =
      skipped.size === 0
        ? []
        : paths.flatMap((path) => modulesAround(path).find((one) => skipped.has(one)) ?? []);
    const [first, second] = new Set(within);
    if (first === undefined) return [];
    const names = second === undefined ? first : `${first} and others`;
    const text = `its ${field} has ${names} skipped (${list}), and ${within.length} quantized tensors lie there all the same: they are read as they are stored`;
    return [{ file, text }];
  });
}

/** What a module around a tensor may be called: any run of its path, the tensor's own name left out. */
function modulesAround(path: string): readonly string[] {
  const parts = path.split('.').slice(0, -1);
  if (parts.length > DEEPEST) return [];
  return parts.flatMap((_, first) =>
    parts.slice(first).map((_, more) => parts.slice(first, first + more + 1).join('.')),
  );
}
