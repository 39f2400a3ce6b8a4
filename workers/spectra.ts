import { serveSpectra } from '../src/spectra/threads/serve.ts';

serveSpectra();
