import { readdirSync, readFileSync } from 'node:fs';
import { Browser } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { placeExample } from '../support/example.js';
import { send } from '../support/http.js';
import { fillIn } from '../support/pages.js';
import { compile, startServer, type ServerProcess } from '../support/server-process.js';

const inOneLine = (code: string) => code.trim().replaceAll(/\s+/g, ' ');
const SOURCES = readdirSync('examples/fapi/src').map((name) =>
  inOneLine(readFileSync(`examples/fapi/src/${name}`, 'utf8')),
);

describe('docs/guides/fapi.md', () => {
  it('shows code of examples/fapi', () => {
    const guide = readFileSync('docs/guides/fapi.md', 'utf8');
    const blocks = [...guide.matchAll(/^```ts\n([^]*?)^```$/gm)].flatMap(([, code]) => code!.split(/^ *\/\/ …$/m));
    expect(blocks.length).toBeGreaterThan(3);
    expect(blocks.map(inOneLine).filter((code) => !SOURCES.some((file) => file.includes(code)))).toEqual([]);
  });
});
