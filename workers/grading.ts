import { expose } from 'comlink';
import { GradingHost } from '../src/evaluation/grading/host.ts';

expose(new GradingHost());
