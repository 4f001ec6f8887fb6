import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** What takes a minute or more each first, since one that begins last would be waited for alone: the rigs, then what needs a browser. */
const SLOW = [/\/(verify|bench)\/.*\.wire\.test\.ts$/, /\/simulator\/demo\/.*\.wire\.test\.ts$/];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number =>
      (SLOW.findIndex((slow) => slow.test(moduleId)) + SLOW.length + 1) % (SLOW.length + 1);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

const FOLDERS = { include: ['**/*.test.ts'], exclude: ['**/node_modules/**', '**/generated/**'] };
/** The built pages can belong to one server in a process only, and what a rig measures is its own. */
const ALONE = ['{verify,bench,simulator/demo}/**/*.wire.test.ts', 'src/process/{developers,no-stage,pages}.wire.test.ts'];

const project = (name: string, test: object): TestProjectInlineConfiguration => ({ extends: true, test: { name, ...test } });

export default defineConfig({
  // As Node itself resolves packages. Vite's own conditions would load a second graphql, whose errors are strangers to the first.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    projects: [
      project('alone', { include: ALONE, exclude: FOLDERS.exclude }),
      // To load the server anew for each of the others would cost as much as their tests.
      project('together', { include: FOLDERS.include, exclude: [...FOLDERS.exclude, ...ALONE], isolate: false }),
    ],
    globalSetup: ['./testkit/database.setup.ts'],
    setupFiles: ['./testkit/seed.setup.ts'],
    // Most tests wait for sockets and processes more than they compute.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
