import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Files share loaded modules: no module keeps state that a test could meet, and loading them is a third of the time.
    isolate: false,
    // Suites that start a database, a stack or the framework's command line take seconds; none waits for its own sake.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'build/vitest.json' }]] : ['default'],
  },
});
