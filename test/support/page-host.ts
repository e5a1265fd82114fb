import type { AuthOptions } from '../../src/index.js';
import { RoleGuard } from './administration.js';
import { HostController } from './api-keys.js';
import { createTestApp, type TestApp } from './app.js';
import { DEVICE_GRANT, TV } from './device.js';
import { freePort } from './free-port.js';
import { Mailbox } from './mailbox.js';
import { startUpstream, type Upstream } from './upstream.js';

const SCOPES = {
  openid: { title: 'Know who you are' },
  profile: { title: 'See your profile, such as your name and picture' },
  email: { title: 'See your e-mail address' },
  offline_access: { title: 'Keep access while you are not using it' },
  'reports:read': { title: 'Read your reports', description: 'All of them, with their figures.' },
  'reports:write': { title: 'Write reports for you' },
  'films:watch': { title: 'Watch films that you have rented' },
};
/** Of the configured client, besides that on this machine. */
export const FILMS_CALLBACK = 'https://films.example/callback';
export const API = 'https://films.example.com/';
/** Begins the addresses of those who have to have a second factor. */
export const MUST = 'must-';
/** Role of whoever may act as others. */
export const ADMINISTRATORS = 'administrators';
const LOGO = 'https://films.example/logo.svg';

/** A host whose pages a browser can be led through: every capability, at its own address. */
export interface PageHost extends TestApp {
  /** Where its clients live: it answers every request, as another site. */
  readonly client: Upstream;
  /** What it has sent. */
  readonly mailbox: Mailbox;
}

/** @param auth replaces its blocks of options */
export async function createPageHost(auth: Partial<AuthOptions> = {}): Promise<PageHost> {
  const [port, client] = [await freePort(), await startUpstream()];
  const mailbox = new Mailbox();
  // By its name: an IP address has no passkeys.
  const issuer = `http://localhost:${port}`;
  const host = await createTestApp({
    port,
    controllers: [HostController],
    auth: { ...optionsOf(issuer, client.origin), mail: mailbox.mail, ...auth },
  });
  return {
    ...host,
    url: issuer,
    client,
    mailbox,
    close: async () => {
      await host.close();
      await client.close();
    },
  };
}

function optionsOf(issuer: string, client: string): Partial<AuthOptions> {
  const secret = { clientId: 'a-client', clientSecret: 'a secret of a provider, long enough' };
  return {
    issuer,
    // Where mail is sent, pages offer what needs it.
    mail: async () => undefined,
    jwt: true,
    accounts: {
      magicLink: { enabled: true },
      emailCode: { enabled: true },
      administrators: { roles: [ADMINISTRATORS] },
    },
    twoFactor: { requireFor: ({ email }) => email.startsWith(MUST) },
    passkeys: true,
    allowPrivateNetwork: true,
    pages: {
      name: 'Acme',
      links: [{ text: 'Privacy', href: 'https://acme.example/privacy' }],
      supportUrl: 'mailto:help@acme.example',
      footer: 'Acme Ltd, 1 Long Street, Springfield',
    },
    administration: { guard: RoleGuard },
    device: {},
    apiKeys: {
      prefix: 'acme_',
      rotationOverlap: '1h',
      maxScopes: ['reports:read', 'reports:write'],
      maxPermissions: { reports: ['read', 'write'] },
    },
    accountLinking: {
      providers: [
        { providerId: 'google', ...secret },
        { providerId: 'github', ...secret },
      ],
    },
    resources: [{ resource: API }],
    oauthProvider: {
      scopes: SCOPES,
      dynamicRegistration: 'open',
      clients: [
        {
          clientId: 'films',
          clientSecret: 'a secret of the films, long enough 01',
          name: 'Acme Films',
          redirectUris: [`${client}/callback`, FILMS_CALLBACK],
          scopes: Object.keys(SCOPES),
          metadata: {
            logo_uri: LOGO,
            client_uri: 'https://films.example/',
            policy_uri: 'https://films.example/privacy',
            post_logout_redirect_uris: [`${client}/bye`],
          },
        },
        {
          clientId: TV.clientId,
          name: 'Living Room TV',
          scopes: ['openid', 'profile', 'offline_access', 'films:watch'],
          grantTypes: [DEVICE_GRANT, 'refresh_token'],
        },
      ],
    },
  };
}

export const FILMS_SECRET = 'a secret of the films, long enough 01';
