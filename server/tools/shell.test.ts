import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const program = `import { environment, NODE_FLAGS } from '${shell}'; console.log(JSON.stringify({ environment: environment(), NODE_FLAGS }));`;
  const env = { PATH: process.env['PATH'] ?? '' }; // without what these tests were started with
  const told = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '--eval', program], { env }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  const { environment, NODE_FLAGS } = JSON.parse(told) as { environment: Record<string, string>; NODE_FLAGS: string[] };
  const ours = Object.entries(environment).filter(([name]) => name.startsWith('MALLOC_'));
  const image = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  expect([ours.length, NODE_FLAGS.length]).not.toContain(0);
  for (const [name, value] of ours) expect(image).toContain(` ${name}=${value}`);
  expect(image).toContain(`CMD ${JSON.stringify(['node', ...NODE_FLAGS, 'server/src/process/main.ts']).replaceAll(',', ', ')}`);
});

test('a command runs with the flags of Node', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'));
  const script = join(folder, 'flags.mjs');
  writeFileSync(script, 'console.log(JSON.stringify(process.execArgv)); process.disconnect();');
  const program = `
    import { become, NODE_FLAGS } from '${join(import.meta.dirname, 'shell.mjs')}';
    console.log(JSON.stringify(NODE_FLAGS));
    await become('${script}', []);`;
  const told = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  rmSync(folder, { recursive: true });
  const [flags, ofCommand] = told.trimEnd().split('\n');
  expect(ofCommand).toBe(flags);
});
