import { AuthError } from '../errors/auth-error.js';
import type { TrustedOrigins } from '../http/origins/trusted-origins.js';
import { ClientAddress } from '../http/request/client-address.js';
import type { EdgeContext, GuardedRequest, OpenConnection } from '../http/request/request-context.js';
import { CredentialWatch } from '../live/credential-watch.js';
import { createPrincipal } from '../principal/auth-principal.js';
import { OpenConnections } from './open-connections.js';

const principal = createPrincipal({ subjectId: 's', scheme: 'bearer', credentialType: 'session', credentialId: 'one' });
const other = createPrincipal({ subjectId: 's', scheme: 'bearer', credentialType: 'session', credentialId: 'two' });

/** A connection without a library. */
class Connection implements OpenConnection {
  readonly kept = new Map<object, string>();
  readonly closed: number[] = [];
  isOpen = true;
  private readonly listeners: (() => void)[] = [];
  constructor(readonly opened: GuardedRequest = { headers: {} }) {}

  onClosed(listener: () => void): void {
    this.listeners.push(listener);
  }
  close({ status }: AuthError): void {
    this.closed.push(status);
  }
  gone(): void {
    for (const listener of this.listeners) listener();
  }
}

const contextOf = (headers: EdgeContext['headers'] = {}) => ({ headers }) as EdgeContext;

describe('connections that stay open', () => {
  const origins = { trusts: (origin: string) => Promise.resolve(origin === 'https://app.example') } as TrustedOrigins;
  let watch: CredentialWatch;
  let connections: OpenConnections;
  beforeEach(() => {
    watch = new CredentialWatch({ recordOf: () => undefined }, null, 5_000);
    connections = new OpenConnections(watch, origins, new ClientAddress(['loopback']));
  });
  afterEach(() => watch.onApplicationShutdown());

  it('are watched once for each policy, however many calls there are, and no longer when they close', () => {
    const connection = new Connection();
    const policy = {};
    const keep = (who = principal, of: object = policy) =>
      connections.keep(who, of, { context: contextOf(), connection, verify: () => who });
    for (let count = 0; count < 5; count++) keep();
    expect(watch.size).toBe(1);
    keep(principal, {});
    keep(other);
    expect(watch.size).toBe(3);
    connection.gone();
    expect(watch.size).toBe(0);
  });

  it('are not watched when they closed while the credential was verified', () => {
    const connection = new Connection();
    connection.isOpen = false;
    connections.keep(principal, {}, { context: contextOf(), connection, verify: () => principal });
    expect(watch.size).toBe(0);
  });

  it('are closed with the error of the credential', async () => {
    const connection = new Connection();
    const verify = () => Promise.reject(AuthError.insufficientScope(['a']));
    connections.keep(principal, {}, { context: contextOf(), connection, verify });
    await new Promise(setImmediate);
    expect([connection.closed, watch.size]).toEqual([[403], 0]);
  });

  it('T033: bring their cookie in only from a trusted origin', async () => {
    const headers = { cookie: 'a=b', origin: 'https://evil.example' };
    const foreign = contextOf();
    await expect(connections.admitCookie(foreign, new Connection({ headers }))).rejects.toMatchObject({ status: 403 });
    expect(foreign.headers).toEqual({});
    const trusted = contextOf({ host: 'h' });
    const opened = { headers: { ...headers, origin: 'https://app.example' } };
    await connections.admitCookie(trusted, new Connection(opened));
    expect(trusted.headers).toEqual({ host: 'h', cookie: 'a=b' });
  });

  it('T013: the address is that of the request that opened them', () => {
    const context = contextOf({ 'x-forwarded-for': '192.0.2.9' });
    const opened = { headers: { 'x-forwarded-for': '192.0.2.1' }, socket: { remoteAddress: '127.0.0.1' } };
    connections.attend(context, new Connection(opened));
    expect(context.address()).toBe('192.0.2.1');
  });
});
