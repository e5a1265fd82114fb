import { ok, Skipped, warning, type Check } from '../check.js';

/** Whether anybody may register OAuth clients. */
export const openRegistration: Check = {
  id: 'open-registration',
  look(patient) {
    const { oauthProvider } = patient.options;
    if (!patient.has('oauthProvider')) throw new Skipped('oauthProvider is off.');
    const given = typeof oauthProvider === 'object' ? oauthProvider.dynamicRegistration : undefined;
    const mode = (typeof given === 'object' ? given.mode : given) ?? 'off';
    if (mode !== 'open')
      return ok(`Registration of clients is ${mode === 'off' ? 'off' : 'for those who are signed in'}.`);
    return warning(
      'dynamicRegistration is open: anybody may register a client under any name.',
      'Set it to "authenticated" or "off", unless clients that you do not know have to register themselves (MCP, RFC 7591 5).',
    );
  },
};
