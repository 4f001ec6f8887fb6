import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** What takes a minute or more each first: one that begins last would be waited for alone. */
const SLOW = /\/(verify|bench|simulator\/demo)\/.*\.wire\.test\.ts$/;

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  // As Node itself resolves packages. Vite's own conditions would load a second graphql, whose errors are strangers to the first.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/generated/**'],
    globalSetup: ['./testkit/database.setup.ts'],
    setupFiles: ['./testkit/seed.setup.ts'],
    // Most tests wait for sockets and processes more than they compute.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
