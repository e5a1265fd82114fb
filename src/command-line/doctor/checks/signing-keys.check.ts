import { AuthError, SigningKeys } from '../../../index.js';
import { error, ok, Skipped, warning, type Check } from '../check.js';

/** Whether there is a key that signs, and the secret opens it. */
export const signingKeys: Check = {
  id: 'signing-keys',
  async look(patient) {
    if (!patient.has('jwt')) throw new Skipped('jwt is off.');
    const service = (await patient.services()).get(SigningKeys, { strict: false });
    try {
      const keys = await service.list();
      const current = keys.filter(({ state }) => state === 'current').map(({ algorithm }) => algorithm);
      if (current.length > 0) return ok(`Keys that sign: ${current.join(', ')}.`);
      if (keys.length > 0)
        return error('There are signing keys, and none of them signs.', 'Run: npx nest-authority keys rotate');
    } catch (fault) {
      const reason = fault instanceof AuthError ? (fault.detail ?? fault.message) : (fault as Error).message;
      return error(reason, 'Give the secret with which the server has encrypted its keys, or run the migrations.');
    }
    return warning(
      'There is no signing key.',
      'Start the server, which makes one, or run: npx nest-authority keys rotate',
    );
  },
};
