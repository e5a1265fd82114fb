import { ok, Skipped, warning, type Check } from '../check.js';
import { settingsOf } from '../settings-of.js';

/** Whether no sibling host can write the cookies. */
export const cookies: Check = {
  id: 'cookies',
  look({ issuer, options }) {
    if (issuer.protocol !== 'https:') throw new Skipped('Cookies of an http issuer bear no prefix; see issuer.');
    const { namePrefix, domain } = settingsOf({ issuer: issuer.href, cookies: options.cookies ?? {} }).cookies;
    if (namePrefix === '__Host-') return ok('Cookies bear the prefix __Host-, which no other host can write.');
    const reason = domain === null ? 'cookies.hostPrefix is false' : `cookies.domain is ${domain}`;
    return warning(
      `Cookies bear the prefix ${namePrefix} because ${reason}: every host below the same domain can replace them.`,
      'Leave out cookies.domain and cookies.hostPrefix, unless several hosts have to read the session.',
    );
  },
};
