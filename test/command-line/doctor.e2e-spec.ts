import { Skipped, type Check } from '../../src/command-line/doctor/check.js';
import { examine } from '../../src/command-line/doctor/examine.js';
import type { Patient } from '../../src/command-line/doctor/patient.js';
import type { AuthOptions } from '../../src/index.js';
import { TEST_SECRET } from '../support/app.js';
import { GOOD_SECRET, openSurgery, type Found, type Surgery } from '../support/doctor.js';

const HTTPS = 'https://auth.example.com';

describe('doctor', () => {
  let surgery: Surgery;
  const find: Surgery['find'] = (...args) => surgery.find(...args);

  beforeAll(async () => {
    surgery = await openSurgery();
  });
  afterAll(() => surgery.close());

  it('a server that is well has no error; every entry says where the guide says more', async () => {
    surgery.optionsFile('well.mjs');
    const { code, json, err } = await surgery.cli.run('doctor', '--options', 'well.mjs', '--json');
    const entries = json.checks as Found[];
    expect(entries.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect({ code, err, errors: json.errors, ok: json.ok }).toEqual({ code: 0, err: '', errors: 0, ok: 12 });
    expect(entries.map(({ id }) => id)).toEqual([
      'options',
      'secret',
      'issuer',
      'issuer-reach',
      'proxy',
      'cookies',
      'rate-limits',
      'open-registration',
      'database',
      'migrations',
      'pooler',
      'clock',
      'signing-keys',
      'redirects',
    ]);
    for (const { id, docs } of entries) expect(docs.endsWith(`/docs/guides/command-line.md#${id}`)).toBe(true);
  });

  describe('of the options', () => {
    it.each<[string, Partial<AuthOptions>, string, string]>([
      ['options', {}, 'ok', 'starts with these options'],
      ['options', { rateLimit: 5 } as object, 'error', 'rateLimit'],
      ['options', { jwt: false }, 'error', 'Add jwt'],
      ['secret', {}, 'ok', 'long'],
      ['secret', { secret: 'short' }, 'error', 'shorter than 32'],
      ['secret', { secret: '' }, 'error', 'missing'],
      ['secret', { secret: 'change-me-in-production-0123456789abc' }, 'warning', 'sample'],
      ['secret', { secret: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaxkzqwvpt' }, 'warning', 'variety'],
      ['secret', { secret: [GOOD_SECRET, TEST_SECRET] }, 'warning', 'sample'],
      ['issuer', { issuer: HTTPS }, 'ok', 'https'],
      ['issuer', {}, 'warning', 'plain http'],
      ['issuer', { issuer: 'http://auth.example.com' }, 'error', 'plain http'],
      ['issuer', { issuer: 'auth' }, 'error', 'not an http(s) address'],
      ['proxy', {}, 'ok', 'directly'],
      ['proxy', { issuer: HTTPS }, 'warning', 'trustProxy is empty'],
      ['proxy', { issuer: HTTPS, trustProxy: ['10.0.0.0/8'] }, 'ok', '10.0.0.0/8'],
      ['proxy', { issuer: HTTPS, trustProxy: ['0.0.0.0/0'] }, 'error', 'any address'],
      ['cookies', {}, 'skipped', 'http issuer'],
      ['cookies', { issuer: HTTPS }, 'ok', '__Host-'],
      ['cookies', { issuer: HTTPS, cookies: { hostPrefix: false } }, 'warning', 'hostPrefix is false'],
      ['cookies', { issuer: HTTPS, cookies: { domain: 'example.com' } }, 'warning', 'domain is example.com'],
      ['rate-limits', {}, 'ok', 'on'],
      ['rate-limits', { rateLimits: false }, 'warning', 'guessed'],
      ['open-registration', {}, 'ok', 'off'],
      ['open-registration', { oauthProvider: { dynamicRegistration: 'authenticated' } }, 'ok', 'signed in'],
      ['open-registration', { oauthProvider: { dynamicRegistration: 'open' } }, 'warning', 'anybody'],
      ['open-registration', { oauthProvider: { dynamicRegistration: { mode: 'open' } } }, 'warning', 'anybody'],
      ['open-registration', { oauthProvider: false }, 'skipped', 'oauthProvider is off'],
    ])('%s with %j: %s', async (id, auth, severity, words) => {
      const found = await find(id, auth);
      expect(found).toMatchObject({ id, severity, sentence: expect.stringContaining(words) });
      expect(found.remedy === null).toBe(severity === 'ok' || severity === 'skipped');
      expect(JSON.stringify(found)).not.toContain(GOOD_SECRET);
    });

    it('issuer: plain http is an error in production', async () => {
      expect(await find('issuer', {}, surgery.cli.with({ NODE_ENV: 'production' }))).toMatchObject({
        severity: 'error',
      });
    });
  });

  it('a check that throws is an entry, and the next ones are made', async () => {
    const checks: Check[] = [
      { id: 'broken', look: () => Promise.reject(new Error('the disk is full')) },
      { id: 'aside', look: () => Promise.reject(new Skipped('Nothing is there.')) },
      { id: 'fine', look: () => ({ severity: 'ok', sentence: 'Fine.' }) },
    ];
    const found = await examine({} as Patient, checks);
    expect(found.map(({ id, severity, sentence }) => [id, severity, sentence])).toEqual([
      ['broken', 'error', 'This could not be looked at: the disk is full'],
      ['aside', 'skipped', 'Nothing is there.'],
      ['fine', 'ok', 'Fine.'],
    ]);
  });

  it('an unknown check is wrong usage', async () => {
    expect(await surgery.cli.run('doctor', 'horoscope')).toMatchObject({ code: 2, out: '' });
  });
});
