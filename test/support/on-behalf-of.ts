import { createHash } from 'node:crypto';
import { Controller, Get, Param } from '@nestjs/common';
import {
  Auth,
  ClientCredentialsService,
  OptionalAuth,
  OutboundFetch,
  Public,
  type AuthOptions,
  type OutboundApplicationOptions,
  type OutboundOptions,
} from '../../src/index.js';
import { createTestApp, type TestApp } from './app.js';
import { TEST_CLIENTS } from './client-tokens.js';
import { send, type Answer } from './http.js';
import { providerOptions } from './oauth.js';
import { outboundTo } from './outbound.js';
import { tokenBody, type Behaviour, type SeenRequest, type Upstream } from './upstream.js';

/** A host that acts for its callers. */
@Controller('relay')
export class ActingController {
  constructor(
    private readonly credentials: ClientCredentialsService,
    private readonly outbound: OutboundFetch,
  ) {}

  @Get('itself/:application')
  @Auth('bearer', 'apiKey', 'session')
  itself(@Param('application') application: string) {
    return this.credentials.getToken(application);
  }

  @Get('open/:application')
  @Public()
  open(@Param('application') application: string) {
    return this.credentials.getToken(application, { onBehalfOf: 'caller' });
  }

  @Get('optional/:application')
  @OptionalAuth()
  @Auth('bearer')
  optional(@Param('application') application: string) {
    return this.credentials.getToken(application, { onBehalfOf: 'caller' });
  }

  /** Reads `url` with the caller's token. */
  @Get('fetch/:application/:port')
  @Auth('bearer')
  async fetch(@Param('application') application: string, @Param('port') port: string) {
    const call = this.outbound.for(application, { onBehalfOf: 'caller' });
    return { status: (await call(`http://127.0.0.1:${port}/orders`)).status };
  }

  @Get(':application')
  @Auth('bearer', 'apiKey', 'session')
  caller(@Param('application') application: string) {
    return this.credentials.getToken(application, { onBehalfOf: 'caller' });
  }
}

/** Applications at one upstream that act for the caller. */
export function actingFor(
  upstream: Upstream,
  applications: Readonly<Record<string, Partial<OutboundApplicationOptions>>>,
): OutboundOptions {
  const base = outboundTo(upstream, []);
  const named = Object.entries(applications).map(([name, options]) => [
    name,
    { scope: ['orders:read'], provider: 'upstream', onBehalfOf: 'token-exchange', ...options },
  ]);
  return { ...base, applications: Object.fromEntries(named) as NonNullable<OutboundOptions['applications']> };
}

export interface ActingOptions {
  readonly databaseUrl?: string;
  readonly poolSize?: number;
  readonly auth?: Partial<AuthOptions>;
}

export function actingHost(outbound: OutboundOptions, { auth, ...rest }: ActingOptions = {}): Promise<TestApp> {
  return createTestApp({
    ...rest,
    controllers: [ActingController],
    auth: {
      ...providerOptions({ clients: TEST_CLIENTS, scopes: ['openid', 'offline_access', 'reports'] }),
      allowPrivateNetwork: true,
      cacheTtl: 0,
      apiKeys: true,
      clientCredentials: { outbound },
      ...auth,
    },
  });
}

/** What the relay of a host got for this bearer token. */
export const relay = (host: Pick<TestApp, 'url'>, application: string, bearer: string): Promise<Answer> =>
  send(`${host.url}/relay/${application}`, { bearer });

/** The token that `grantedTo` gives for what a caller presented. */
export const tokenFor = (subjectToken: string): string =>
  `for-${createHash('sha256').update(subjectToken).digest('hex')}`;

/** Grants tokens that tell for whom they are: by the subject token or the assertion. */
export function grantedTo(overrides: Record<string, unknown> = {}): Behaviour {
  return ({ form }, response) =>
    void response.end(JSON.stringify(tokenBody({ access_token: tokenFor(subjectTokenOf(form)), ...overrides })));
}

const subjectTokenOf = (form: URLSearchParams): string => form.get('subject_token') ?? form.get('assertion') ?? '';

export const formOf = ({ form }: SeenRequest): Record<string, string> => Object.fromEntries(form);

/** Rows of users that are kept. */
export async function rowsOf(host: Pick<TestApp, 'sql'>, application?: string): Promise<number> {
  const [row] = await host.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM auth_client_credential
     WHERE ends_with IS NOT NULL AND ($1::text IS NULL OR application_name = $1)`,
    [application ?? null],
  );
  return row!.count;
}
