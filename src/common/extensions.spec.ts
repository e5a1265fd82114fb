import type { Extension } from './extension.js';
import { Extensions } from './extensions.js';
import type { SignInContinuation } from './ports/sign-in-continuation.js';
import { HostPorts } from './ports/port.js';

const ONCE = 'is registered twice. Import its module once: either AuthModule.forRoot({ … }) or the single capability';

const authenticator = {
  scheme: 'bearer',
  challenge: 'Bearer',
  carrier: 'header',
  present: () => undefined,
  claims: () => false,
  authenticate: () => Promise.reject(new Error('not asked for')),
} as const;
const reader = { credentialType: 'jwt', matches: () => false, read: async () => null };
const grant = {
  grantType: 'authorization_code',
  parameters: [],
  handle: () => Promise.reject(new Error('not asked for')),
};
const sweep = { name: 'auth_token', statement: { name: 'auth_sweep_auth_token', text: 'SELECT $1' } };
const continuation: SignInContinuation = { resume: async () => '/' };

describe('extensions', () => {
  let ports: HostPorts;
  let extensions: Extensions;
  beforeEach(() => {
    ports = new HostPorts();
    extensions = new Extensions(ports);
  });

  it('are gathered in the order in which they were added, part by part', () => {
    const later = { ...authenticator, scheme: 'session' };
    extensions.add({ name: 'one', authenticators: [authenticator], grants: [grant] });
    extensions.add({ name: 'two', authenticators: [later], bearerReaders: [reader], sweeps: [sweep] });
    expect(extensions.all.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(extensions.authenticators).toEqual([authenticator, later]);
    expect([extensions.bearerReaders, extensions.grants, extensions.sweeps]).toEqual([[reader], [grant], [sweep]]);
    expect([extensions.has('two'), extensions.has('three')]).toEqual([true, false]);
  });

  it('of one name stop the boot', () => {
    extensions.add({ name: 'apiKeys' });
    expect(() => extensions.add({ name: 'apiKeys' })).toThrow(`The capability "apiKeys" ${ONCE}`);
  });

  it.each<[string, Omit<Extension, 'name'>]>([
    ['authenticator "bearer"', { authenticators: [authenticator] }],
    ['bearer token reader "jwt"', { bearerReaders: [reader] }],
    ['grant "authorization_code"', { grants: [grant] }],
    ['sweep "auth_token"', { sweeps: [sweep] }],
  ])('with a second %s stop the boot', (part, given) => {
    extensions.add({ name: 'one', ...given });
    expect(() => extensions.add({ name: 'two', ...given })).toThrow(`The ${part} ${ONCE}`);
  });

  it('with one part twice in themselves stop the boot', () => {
    expect(() => extensions.add({ name: 'one', grants: [grant, grant] })).toThrow(
      `The grant "${grant.grantType}" ${ONCE}`,
    );
  });

  it('fill ports, and two of them that fill one stop the boot', () => {
    extensions.add({ name: 'oauthProvider', ports: { signInContinuation: continuation } });
    expect(ports.signInContinuation.get()).toBe(continuation);
    expect([ports.users.filled, ports.sessions.filled, ports.authorizationServer.filled]).toEqual([
      false,
      false,
      false,
    ]);
    expect(() => extensions.add({ name: 'another', ports: { signInContinuation: continuation } })).toThrow(
      'The sign-in continuation is given by oauthProvider and again by another. Import only one of them, once.',
    );
  });

  it('cannot be added once the application has started', () => {
    extensions.add({ name: 'one', grants: [grant] });
    extensions.freeze();
    expect(() => extensions.add({ name: 'late', ports: { signInContinuation: continuation } })).toThrow(
      'The capability "late" was added after the application had started. Add it in a constructor or in onModuleInit.',
    );
    expect([extensions.has('late'), ports.signInContinuation.filled]).toEqual([false, false]);
  });

  it('are frozen whole: the holder, each list and each extension', () => {
    extensions.add({
      name: 'one',
      authenticators: [authenticator],
      bearerReaders: [reader],
      grants: [grant],
      sweeps: [sweep],
    });
    extensions.freeze();
    const { all, authenticators, bearerReaders, grants, sweeps } = extensions;
    for (const part of [extensions, all, ...all, authenticators, bearerReaders, grants, sweeps])
      expect(Object.isFrozen(part)).toBe(true);
    expect(() => Object.assign(extensions, { grants: [] })).toThrow(TypeError);
  });
});
