/** Running the vision tower and projector on one image. */
import { patchEmbedGraph, projectorGraph, visionBlockGraph } from '../graph/vision.ts';
import type { ImagePatches } from '../vlm/patches.ts';
import { visionRotary } from '../vlm/vision-rotary.ts';
import type { WindowClass } from '../vlm/windows.ts';
import { windowPlan } from '../vlm/windows.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { GraphStore } from './graph-store.ts';
import type { Resident } from './resident.ts';
import { visionFormat } from './weights/plan.ts';

/** Patches that attend among themselves in equal groups, and where they lie in the image's sequence. */
interface WindowGroup extends WindowClass {
  readonly offset: number;
}

export class VisionTower {
  readonly #backend: Backend;
  readonly #graphs: GraphStore;

  constructor(backend: Backend, graphs: GraphStore) {
    this.#backend = backend;
    this.#graphs = graphs;
  }

  /**
   * Embeddings `[tokens × outHiddenSize]` in image order. A window block runs once per window size (an image
   * has at most four: inside, right edge, lower edge, corner), each time on a batch of equal windows. Between
   * blocks it checks `signal`, and rejects with its reason.
   */
  async embed(
    model: Resident,
    { pixelValues, grid }: ImagePatches,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { vision } = model.config;
    const { order, inverse, classes } = windowPlan(grid, vision);
    const unit = vision.spatialMergeSize ** 2;
    const patches = order.length * unit;
    const windows = windowGroups(classes);
    const image: WindowGroup = { windows: 1, patches, offset: 0 };
    const rotary = visionRotary(grid, vision, order);
    const dims = [patches, rotary.cos.length / patches];
    const angles = {
      cos: this.#backend.upload('float32', dims, rotary.cos),
      sin: this.#backend.upload('float32', dims, rotary.sin),
    };

    const patchDim = pixelValues.length / patches;
    let hidden = await this.#patchEmbed(model, permuteUnits(pixelValues, order, unit * patchDim), patchDim);
    for (let block = 0; block < vision.depth; block++) {
      if (signal?.aborted) {
        for (const tensor of [hidden, ...Object.values(angles)]) this.#backend.dispose(tensor);
        throw signal.reason;
      }
      const groups = vision.fullAttentionBlocks.includes(block) ? [image] : windows;
      const parts = await this.#split(hidden, groups, vision.hiddenSize);
      for (const [index, group] of groups.entries()) {
        const part = parts[index] as Tensor;
        parts[index] = await this.#block(model, block, part, group, angles);
        this.#backend.dispose(part);
      }
      hidden = await this.#join(parts, groups, vision.hiddenSize);
    }
    for (const table of Object.values(angles)) this.#backend.dispose(table);
    const embeddings = await this.#project(model, hidden, patches);
    return permuteUnits(embeddings, inverse, vision.outHiddenSize);
  }

  async #patchEmbed(model: Resident, pixels: Float32Array, patchDim: number): Promise<Tensor> {
    const { hiddenSize } = model.config.vision;
    const input = this.#backend.upload('float32', [pixels.length / patchDim, patchDim], pixels);
    const { hidden_out: hidden } = await this.#graphs.run(
      {
        kind: `patch embedding ${patchDim} ${hiddenSize}`,
        build: (constants) => patchEmbedGraph(patchDim, hiddenSize, constants),
        weight: (slot) => [model, `visual.patch_embed.${slot}`],
        weightsKey: model.id,
      },
      { pixels: input },
    );
    this.#backend.dispose(input);
    return hidden as Tensor;
  }

  async #block(
    model: Resident,
    block: number,
    hidden: Tensor,
    { windows, patches, offset }: WindowGroup,
    angles: Feeds,
  ): Promise<Tensor> {
    const { vision } = model.config;
    const { hiddenSize, intermediateSize, heads } = vision;
    const format = visionFormat(model.dtype);
    const shape = this.#backend.host('int64', [3], BigInt64Array.of(BigInt(windows), BigInt(patches), -1n));
    const rows = BigInt64Array.from({ length: windows * patches }, (_, index) => BigInt(offset + index));
    const positions = this.#backend.upload('int64', [windows, patches], rows);
    const outputs = await this.#graphs.run(
      {
        kind: `vision block ${JSON.stringify([hiddenSize, intermediateSize, heads, format])}`,
        build: (constants) => visionBlockGraph(vision, format, constants),
        weight: (slot) => [model, `visual.blocks.${block}.${slot}`],
        weightsKey: [block, model.id].join(),
      },
      {
        hidden: this.#backend.view(hidden, [windows, patches, hiddenSize]),
        batch_shape: shape,
        positions,
        ...angles,
      },
    );
    this.#backend.dispose(positions);
    return outputs['hidden_out'] as Tensor;
  }

  async #project(model: Resident, hidden: Tensor, patches: number): Promise<Float32Array> {
    const { hiddenSize, outHiddenSize, spatialMergeSize: merge } = model.config.vision;
    const format = visionFormat(model.dtype);
    const { embeddings } = await this.#graphs.run(
      {
        kind: `projector ${JSON.stringify([hiddenSize, merge, outHiddenSize, format])}`,
        build: (constants) => projectorGraph({ hiddenSize, outHiddenSize, merge }, format, constants),
        weight: (slot) => [model, `visual.merger.${slot}`],
        weightsKey: model.id,
      },
      { hidden: this.#backend.view(hidden, [patches, hiddenSize]) },
    );
    this.#backend.dispose(hidden);
    const host = await this.#backend.read(embeddings as Tensor);
    this.#backend.dispose(embeddings as Tensor);
    return host;
  }

  /** Cuts `hidden` into one tensor per stretch and gives it back; a single stretch is `hidden` itself. */
  async #split(hidden: Tensor, groups: readonly WindowGroup[], width: number): Promise<Tensor[]> {
    if (groups.length === 1) return [hidden];
    const parts: Tensor[] = [];
    for (const { windows, patches, offset } of groups) {
      const part = await this.#backend.zeros('float32', [windows, patches, width]);
      this.#backend.copy(hidden, part, [
        { from: offset * width * 4, to: 0, bytes: windows * patches * width * 4 },
      ]);
      parts.push(part);
    }
    this.#backend.dispose(hidden);
    return parts;
  }

  /** The inverse of `#split`. */
  async #join(parts: readonly Tensor[], groups: readonly WindowGroup[], width: number): Promise<Tensor> {
    if (parts.length === 1) return parts[0] as Tensor;
    const patches = groups.reduce((sum, group) => sum + group.windows * group.patches, 0);
    const whole = await this.#backend.zeros('float32', [1, patches, width]);
    for (const [index, group] of groups.entries()) {
      const part = parts[index] as Tensor;
      const bytes = group.windows * group.patches * width * 4;
      this.#backend.copy(part, whole, [{ from: 0, to: group.offset * width * 4, bytes }]);
      this.#backend.dispose(part);
    }
    return whole;
  }
}

function windowGroups(classes: readonly WindowClass[]): readonly WindowGroup[] {
  let offset = 0;
  return classes.map((size) => {
    const stretch = { ...size, offset };
    offset += size.windows * size.patches;
    return stretch;
  });
}

/** Reorders blocks of `size` values: block `i` of the result is block `order[i]` of `values`. */
function permuteUnits(values: Float32Array, order: Int32Array, size: number): Float32Array {
  const out = new Float32Array(values.length);
  order.forEach((from, to) => out.set(values.subarray(from * size, (from + 1) * size), to * size));
  return out;
}
