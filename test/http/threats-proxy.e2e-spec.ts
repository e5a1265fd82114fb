import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createTestApp } from '../support/app.js';
import { send } from '../support/http.js';

describe.each(['express', 'fastify'] as const)('F07: T013 a proxy that is not trusted, on %s', (adapter) => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
  });
  afterEach(() => jest.restoreAllMocks());

  async function heard(trustProxy: string[], requests: Record<string, string>[]): Promise<string[]> {
    const host = await createTestApp({ adapter, auth: { trustProxy } });
    try {
      for (const headers of requests)
        expect((await send(`${host.url}/api/auth/get-session`, { headers })).status).toBe(200);
    } finally {
      await host.close();
    }
    return lines.filter((line) => line.includes('trustProxy'));
  }

  it.each<[string, string[], Record<string, string>]>([
    ['X-Forwarded-For', [], { 'x-forwarded-for': '203.0.113.1' }],
    ['Forwarded', [], { forwarded: 'for=203.0.113.1' }],
    ['X-Forwarded-For', ['10.0.0.0/8'], { 'x-forwarded-for': '203.0.113.1, 10.0.0.1' }],
  ])(
    '%s from a loopback peer beside trustProxy %j: one line that names the option, and no more',
    async (name, trusted, headers) => {
      const said = await heard(trusted, [headers, headers, headers]);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(name);
      expect(said[0]).toContain("trustProxy: ['127.0.0.1']");
    },
  );

  it('a trusted proxy that sends only what is not read is told of', async () => {
    const said = await heard(['loopback'], [{ forwarded: 'for=203.0.113.1' }]);
    expect(said).toEqual([expect.stringContaining('X-Forwarded-For')]);
  });

  it('nothing without such a header, and nothing about a trusted proxy', async () => {
    expect(await heard([], [{}, {}])).toEqual([]);
    expect(await heard(['loopback'], [{ 'x-forwarded-for': '203.0.113.1', forwarded: 'for=x' }])).toEqual([]);
  });
});
