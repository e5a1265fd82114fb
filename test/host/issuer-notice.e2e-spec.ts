import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createTestApp } from '../support/app.js';
import { rawRequest, sendRaw } from '../support/raw.js';

describe.each(['express', 'fastify'] as const)('F23: the address that is opened, on %s', (adapter) => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
  });
  afterEach(() => jest.restoreAllMocks());

  async function heard(issuer: string, requests: [host: string, path?: string, more?: string][]): Promise<string[]> {
    const app = await createTestApp({ adapter, auth: { issuer } });
    try {
      for (const [host, path = '/api/auth/get-session', more] of requests)
        await sendRaw(app.url, rawHead(path, host, more));
    } finally {
      await app.close();
    }
    return lines.filter((line) => line.startsWith('issuer: '));
  }
  const rawHead = (path: string, host: string, more?: string) =>
    Buffer.from(
      rawRequest('GET', path, more ? [more] : [])
        .toString('latin1')
        .replace(/^Host: .*$/im, `Host: ${host}`),
      'latin1',
    );

  it.each([
    ['http://localhost:3000', '127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://localhost:3000', 'localhost:3001', 'http://localhost:3001'],
    ['http://localhost:3000', 'localhost', 'http://localhost'],
    ['http://localhost:3000', '[::1]:3000', 'http://[::1]:3000'],
    ['http://127.0.0.1:3000', 'localhost:3000', 'http://localhost:3000'],
  ])('F23: issuer %s, opened at %s: one line that names the option and both, and no more', async (issuer, host, at) => {
    const said = await heard(issuer, [[host], [host], ['127.0.0.1:9']]);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`a request came to ${at}, and the issuer is ${issuer}`);
  });

  it('F23: nothing at the issuer itself, on a route of the host, through a proxy, or where the issuer is no loopback', async () => {
    const quiet: [string, string?, string?][] = [
      ['localhost:3000'],
      ['LOCALHOST:3000'],
      ['127.0.0.1:3000', '/health'],
      ['127.0.0.1:3000', undefined, 'X-Forwarded-Host: localhost:3000'],
      ['app.internal:3000'],
    ];
    expect(await heard('http://localhost:3000', quiet)).toEqual([]);
    expect(await heard('https://auth.example', [['127.0.0.1:3000'], ['localhost:3000']])).toEqual([]);
  });
});
