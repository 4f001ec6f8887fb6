import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a project without its Node says so in one line and ends', async () => {
  const root = mkdtempSync(join(tmpdir(), 'shell-'));
  const tools = join(root, 'server', 'tools');
  mkdirSync(tools, { recursive: true });
  copyFileSync(join(import.meta.dirname, 'shell.mjs'), join(tools, 'shell.mjs'));
  const program = `
    import { become, Fault } from '${join(tools, 'shell.mjs')}';
    process.exitCode = await become('none.ts', []).catch((fault) => (console.error(fault instanceof Fault ? fault.message : fault), 1));`;
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? null, stdout, stderr }),
    );
  });
  rmSync(root, { recursive: true });
  expect(ended).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^[^\n]*node_modules[^\n]* does not run: [^\n]*ENOENT\n$/) });
});

test('the image keeps memory as the commands do', async () => {
  const shell = join(import.meta.dirname, 'shell.mjs');
  const program = `import { environment, NODE_FLAGS } from '${shell}'; console.log(JSON.stringify({ ...environment(), NODE_FLAGS }));`;
  const env = { PATH: process.env['PATH'] ?? '' }; // without what these tests were started with
  const told = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '--eval', program], { env }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  const { NODE_FLAGS, ...environment } = JSON.parse(told) as Record<string, string> & { NODE_FLAGS: string[] };
  const ours = Object.entries(environment).filter(([name]) => name.startsWith('MALLOC_'));
  const image = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  expect(ours.length).toBeGreaterThan(0);
  for (const [name, value] of ours) expect(image).toContain(` ${name}=${value}`);
  expect(image).toContain(`CMD ${JSON.stringify(['node', ...NODE_FLAGS, 'server/src/process/main.ts']).replaceAll(',', ', ')}`);
});
