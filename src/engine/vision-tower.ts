/** Running the vision tower and projector on one image. */
import type { ImagePatches } from '../vlm/patches.ts';
import type { PositionTaps } from '../vlm/position-table.ts';
import { positionTaps } from '../vlm/position-table.ts';
import { visionRotary } from '../vlm/vision-rotary.ts';
import type { WindowClass } from '../vlm/windows.ts';
import { windowPlan } from '../vlm/windows.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { GraphStore, GraphUse } from './graph-store.ts';
import type { Resident } from './resident.ts';
import type { VisionGraph } from './vision-graphs.ts';
import { visionGraphs } from './vision-graphs.ts';
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
   * What the projectors make of an image, one after another, `[projectors × tokens × outHiddenSize]`, each in image order; the
   * first, the main one's, are its embeddings. A window block runs once per window size (an image
   * has at most four: inside, right edge, lower edge, corner), each time on a batch of equal windows. Between
   * blocks it checks `signal`, and rejects with its reason.
   */
  async embed(
    model: Resident,
    { pixelValues, grid }: ImagePatches,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { vision } = model.config;
    const graphs = visionGraphs(model.config, visionFormat(model.format));
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
    const pixels = permuteUnits(pixelValues, order, unit * patchDim);
    const side = vision.positionTableSide;
    const taps = side === undefined ? undefined : positionTaps(grid, side, vision.spatialMergeSize, order);
    let hidden = await this.#patchEmbed(model, graphs.patchEmbed, pixels, [patches, patchDim], taps);
    const size = order.length * vision.outHiddenSize;
    const features = new Float32Array(graphs.projectors.length * size);
    for (let block = 0; block < vision.depth; block++) {
      if (signal?.aborted) {
        for (const tensor of [hidden, ...Object.values(angles)]) this.#backend.dispose(tensor);
        throw signal.reason;
      }
      const groups = vision.fullAttentionBlocks?.includes(block) ? [image] : windows;
      const parts = await this.#split(hidden, groups, vision.hiddenSize);
      for (const [index, group] of groups.entries()) {
        const part = parts[index] as Tensor;
        parts[index] = await this.#block(model, graphs.block(block), part, group, angles);
        this.#backend.dispose(part);
      }
      hidden = await this.#join(parts, groups, vision.hiddenSize);
      for (const [index, projector] of graphs.projectors.entries()) {
        if (projector.afterBlock !== block) continue;
        const projected = await this.#project(model, projector, hidden, patches);
        features.set(permuteUnits(projected, inverse, vision.outHiddenSize), index * size);
      }
    }
    for (const tensor of [hidden, ...Object.values(angles)]) this.#backend.dispose(tensor);
    return features;
  }

  async #patchEmbed(
    model: Resident,
    graph: VisionGraph,
    pixels: Float32Array,
    dims: readonly [patches: number, patchDim: number],
    taps: PositionTaps | undefined,
  ): Promise<Tensor> {
    const [patches] = dims;
    const feeds: Feeds = {
      pixels: this.#backend.upload('float32', dims, pixels),
      ...(taps && {
        position_rows: this.#backend.upload('int64', [4, patches], BigInt64Array.from(taps.rows, BigInt)),
        position_weights: this.#backend.upload('float32', [4, patches, 1], taps.weights),
      }),
    };
    const { hidden_out: hidden } = await this.#graphs.run(use(model, graph), feeds);
    for (const input of Object.values(feeds)) this.#backend.dispose(input);
    return hidden as Tensor;
  }

  async #block(
    model: Resident,
    graph: VisionGraph,
    hidden: Tensor,
    { windows, patches, offset }: WindowGroup,
    angles: Feeds,
  ): Promise<Tensor> {
    const { hiddenSize } = model.config.vision;
    const shape = this.#backend.host('int64', [3], BigInt64Array.of(BigInt(windows), BigInt(patches), -1n));
    const rows = BigInt64Array.from({ length: windows * patches }, (_, index) => BigInt(offset + index));
    const positions = this.#backend.upload('int64', [windows, patches], rows);
    const outputs = await this.#graphs.run(use(model, graph), {
      hidden: this.#backend.view(hidden, [windows, patches, hiddenSize]),
      batch_shape: shape,
      positions,
      ...angles,
    });
    this.#backend.dispose(positions);
    return outputs['hidden_out'] as Tensor;
  }

  async #project(
    model: Resident,
    graph: VisionGraph,
    hidden: Tensor,
    patches: number,
  ): Promise<Float32Array> {
    const { hiddenSize } = model.config.vision;
    const { embeddings } = await this.#graphs.run(use(model, graph), {
      hidden: this.#backend.view(hidden, [patches, hiddenSize]),
    });
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

/** The key tells weights apart: those of a block are called by its number. */
function use(model: Resident, { kind, build, weight }: VisionGraph): GraphUse {
  return { kind, build, weight: (slot) => [model, weight(slot)], weightsKey: `${weight('')} ${model.id}` };
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
