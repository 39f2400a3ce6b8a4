/** Running the vision tower and projector on images. */
import type { VisionConfig } from '../vlm/config.ts';
import type { ImageGrid } from '../vlm/image-grid.ts';
import type { ImagePatches } from '../vlm/patches.ts';
import type { PositionTaps } from '../vlm/position-table.ts';
import { positionTaps } from '../vlm/position-table.ts';
import type { RotaryTable } from '../vlm/rotary.ts';
import { visionRotary } from '../vlm/vision-rotary.ts';
import type { WindowClass, WindowPlan } from '../vlm/windows.ts';
import { windowPlan } from '../vlm/windows.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import { CONSTANT_BYTES_PER_RUN } from './decoder.ts';
import type { GraphStore, GraphUse } from './graph-store.ts';
import type { Resident } from './resident.ts';
import type { VisionGraph, VisionGraphs } from './vision-graphs.ts';
import { visionGraphs } from './vision-graphs.ts';
import { visionFormat } from './weights/plan.ts';
import { visionBytes } from './working.ts';

/** Activations of images that are seen in one run. More make it no cheaper an image, and a cancel waits for its end. */
const BYTES_PER_RUN = 8 * 2 ** 20;

/** Patches that attend among themselves in equal groups, and where they lie in the image's sequence. */
interface WindowGroup extends WindowClass {
  readonly offset: number;
}

/** What images of one grid have in common, in the order in which patches are computed: window by window. */
interface GridPlan extends Pick<WindowPlan, 'order' | 'inverse'> {
  readonly patches: number;
  readonly windows: readonly WindowGroup[];
  readonly rotary: RotaryTable;
  readonly taps: PositionTaps | undefined;
}

export class VisionTower {
  readonly #backend: Backend;
  readonly #graphs: GraphStore;
  readonly #known = new WeakMap<Resident, VisionGraphs>();
  /** Of the grid seen last: images come in sets of one size. */
  #last: { readonly vision: VisionConfig; readonly grid: ImageGrid; readonly plan: GridPlan } | null = null;

  constructor(backend: Backend, graphs: GraphStore) {
    this.#backend = backend;
    this.#graphs = graphs;
  }

  /** What `embedAll` gives of one image. */
  async embed(model: Resident, image: ImagePatches, signal?: AbortSignal): Promise<Float32Array> {
    const [features] = await this.embedAll(model, [image], signal);
    return features as Float32Array;
  }

  /**
   * What the projectors make of each image, one after another, `[projectors × tokens × outHiddenSize]`, each in image order; the
   * first, the main one's, are its embeddings. An image's are the same to the bit whatever images it is seen with.
   *
   * Where weights are constants and the tower is small, images of one grid are seen in one run, as far as their windows are of one size. All
   * others are seen one by one, block by block, a window block once per window size (an image
   * has at most four: inside, right edge, lower edge, corner), each time on a batch of equal windows.
   *
   * @param signal heard between runs, or blocks; rejects with its reason
   * @param before awaited before each run, with the patches of an image: where it bounds memory, a run sees no more than one
   */
  async embedAll(
    model: Resident,
    images: readonly ImagePatches[],
    signal?: AbortSignal,
    before: (patches: number) => Promise<void> = () => Promise.resolve(),
  ): Promise<readonly Float32Array[]> {
    const features = new Map<ImagePatches, Float32Array>();
    for (const alike of byGrid(images)) {
      const plan = this.#plan(model, (alike[0] as ImagePatches).grid);
      for (let at = 0; at < alike.length;) {
        await before(plan.patches);
        signal?.throwIfAborted();
        const together = alike.slice(at, at + this.#together(model, plan));
        const seen = this.#isOneGraph(model, plan)
          ? await this.#seeAtOnce(model, together, plan)
          : [await this.#seeByBlocks(model, together[0] as ImagePatches, plan, signal)];
        together.forEach((image, index) => features.set(image, seen[index] as Float32Array));
        at += together.length;
      }
    }
    return images.map((image) => features.get(image) as Float32Array);
  }

  /** How many images of a plan one run sees. */
  #together(model: Resident, plan: GridPlan): number {
    if (this.#graphs.isBounded || !this.#isOneGraph(model, plan)) return 1;
    return Math.max(1, Math.floor(BYTES_PER_RUN / visionBytes(model.config, plan.patches)));
  }

  #isOneGraph({ arrays }: Resident, { windows }: GridPlan): boolean {
    return this.#backend.constantWeights && windows.length === 1 && arrays.bytes <= CONSTANT_BYTES_PER_RUN;
  }

  #graphsOf(model: Resident): VisionGraphs {
    const known = this.#known.get(model) ?? visionGraphs(model.config, visionFormat(model.format));
    this.#known.set(model, known);
    return known;
  }

  #plan({ config: { vision } }: Resident, grid: ImageGrid): GridPlan {
    if (this.#last?.vision !== vision || this.#last.grid.join() !== grid.join())
      this.#last = { vision, grid, plan: gridPlan(grid, vision) };
    return this.#last.plan;
  }

  async #seeAtOnce(
    model: Resident,
    images: readonly ImagePatches[],
    { order, inverse, patches, windows: [window], rotary, taps }: GridPlan,
  ): Promise<readonly Float32Array[]> {
    const { vision } = model.config;
    const { projectors, tower } = this.#graphsOf(model);
    const size = (images[0] as ImagePatches).pixelValues.length;
    const pixels = new Float32Array(images.length * size);
    images.forEach(({ pixelValues }, index) =>
      permuteUnits(pixelValues, order, pixels.subarray(index * size, (index + 1) * size)),
    );
    const uploaded: Feeds = {
      ...this.#angles(patches, rotary),
      ...this.#patchFeeds([images.length * patches, size / patches], pixels, taps),
      window_positions: this.#positions(images.length, window as WindowGroup),
      image_positions: this.#positions(images.length, { windows: 1, patches, offset: 0 }),
    };
    const shapes = {
      window_batch_shape: this.#batchShape(images.length, window as WindowGroup),
      image_batch_shape: this.#batchShape(images.length, { windows: 1, patches }),
    };
    const outputs = await this.#graphs.run(use(model, tower), { ...uploaded, ...shapes });
    for (const tensor of Object.values(uploaded)) this.#backend.dispose(tensor);
    const each = order.length * vision.outHiddenSize;
    const features = images.map(() => new Float32Array(projectors.length * each));
    for (const projector of projectors.keys()) {
      const embeddings = outputs[`${projector}.embeddings`] as Tensor;
      const projected = await this.#backend.read(embeddings);
      for (const [index, into] of features.entries())
        permuteUnits(
          projected.subarray(index * each, (index + 1) * each),
          inverse,
          into.subarray(projector * each, (projector + 1) * each),
        );
      this.#backend.dispose(embeddings);
    }
    return features;
  }

  async #seeByBlocks(
    model: Resident,
    { pixelValues }: ImagePatches,
    { order, inverse, patches, windows, rotary, taps }: GridPlan,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const { vision } = model.config;
    const graphs = this.#graphsOf(model);
    const image: WindowGroup = { windows: 1, patches, offset: 0 };
    const angles = this.#angles(patches, rotary);
    const pixels = permuteUnits(pixelValues, order);
    const patchDim = pixelValues.length / patches;
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
        const projected = await this.#project(model, projector, hidden);
        permuteUnits(projected, inverse, features.subarray(index * size, (index + 1) * size));
      }
    }
    for (const tensor of [hidden, ...Object.values(angles)]) this.#backend.dispose(tensor);
    return features;
  }

  #angles(patches: number, { cos, sin }: RotaryTable): Feeds {
    const dims = [patches, cos.length / patches];
    return {
      cos: this.#backend.upload('float32', dims, cos),
      sin: this.#backend.upload('float32', dims, sin),
    };
  }

  /** What the patch embedding takes; taps are those of one image. */
  #patchFeeds(
    dims: readonly [patches: number, patchDim: number],
    pixels: Float32Array,
    taps: PositionTaps | undefined,
  ): Feeds {
    const feeds: Feeds = { pixels: this.#backend.upload('float32', dims, pixels) };
    if (!taps) return feeds;
    const { rows, weights } = taps;
    const tapped = rows.length / 4;
    return {
      ...feeds,
      position_rows: this.#backend.upload('int64', [4, tapped], BigInt64Array.from(rows, BigInt)),
      position_weights: this.#backend.upload('float32', [4, tapped, 1], weights),
    };
  }

  /** int64 `[3]`: sequences of so many images, patches of each, -1. */
  #batchShape(images: number, { windows, patches }: WindowClass): Tensor {
    const shape = BigInt64Array.of(BigInt(images * windows), BigInt(patches), -1n);
    return this.#backend.host('int64', [3], shape);
  }

  /** The rows of an image's rotary table that its sequences take, those of each image anew. */
  #positions(images: number, { windows, patches, offset }: WindowGroup): Tensor {
    const own = windows * patches;
    const rows = BigInt64Array.from({ length: images * own }, (_, index) => BigInt(offset + (index % own)));
    return this.#backend.upload('int64', [images * windows, patches], rows);
  }

  async #patchEmbed(
    model: Resident,
    graph: VisionGraph,
    pixels: Float32Array,
    dims: readonly [patches: number, patchDim: number],
    taps: PositionTaps | undefined,
  ): Promise<Tensor> {
    const feeds = this.#patchFeeds(dims, pixels, taps);
    const { hidden_out: hidden } = await this.#graphs.run(use(model, graph), feeds);
    for (const input of Object.values(feeds)) this.#backend.dispose(input);
    return hidden as Tensor;
  }

  async #block(
    model: Resident,
    graph: VisionGraph,
    hidden: Tensor,
    group: WindowGroup,
    angles: Feeds,
  ): Promise<Tensor> {
    const positions = this.#positions(1, group);
    const outputs = await this.#graphs.run(use(model, graph), {
      hidden,
      batch_shape: this.#batchShape(1, group),
      positions,
      ...angles,
    });
    this.#backend.dispose(positions);
    return outputs['hidden_out'] as Tensor;
  }

  async #project(model: Resident, graph: VisionGraph, hidden: Tensor): Promise<Float32Array> {
    const { embeddings } = await this.#graphs.run(use(model, graph), { hidden });
    const host = await this.#backend.read(embeddings as Tensor);
    this.#backend.dispose(embeddings as Tensor);
    return host;
  }

  /** Cuts `hidden` into one tensor per stretch and gives it back; a single stretch is `hidden` itself. */
  async #split(hidden: Tensor, groups: readonly WindowGroup[], width: number): Promise<Tensor[]> {
    if (groups.length === 1) return [hidden];
    const parts: Tensor[] = [];
    for (const { windows, patches, offset } of groups) {
      const part = await this.#backend.zeros('float32', [windows * patches, width]);
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
    const whole = await this.#backend.zeros('float32', [patches, width]);
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

/** Different images, those of one grid together. */
function byGrid(images: readonly ImagePatches[]): Iterable<readonly ImagePatches[]> {
  const grids = new Map<string, ImagePatches[]>();
  for (const image of new Set(images)) {
    const key = image.grid.join();
    const alike = grids.get(key);
    if (alike) alike.push(image);
    else grids.set(key, [image]);
  }
  return grids.values();
}

function gridPlan(grid: ImageGrid, vision: VisionConfig): GridPlan {
  const { order, inverse, classes } = windowPlan(grid, vision);
  const { positionTableSide: side, spatialMergeSize: merge } = vision;
  return {
    order,
    inverse,
    patches: order.length * merge ** 2,
    windows: windowGroups(classes),
    rotary: visionRotary(grid, vision, order),
    taps: side === undefined ? undefined : positionTaps(grid, side, merge, order),
  };
}

function windowGroups(classes: readonly WindowClass[]): readonly WindowGroup[] {
  let offset = 0;
  return classes.map((size) => {
    const stretch = { ...size, offset };
    offset += size.windows * size.patches;
    return stretch;
  });
}

/** Reorders blocks of equal size, as many as `order` has: block `i` of the result, `into`, is block `order[i]` of `values`. */
function permuteUnits(
  values: Float32Array,
  order: Int32Array,
  into = new Float32Array(values.length),
): Float32Array {
  const size = values.length / order.length;
  order.forEach((from, to) => into.set(values.subarray(from * size, (from + 1) * size), to * size));
  return into;
}
