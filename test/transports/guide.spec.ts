import { readdirSync, readFileSync } from 'node:fs';

const inOneLine = (code: string) => code.trim().replaceAll(/\s+/g, ' ');
const GUIDE = readFileSync('docs/guides/transports.md', 'utf8');
/** What a test runs. */
const RUN = ['examples/graphql/src', 'examples/websocket/src', 'test/transports'].flatMap((folder) =>
  readdirSync(folder).map((name) => inOneLine(readFileSync(`${folder}/${name}`, 'utf8'))),
);

describe('docs/guides/transports.md', () => {
  it.each(['GraphQL', 'WebSocket', 'Microservices'])('%s: shows code of the examples and of tests', (section) => {
    const text = GUIDE.split(/^(?=## )/m).find((part) => part.startsWith(`## ${section}\n`))!;
    const blocks = [...text.matchAll(/^ *```ts\n([^]*?)^ *```$/gm)].flatMap(([, code]) => code!.split(/^ *\/\/ …$/m));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.map(inOneLine).filter((code) => !RUN.some((file) => file.includes(code)))).toEqual([]);
  });
});
