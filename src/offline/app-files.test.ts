import { describe, expect, test } from 'vitest';
import { fileAt, groupOf, keyOf } from './app-files.ts';

describe('groupOf', () => {
  test.each([
    ['index.html', 'app'],
    ['assets/main-4yP4VJRR.js', 'app'],
    ['study/demo.frankenscope', 'app'],
    ['assets/ort-wasm-simd-threaded-DcHrbrbl.wasm', 'wasm'],
    ['assets/ort-wasm-simd-threaded-qyIweqWS.mjs', 'wasm'],
    ['assets/ort.wasm.bundle.min-DRNQlQMw.js', 'wasm'],
    ['assets/ort-wasm-simd-threaded.jspi-CZzFqCHi.wasm', 'jspi'],
    ['assets/ort.jspi.bundle.min-BEO_nTIZ.js', 'jspi'],
    ['assets/ort-wasm-simd-threaded.asyncify.wasm-BvgFI620.packed', 'asyncify'],
    ['assets/ort.webgpu.bundle.min-CUhnTjpJ.js', 'asyncify'],
    ['data/items.zip', 'samples'],
    ['bench.html', 'rest'],
    ['assets/headless-9wfTx3vS.js', 'rest'],
    ['licences.txt', 'rest'],
  ] as const)('%s belongs to %s', (path, group) => {
    expect(groupOf(path)).toBe(group);
  });
});

describe('fileAt', () => {
  const scope = 'https://host.example/some/folder/';
  const files = new Map(
    ['index.html', 'server.html', 'assets/a-12345678.js'].map((path) => [
      path,
      { path, bytes: 1, sha256: 'f00' },
    ]),
  );

  test.each([
    ['', 'index.html'],
    ['?page=2#localize', 'index.html'],
    ['index.html', 'index.html'],
    ['server', 'server.html'],
    ['assets/a-12345678.js', 'assets/a-12345678.js'],
    ['demo/rl/config.json', undefined],
    ['assets/b-12345678.js', undefined],
  ])('"%s" asks for %s', (path, file) => {
    expect(fileAt(files, scope, scope + path)?.path).toBe(file);
  });

  test('what lies beside the folder, or on another host, is none', () => {
    expect(fileAt(files, scope, 'https://host.example/some/index.html')).toBeUndefined();
    expect(fileAt(files, scope, 'https://other.example/some/folder/index.html')).toBeUndefined();
  });

  test('other bytes are kept under another address', () => {
    expect(keyOf({ path: 'index.html', bytes: 1, sha256: 'f00' }, scope)).toBe(
      `${scope}index.html?sha256=f00`,
    );
    expect(keyOf({ path: 'assets/a-12345678.js', bytes: 1, sha256: 'f00' }, scope)).toBe(
      `${scope}assets/a-12345678.js`,
    );
  });
});
