const IPV4_LOOPBACK = /^127(?:\.\d{1,3}){3}$/;

/** Whether a host, as `URL` writes it, is this machine itself (RFC 8252 7.3). A name that only begins like one is not. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || IPV4_LOOPBACK.test(hostname);
}
