import { defineConfig } from '@playwright/test';
import { findBrowser } from '../scripts/browser.mjs';
import { chromiumFlags, runsUnsandboxed } from '../scripts/chromium-flags.mjs';

const executablePath = findBrowser();

/** End-to-end tests of the built app in real Chromium, served as a host would serve it. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.e2e.ts',
  outputDir: '../test-results/e2e',
  globalSetup: './serve-built-app.ts',
  // For machines with other work: no test takes a third of it on a quiet one, and what is awaited is mostly there at once.
  timeout: 400_000,
  expect: { timeout: 60_000 },
  // As for the browser tests: once more on a shared machine, told in the summary.
  retries: process.env.CI ? 1 : 0,
  // Models compete for the same few cores.
  workers: 1,
  // What hangs for good ends in a report.
  globalTimeout: process.env.CI ? 2_700_000 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json']],
  use: {
    // What is not there after this is not coming: told by its name, not by the end of the test.
    actionTimeout: 120_000,
    // Routes of a test do not reach what a service worker answers; what it does is seen in offline.e2e.ts and house.e2e.ts.
    serviceWorkers: 'block',
    baseURL: process.env.FRANKENSCOPE_URL ?? '',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: chromiumFlags('software'),
      chromiumSandbox: !runsUnsandboxed(),
    },
  },
});
