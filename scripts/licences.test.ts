import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { licenceOf, licencesFile, packageOf } from './vite/licences.mjs';

test.each([
  ['/home/me/app/node_modules/yaml/browser/index.js', 'yaml'],
  ['/app/node_modules/@huggingface/transformers/dist/x.js', '@huggingface/transformers'],
  ['/app/node_modules/a/node_modules/b/index.js', 'b'],
  ['C:\\app\\node_modules\\d3-array\\src\\index.js', 'd3-array'],
  ['/app/node_modules/onnxruntime-web/dist/ort.wasm?gzip', 'onnxruntime-web'],
  ['\0/app/node_modules/comlink/dist/c.mjs?commonjs-module', 'comlink'],
  ['/app/src/spectra/kernels/assembly/index.ts?assemblyscript', 'assemblyscript'],
  ['\0rolldown/runtime.js', 'rolldown'],
  ['\0vite/preload-helper.js', 'vite'],
  ['/app/src/main.ts', undefined],
])('%j is of %s', (id, name) => {
  expect(packageOf(id)).toBe(name);
});

test('a package without a text ends the build, by name', () => {
  const packages = mkdtempSync(join(tmpdir(), 'licences-'));
  try {
    mkdirSync(join(packages, 'bare'));
    writeFileSync(join(packages, 'bare', 'package.json'), '{"version":"1.2.3","license":"MIT"}');
    expect(() => licenceOf('bare', packages)).toThrow(/^bare 1\.2\.3 \(MIT\) carries no licence text/);
    writeFileSync(join(packages, 'bare', 'NOTICE'), 'So it is.');
    expect(licenceOf('bare', packages)).toEqual({
      name: 'bare',
      version: '1.2.3',
      license: 'MIT',
      text: 'So it is.',
    });
  } finally {
    rmSync(packages, { recursive: true });
  }
});

test('the file has ours, each package once, and what lies inside of others', () => {
  const text = licencesFile(['onnxruntime-web', 'assemblyscript', 'onnxruntime-common']);
  expect(text).toContain('The Frankenscope authors');
  expect(text.match(/^onnxruntime-common 1\.30\.0 \(MIT\)$/gm)).toHaveLength(1);
  expect(text).toContain('Copyright (c) 2018 - present Microsoft Corporation');
  expect(text).toContain('Apache License');
});
