/** What names the hardware that computes, as far as a browser tells: part of the identity of every result computed on it. */

/** What browsers tell of a GPU; Chrome names driver and backend only with its developer features switched on. */
type AdapterFacts = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
  readonly driver?: string;
  readonly backend?: string;
  readonly type?: string;
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
};

const FACTS = [
  'vendor',
  'architecture',
  'device',
  'description',
  'driver',
  'backend',
  'type',
  'subgroupMinSize',
  'subgroupMaxSize',
] as const satisfies readonly (keyof AdapterFacts)[];

/**
 * A GPU by all that its browser tells, with the features that choose other kernels: "vendor nvidia, architecture ampere,
 * shader-f16, subgroups". What is not told (a driver, most often) is not seen.
 *
 * @param features of the device, not of the adapter: those in use
 */
export function gpuName(info: AdapterFacts, features: Pick<GPUSupportedFeatures, 'has'>): string {
  const known = FACTS.flatMap((fact) => {
    const value = info[fact];
    return value === undefined || value === '' ? [] : [`${fact} ${value}`];
  });
  const used = ['shader-f16', 'subgroups'].filter((feature) => features.has(feature));
  return [...known, ...used].join(', ') || 'unnamed GPU';
}

/**
 * The CPU build of onnxruntime: WebAssembly's arithmetic is the same on every machine (relaxed SIMD is not used), but kernels may
 * cut sums by the number of threads.
 */
export function wasmName(threads: number): string {
  return `wasm simd, ${threads} threads`;
}

/** The number of threads that such a name tells; null of a GPU's. */
export function threadsOf(adapter: string): number | null {
  const told = /^wasm simd, (\d+) threads$/.exec(adapter)?.[1];
  return told === undefined ? null : Number(told);
}

/** Such a name, or a text with some, as it is read: "wasm simd, 1 thread". Names themselves stay as results have them. */
export function adapterText(name: string): string {
  return name.replace(/\bwasm simd, 1 threads\b/g, 'wasm simd, 1 thread');
}
