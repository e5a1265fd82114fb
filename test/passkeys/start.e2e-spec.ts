import { createTestApp } from '../support/app.js';

describe('the start with passkeys', () => {
  it('needs sessions to start', async () => {
    await expect(createTestApp({ auth: { passkeys: true, accounts: false, bearer: false } })).rejects.toThrow(
      /passkeys needs sessions to start. Add accounts/,
    );
  });

  it('needs a name that passkeys can belong to', async () => {
    await expect(createTestApp({ auth: { passkeys: true, issuer: 'http://127.0.0.1:3000' } })).rejects.toThrow(
      /is an IP address. Give the issuer with a name/,
    );
  });

  it('needs every origin to be at rpId or below', async () => {
    const trustedOrigins = ['https://other.example'];
    await expect(createTestApp({ auth: { passkeys: true, trustedOrigins } })).rejects.toThrow(
      /https:\/\/other.example is not at localhost or below/,
    );
  });
});
