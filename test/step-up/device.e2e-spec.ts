import { decodeJwt } from 'jose';
import { createDeviceHost, type DeviceHost } from '../support/device.js';
import { send } from '../support/http.js';
import { MFA, signedInBy } from '../support/strength.js';
import { signUp, type SignedInUser } from '../support/users.js';

const TWO_FACTORS = ['mfa', 'otp', 'pwd'];

describe('what a device gets tells the sign-in in which it was approved', () => {
  let host: DeviceHost;
  let user: SignedInUser;
  let approvedAt: number;
  beforeAll(async () => {
    host = await createDeviceHost({}, { auth: { cacheTtl: 0 } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    await signedInBy(host, user.id, { amr: TWO_FACTORS, secondsAgo: 700 });
    approvedAt = Date.now() - 700_000;
  });

  it('tokens of a client: acr, amr and auth_time are of the approval, and no later', async () => {
    const { device_code: code } = await host.approved(user);
    await signedInBy(host, user.id, { amr: ['pwd'] });
    const { body } = await host.pollInTime(code);
    const claims = decodeJwt(body.id_token as string);
    expect(claims).toMatchObject({ acr: MFA, amr: TWO_FACTORS });
    expect(Math.abs((claims['auth_time'] as number) * 1000 - approvedAt)).toBeLessThan(60_000);
  });
});

describe('a session for a device', () => {
  it('T134 is no sign-in of its own: it is as old and as strong as the session in which it was approved', async () => {
    const host = await createDeviceHost({}, { alone: true, auth: { cacheTtl: 0 } });
    try {
      const user = await signUp(host.url);
      await signedInBy(host, user.id, { amr: TWO_FACTORS, secondsAgo: 90_000 });
      const { device_code: code } = await host.approved(user);
      const { body } = await host.pollInTime(code);
      const rows = await host.sql<{ amr: string[]; old: boolean }>(
        `SELECT amr, authenticated_at < now() - interval '1 day' AS old FROM auth_session WHERE subject = $1`,
        [user.id],
      );
      expect(rows).toEqual([
        { amr: TWO_FACTORS, old: true },
        { amr: TWO_FACTORS, old: true },
      ]);
      const refused = await send(`${host.url}/api/auth/delete-user`, { body: {}, bearer: body.access_token });
      expect([refused.status, refused.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    } finally {
      await host.close();
    }
  });
});
