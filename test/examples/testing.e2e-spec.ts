import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { placeExample } from '../support/example.js';

const run = promisify(execFile);
const program = (path: string) => resolve('node_modules', path);

describe('the example: tests of guarded controllers', () => {
  let example: Awaited<ReturnType<typeof placeExample>>;
  beforeAll(async () => {
    example = await placeExample('testing');
  });
  afterAll(() => example?.remove());

  // Without the variables of the jest that runs this test.
  const env = { PATH: process.env['PATH'], NO_COLOR: '1' };
  const node = (...parameters: string[]) => run(process.execPath, parameters, { cwd: example.folder, env });

  it('compiles, and passes under vitest', async () => {
    await node(program('typescript/bin/tsc'), '--noEmit');
    const { stdout } = await node(program('vitest/vitest.mjs'), 'run');
    expect(stdout).toMatch(/Tests +5 passed/);
  });

  it('passes under jest', async () => {
    const { stderr } = await node('--experimental-vm-modules', program('jest/bin/jest.js'));
    expect(stderr).toMatch(/Tests: +5 passed/);
  });

  it('the guide shows its code', () => {
    const guide = readFileSync('docs/guides/testing.md', 'utf8');
    const blocks = [...guide.matchAll(/^```[jt]s\n(.*?)^```$/gms)].map(([, code]) => code!);
    const files = ['test/unit.test.ts', 'test/http.test.ts', 'jest.config.js', 'vitest.config.js'];
    const shown = files.map((file) => readFileSync(`examples/testing/${file}`, 'utf8'));
    // Those that the example does not have are the examples of the functions themselves, which test/architecture/examples compiles.
    const others = blocks.filter((code) => !shown.some((file) => file.includes(code)));
    expect(others.map((code) => code.match(/overrideAuth|mintUser/)?.[0])).toEqual(['overrideAuth', 'mintUser']);
  });
});
