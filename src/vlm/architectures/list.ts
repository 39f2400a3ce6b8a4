/** Every architecture that the app runs. To add one, add its folder and its line here (docs/architectures.md). */
import type { Architecture } from './architecture.ts';
import { QWEN2_5_VL } from './qwen2_5_vl/architecture.ts';
import { QWEN2_VL } from './qwen2_vl/architecture.ts';
import { QWEN3_VL } from './qwen3_vl/architecture.ts';

export const ARCHITECTURES: readonly [Architecture, ...Architecture[]] = [QWEN2_5_VL, QWEN3_VL, QWEN2_VL];
