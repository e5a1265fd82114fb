import { isLoopbackHost } from '../../../common/loopback-host.js';
import { error, ok, warning, type Check } from '../check.js';

/** Ranges that have every address in them. */
const EVERYBODY = /\/0+$/;

/** Whether the addresses of callers are read from a proxy that is trusted, and from nobody else. */
export const proxy: Check = {
  id: 'proxy',
  look(patient) {
    const { trustProxy = [] } = patient.options;
    const everybody = trustProxy.find((entry) => EVERYBODY.test(entry));
    if (everybody !== undefined)
      return error(
        `trustProxy has ${everybody}: every caller may name any address as their own, and so pass every limit by address.`,
        'Give the addresses of your proxies only.',
      );
    if (trustProxy.length > 0) return ok(`Trusted proxies: ${trustProxy.join(', ')}.`);
    const { protocol, hostname } = patient.issuer;
    if (protocol === 'http:' && isLoopbackHost(hostname))
      return ok('Callers come directly: the issuer is this machine.');
    return warning(
      'trustProxy is empty, and the issuer is public: what ends TLS in front of the server is then the address of every caller, and all share one limit.',
      'Give the addresses of your proxies: trustProxy: ["loopback"] or ["10.0.0.0/8"]. Without a proxy it is right as it is.',
    );
  },
};
