// Prints a module, with what it imports, as one script for browsers. In a process of its own, since the bundler has native parts.
import { build } from 'vite';

const [entry] = process.argv.slice(2);
const [{ output }] = [
  await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, lib: { entry, formats: ['es'] } },
  }),
].flat();
process.stdout.write(output.find(({ type }) => type === 'chunk').code);
