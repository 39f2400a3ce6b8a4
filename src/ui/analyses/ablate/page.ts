import { analysis } from '../../../analyses/ablate/analysis.ts';
import type { ProbePage } from '../probe-page.ts';
import { spokenOf } from '../words-of.ts';
import Charts from './Charts.svelte';
import Definition from './Definition.svelte';
import Samples from './Samples.svelte';

export const page: ProbePage = { analysis: spokenOf(analysis), Charts, Samples, Definition };
