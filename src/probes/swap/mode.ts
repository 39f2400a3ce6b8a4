import type { Reads } from '../../engine/protocol/intervention.ts';
import { checkLayers } from '../../engine/rows.ts';
import type { LayerRow } from '../../layer-index.ts';
import { NamedError } from '../../named-error.ts';

/** `single`: one layer is swapped (P1 Eq. 2, VFL). `from-layer`: it and all after it (the reference code). */
export type SwapMode = 'single' | 'from-layer';

/** The layers that a probe of layer `layer` swaps in a model of `layers`. */
export function swappedLayers(mode: SwapMode, layer: LayerRow, layers: number): readonly LayerRow[] {
  const count = mode === 'single' ? 1 : layers - layer;
  return Array.from({ length: count }, (_, offset) => layer + offset);
}

/** Who reads the swap, where that makes another run than every later position does: from a layer on both are one (docs/method.md §2.1). */
export function readApart(mode: SwapMode, reads: Reads | undefined): { readonly reads?: 'text' } {
  return mode === 'single' && reads === 'text' ? { reads } : {};
}

/** @throws NamedError `UnknownLayer` for a layer that the model does not have; `NoLayers`. */
export function checkProbed(probed: readonly LayerRow[], layers: number): void {
  if (probed.length === 0)
    throw new NamedError(
      'NoLayers',
      'the list of layers to probe is empty',
      { field: 'layers' },
      'name at least one',
    );
  checkLayers(probed, layers, 'layers');
}
