// Prints a script for browsers: a module with what it imports. In a process of its own, since the bundler has native parts.
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const folder = mkdtempSync(fileURLToPath(new URL('../../test/.bundle-', import.meta.url)));
try {
  const entry = join(folder, 'entry.mjs');
  writeFileSync(entry, readFileSync(0, 'utf8'));
  const [{ output }] = [
    await build({
      configFile: false,
      logLevel: 'silent',
      root: folder,
      define: { 'process.env.NODE_ENV': '"production"' },
      build: { write: false, minify: false, lib: { entry, formats: ['es'] } },
    }),
  ].flat();
  process.stdout.write(output.find(({ type }) => type === 'chunk').code);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
