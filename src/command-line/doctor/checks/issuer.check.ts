import { isLoopbackHost } from '../../../common/loopback-host.js';
import { error, ok, warning, type Check } from '../check.js';
import { settingsOf } from '../settings-of.js';

const REMEDY = 'Give the public https address of the server: issuer: "https://auth.example.com".';

/** Whether the issuer is an https address. */
export const issuer: Check = {
  id: 'issuer',
  look({ options, io }) {
    try {
      settingsOf({ issuer: options.issuer });
    } catch (fault) {
      return error((fault as Error).message, REMEDY);
    }
    const { protocol, hostname } = new URL(options.issuer);
    if (protocol === 'https:') return ok(`${options.issuer} is an https address.`);
    const sentence = `${options.issuer} is plain http on a loopback host: only this machine can use it.`;
    const isProduction = io.env['NODE_ENV'] === 'production' || !isLoopbackHost(hostname);
    return isProduction
      ? error(sentence, REMEDY)
      : warning(sentence, `${REMEDY} For development it is right as it is.`);
  },
};
