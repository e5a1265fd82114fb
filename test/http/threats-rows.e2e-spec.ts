import { createClientHost, register, SMALLEST } from '../support/clients.js';
import { createDeviceHost } from '../support/device.js';
import { send, type Answer } from '../support/http.js';
import { createLinkingHost } from '../support/linking.js';

/** What else writes a row for somebody nobody knows; sign-in and sign-up are in sign-in/limits, device codes in device/limits. */
const LIMITED = { rateLimits: true, trustProxy: ['loopback'] };
const from = (address: string) => ({ 'x-forwarded-for': address });

interface Stranger {
  readonly table: string;
  readonly max: number;
  ask(address: string): Promise<Answer>;
  sql<Row>(text: string): Promise<Row[]>;
}

/** The window stays open however slow the machine is. */
async function expectBounded({ table, max, ask, sql }: Stranger): Promise<void> {
  expect((await ask('192.0.2.1')).status).toBeLessThan(300);
  await sql('UPDATE auth_rate_limit SET expire = expire + 3600000');
  const answers = await Promise.all(Array.from({ length: max + 10 }, () => ask('192.0.2.1')));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(11);
  expect(await sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).toEqual([{ n: max }]);
  expect((await ask('192.0.2.2')).status).toBeLessThan(300);
}

describe('rows that strangers ask for', () => {
  it('F03: sign-in through a provider is limited by address', async () => {
    const { host, close } = await createLinkingHost({}, { app: { auth: LIMITED } });
    const ask = (address: string) =>
      send(`${host.url}/api/auth/sign-in/social`, { body: { provider: 'test-idp' }, headers: from(address) });
    try {
      await expectBounded({ table: 'auth_link_state', max: 300, ask, sql: host.sql });
    } finally {
      await close();
    }
  });

  it('F03: open registration is limited by address', async () => {
    const host = await createClientHost({ dynamicRegistration: 'open' }, LIMITED);
    const ask = (address: string) => register(host, SMALLEST, { headers: from(address) });
    try {
      await expectBounded({ table: 'auth_oauth_client', max: 20, ask, sql: host.sql });
    } finally {
      await host.close();
    }
  });

  it('F03: an app that is no client keeps no more than 1 KB of scopes in the row of its device', async () => {
    const host = await createDeviceHost({ validateClient: () => true }, { alone: true });
    try {
      const ask = (scope: string) => host.ask({ client_id: 'some-app', scope });
      expect((await ask('s'.repeat(1_024))).status).toBe(200);
      const refused = await ask('s'.repeat(1_025));
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_scope']);
    } finally {
      await host.close();
    }
  });
});
