// The entry of every root npm script: prepares what the command needs, then runs it on the project's own Node.
// Plain JavaScript without dependencies, since it also runs on the host's Node and before anything is installed.
import { join } from 'node:path';
import { check } from './check.mjs';
import { generate } from './generate.mjs';
import { dependencies, generatedCode, opponents, webBuild } from './prepare.mjs';
import { become, Fault, runNode, server, web } from './shell.mjs';

const HOST_NODE_AT_LEAST = 20;

const commands = {
  demo: { needs: [dependencies, generatedCode, webBuild], run: script('simulator/demo.ts') },
  start: { needs: [dependencies, generatedCode, webBuild], run: script('src/process/main.ts') },
  bot: { needs: [dependencies, generatedCode], run: script('src/process/bot-cli.ts') },
  bench: { needs: [dependencies, generatedCode, webBuild, opponents], run: script('bench/main.ts') },
  doctor: { needs: [dependencies, generatedCode], run: script('src/process/doctor.ts') },
  verify: { needs: [dependencies, generatedCode, webBuild], run: script('verify/main.ts') },
  simulator: { needs: [dependencies], run: script('simulator/main.ts') },
  test: { needs: [dependencies, generatedCode, webBuild], run: test },
  check: { needs: [dependencies, generatedCode, webBuild], run: check },
  generate: { needs: [dependencies], run: generate },
  build: { needs: [dependencies, generatedCode, webBuild], run: () => 0 },
};

function script(path) {
  return (args) => become(join(server, path), args);
}

/** Every test of both parts, also when the first has failures. Arguments go to vitest: names of files, -t, … */
async function test(args) {
  const results = [];
  for (const [name, folder] of Object.entries({ server, web })) {
    const started = performance.now();
    const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
    const code = await runNode(vitest, ['run', '--passWithNoTests', ...args], { cwd: folder });
    results.push({ name, code, seconds: (performance.now() - started) / 1000 });
  }
  for (const { name, code, seconds } of results) console.error(`${code === 0 ? '✓' : '✗'} tests of ${name}: ${seconds.toFixed(0)} s`);
  return results.some(({ code }) => code !== 0) ? 1 : 0;
}

const [name = '', ...args] = process.argv.slice(2);
try {
  if (Number.parseInt(process.versions.node, 10) < HOST_NODE_AT_LEAST) throw new Fault(`Node ${HOST_NODE_AT_LEAST} or newer is needed`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new Fault(`usage: node server/tools/run.mjs ${Object.keys(commands).join('|')}`);
  for (const need of command.needs) await need();
  process.exitCode = await command.run(args);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
