import { jest } from '@jest/globals';
import { AuthEvents, OAuthClientsService, type AnyAuthEvent, type StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import * as platforms from '../support/workloads.js';

const { byAssertion, submit, TOKEN_URL } = oauth;
const SCOPE = 'reports:read';
const machine = { clientCredentialsScopes: [SCOPE] };

describe('workloads that authenticate by the tokens of their platform (RFC 7523 2.2)', () => {
  let github: platforms.Platform;
  let cluster: platforms.Platform;
  let eks: platforms.Platform;
  let google: platforms.Platform;
  let aws: platforms.Platform;
  let rotating: OutsideIssuer;
  let host: TestApp;
  const events: AnyAuthEvent[] = [];

  beforeAll(async () => {
    github = await platforms.githubActions(TEST_ISSUER);
    cluster = await platforms.kubernetes(TEST_ISSUER);
    eks = await platforms.kubernetes(TEST_ISSUER, 'https://oidc.eks.eu-central-1.amazonaws.com/id/0A1B2C');
    google = await platforms.googleCloud(TOKEN_URL);
    aws = await platforms.amazon('api://acme');
    rotating = await new OutsideIssuer().start();
    const all = [github, cluster, eks, google, aws];
    const clusterIdentity = { issuer: cluster.issuer, subject: platforms.KUBERNETES_SUBJECT };
    const clients: StaticClientOptions[] = [
      {
        ...machine,
        clientId: 'deploy',
        federatedIdentities: [
          { issuer: github.issuer, subject: platforms.GITHUB_SUBJECT, claims: { repository_id: '4711' } },
        ],
      },
      {
        ...machine,
        clientId: 'billing',
        federatedIdentities: [
          { ...clusterIdentity, claims: { '"kubernetes.io".serviceaccount.uid': ['b9e1', 'b9e2'] } },
          { issuer: eks.issuer, subject: 'system:serviceaccount:prod:*' },
          { issuer: google.issuer, subject: platforms.GCP_SUBJECT },
          {
            issuer: aws.issuer,
            subject: platforms.AWS_SUBJECT,
            audience: 'api://acme',
            claims: { '"https://sts.amazonaws.com/".aws_account': '123456789012' },
          },
        ],
      },
      { ...machine, clientId: 'ledger', clientSecret: 'secret of ledger', federatedIdentities: [clusterIdentity] },
      { ...machine, clientId: 'plain', clientSecret: 'secret of plain' },
      {
        ...machine,
        clientId: 'moving',
        federatedIdentities: [{ issuer: rotating.url, subject: 'their-user' }],
      },
    ];
    const workloadIssuers = [...all.map((one) => one.options()), { issuer: rotating.url }];
    const scopes = ['openid', 'email', SCOPE];
    host = await oauth.createOAuthApp({
      clients,
      provider: { workloadIssuers, scopes },
      auth: { allowPrivateNetwork: true },
    });
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
  });
  beforeEach(() => void events.splice(0));
  afterAll(async () => {
    await host.close();
    await rotating.stop();
  });

  const ask = (clientId: string, assertion: string, fields: Record<string, string> = {}, endpoint = 'token') =>
    submit(
      host,
      `oauth2/${endpoint}`,
      byAssertion(assertion, { client_id: clientId, grant_type: 'client_credentials', ...fields }),
    );

  it.each<[string, () => platforms.Platform, string, string]>([
    ['GitHub Actions', () => github, 'deploy', platforms.GITHUB_SUBJECT],
    ['a Kubernetes cluster', () => cluster, 'billing', platforms.KUBERNETES_SUBJECT],
    ['a cluster of EKS, any service account of one namespace', () => eks, 'billing', platforms.KUBERNETES_SUBJECT],
    ['Google Cloud', () => google, 'billing', platforms.GCP_SUBJECT],
    ['AWS, with an audience of its own', () => aws, 'billing', platforms.AWS_SUBJECT],
  ])('RFC 7523 2.2: a token of %s proves the client, and the event says which workload it was', async (...row) => {
    const [, platform, clientId, subject] = row;
    const { status, body } = await ask(clientId, await platform().token());
    expect([status, body.scope]).toEqual([200, SCOPE]);
    const { issuer } = platform();
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'oauth-client.workload-authenticated',
          event: { clientId, issuer, subject, endpoint: 'token', ipAddress: expect.any(String) },
        }),
      ]),
    );
  });

  it('RFC 7523 3: it is good until it expires, not once, at every endpoint where clients authenticate', async () => {
    const assertion = await cluster.token();
    const first = await ask('billing', assertion);
    expect(first.status).toBe(200);
    expect((await ask('billing', assertion)).status).toBe(200);
    const { body } = await ask('billing', assertion, { token: first.body.access_token }, 'introspect');
    expect(body).toMatchObject({ active: true, client_id: 'billing' });
    // Known, and without the right to it: a stranger would get 401.
    expect((await ask('billing', assertion, { response_type: 'code' }, 'par')).status).toBe(400);
    expect((await ask('billing', assertion, { token: first.body.access_token }, 'revoke')).status).toBe(200);
    const after = await ask('billing', assertion, { token: first.body.access_token }, 'introspect');
    expect(after.body).toEqual({ active: false });
  });

  it('RFC 7521 4.2: of two clients that one workload may be, client_id says which; without one it is nobody', async () => {
    const assertion = await cluster.token();
    for (const clientId of ['billing', 'ledger']) {
      const { body } = await ask(clientId, assertion);
      const seen = await ask(clientId, assertion, { token: body.access_token }, 'introspect');
      expect(seen.body).toMatchObject({ active: true, client_id: clientId, sub: clientId });
    }
    const fields = byAssertion(assertion, { grant_type: 'client_credentials' });
    const { status, body } = await submit(host, 'oauth2/token', fields);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('200: a client that has a secret as well may use either, so that it can move', async () => {
    const headers = oauth.basic('ledger', 'secret of ledger');
    const { status } = await submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, headers);
    expect(status).toBe(200);
    expect((await ask('ledger', await cluster.token())).status).toBe(200);
    expect((await ask('plain', await cluster.token())).status).toBe(401);
  });

  it('401: disabled at once, whatever its workload holds', async () => {
    const clients = host.app.get(OAuthClientsService);
    const assertion = await github.token();
    expect((await ask('deploy', assertion)).status).toBe(200);
    await clients.disable('deploy');
    expect((await ask('deploy', assertion)).status).toBe(401);
    await clients.enable('deploy');
    expect((await ask('deploy', assertion)).status).toBe(200);
  });

  it('RFC 7517 5: keys are found by discovery; a new one works, and is asked for once', async () => {
    const token = () => rotating.token({ aud: TEST_ISSUER }, { typ: 'JWT' });
    const [first, second] = [await token(), await token()];
    expect((await ask('moving', first)).status).toBe(200);
    expect((await ask('moving', second)).status).toBe(200);
    expect(rotating.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    await rotating.rotate('two');
    const third = await token();
    // Within the cooldown the new key is not fetched: an unknown one does not make us call out at will.
    expect((await ask('moving', third)).status).toBe(401);
    const began = performance.now();
    const later = jest.spyOn(performance, 'now').mockImplementation(() => began + 60_000);
    expect((await ask('moving', third)).status).toBe(200);
    later.mockRestore();
    expect(rotating.requests.filter((path) => path === '/keys')).toHaveLength(2);
  });

  it('RFC 8414 2: the metadata says private_key_jwt, and names no platform', async () => {
    const response = await fetch(`${host.url}/.well-known/oauth-authorization-server`);
    const text = await response.text();
    const { token_endpoint_auth_methods_supported: methods, ...metadata } = JSON.parse(text) as Record<
      string,
      string[]
    >;
    expect(methods).toEqual(expect.arrayContaining(['private_key_jwt']));
    expect(metadata['token_endpoint_auth_signing_alg_values_supported']).toEqual(
      expect.arrayContaining(['RS256', 'ES384']),
    );
    expect(text).not.toContain('githubusercontent');
  });
});
