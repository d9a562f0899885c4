import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, because it works with other processes: begun last, one of them would be waited for alone. */
const LONGEST = [
  'test/functions/package.test.ts',
  'test/unit/engine/bulk-dynamodb.test.ts',
  'test/scenarios/start.test.ts',
  'test/house/invoke.test.ts',
  'test/unit/store/dynamodb.test.ts',
  'test/scenarios/erasure-scan.test.ts',
  'test/unit/engine/bulk-commit.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((file) => moduleId.endsWith(file));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Files share loaded modules: no module keeps state that a test could meet, and loading them is a third of the time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Suites that start a database, a stack or the framework's command line take seconds; none waits for its own sake.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'build/vitest.json' }]] : ['default'],
  },
});
