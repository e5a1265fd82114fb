import { ok, warning, type Check } from '../check.js';

/** Whether limits by address and by sign-in are on. */
export const rateLimits: Check = {
  id: 'rate-limits',
  look({ options }) {
    if (options.rateLimits !== false) return ok('Limits by address and by sign-in are on.');
    return warning(
      'rateLimits is false: passwords can be guessed as fast as the server answers.',
      'Leave it out, unless something in front of the server limits requests by address and by account.',
    );
  },
};
