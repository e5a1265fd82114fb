import type { Server } from 'node:http';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  authDataSource,
  AuthModule,
  OAuthClientsService,
  type AuthOptions,
  type OAuthProviderOptions,
  type SeedClient,
  type StaticClientOptions,
} from '../../src/index.js';
import { createHttpAdapter } from './adapter.js';
import { testOptions, type TestApp } from './app.js';
import { administer, createClientHost, register, SMALLEST } from './clients.js';
import { send, type Answer } from './http.js';
import { providerOptions } from './oauth.js';
import { signUp, type SignedInUser } from './users.js';

type Metadata = Readonly<Record<string, unknown>>;

/** Members of RFC 7591 that have an option of their own. */
const OWN_OPTIONS: Readonly<Record<string, keyof StaticClientOptions>> = {
  redirect_uris: 'redirectUris',
  token_endpoint_auth_method: 'tokenEndpointAuthMethod',
  grant_types: 'grantTypes',
  client_name: 'name',
};

/** The ways ("doors") in which client metadata come in, on one host. */
export class ClientDoors {
  private constructor(
    readonly host: TestApp,
    readonly user: SignedInUser,
    private readonly provider: OAuthProviderOptions,
    private readonly core: Partial<AuthOptions>,
  ) {}

  static async open(provider: OAuthProviderOptions = {}, core: Partial<AuthOptions> = {}): Promise<ClientDoors> {
    const dynamicRegistration = { mode: 'authenticated', maxPerUser: 10_000 } as const;
    const host = await createClientHost({ dynamicRegistration, ...provider }, core);
    // A start is slow on a busy machine: the idle connection must not be closed before the next request.
    (host.app.getHttpServer() as Server).keepAliveTimeout = 120_000;
    return new ClientDoors(host, await signUp(host.url), provider, core);
  }

  close(): Promise<void> {
    return this.host.close();
  }

  register(body: Metadata): Promise<Answer> {
    return register(this.host, body, { bearer: this.user.token });
  }

  own(route: string, body: Metadata): Promise<Answer> {
    return send(`${this.host.url}/api/auth/oauth2/${route}`, { body, bearer: this.user.token });
  }

  /** What each door says to these metadata: `taken`, or the error. */
  async ask(given: Metadata): Promise<Record<string, string>> {
    const whole = { ...SMALLEST, ...given };
    const { body: made } = await this.register(SMALLEST);
    const { client_id: id, registration_access_token: bearer } = made;
    const route = `${this.host.url}/api/auth/oauth2/register/${id}`;
    return {
      register: takenOr(await this.register(whole)),
      create: takenOr(await this.own('create-client', whole)),
      update: takenOr(await this.own('update-client', { client_id: id, update: given })),
      put: takenOr(await send(route, { method: 'PUT', body: { ...whole, client_id: id }, bearer })),
      admin: takenOr(await administer(this.host, 'POST', 'oauth-clients', whole)),
      patch: takenOr(await administer(this.host, 'PATCH', `oauth-clients/${id}`, given)),
      seed: await this.seeding(whole),
      options: await this.booting(whole),
    };
  }

  /** @returns `taken`, or the error of the service without the client's name */
  async seeding(metadata: Metadata): Promise<string> {
    const seed = { client_id: 'a seed', client_secret: 'a secret of a seed, 32 characters!', ...metadata };
    try {
      await this.host.app.get(OAuthClientsService).seed([seed as SeedClient]);
      return 'taken';
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    }
  }

  /** @returns `taken`, or what stops the start */
  booting(metadata: Metadata): Promise<string> {
    const { scope, ...rest } = metadata;
    const named = Object.entries(rest).filter(([name]) => Object.hasOwn(OWN_OPTIONS, name));
    const others = Object.entries(rest).filter(([name]) => !Object.hasOwn(OWN_OPTIONS, name));
    return this.bootingWith({
      clientId: 'an option',
      clientSecret: 'a secret of an option, 32 characters',
      ...Object.fromEntries(named.map(([name, value]) => [OWN_OPTIONS[name]!, value])),
      ...(scope !== undefined && { scopes: String(scope).split(' ') }),
      metadata: Object.fromEntries(others),
    });
  }

  async bootingWith(client: StaticClientOptions, provider: OAuthProviderOptions = {}): Promise<string> {
    const options = { ...this.provider, ...provider, clients: [client] };
    const { url } = this.host.dataSource.options as { url: string };
    const source = new DataSource(authDataSource({ url, poolSize: 1 }));
    const auth = AuthModule.forRoot(testOptions(providerOptions(options, this.core)));
    // Kept here: an application that fails to start does not close it.
    const connection = TypeOrmModule.forRootAsync({
      useFactory: () => source.options,
      dataSourceFactory: () => (source.isInitialized ? Promise.resolve(source) : source.initialize()),
    });
    try {
      const module = await Test.createTestingModule({ imports: [connection, auth] }).compile();
      await module.createNestApplication(createHttpAdapter(), { logger: false }).init();
      await module.close();
      return 'taken';
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    } finally {
      if (source.isInitialized) await source.destroy();
    }
  }
}

/** All doors give this error; the last two in words that name the client and the member. */
export function refusedAs(error: string, member: string): Record<string, unknown> {
  const word = `400 ${error}`;
  return {
    register: word,
    create: word,
    update: word,
    put: word,
    admin: word,
    patch: word,
    seed: expect.stringMatching(new RegExp(`^refused: client "a seed": .*${member}`)),
    options: expect.stringMatching(new RegExp(`^refused: oauthProvider\\.clients(: "an option"|\\[0\\]).*${member}`)),
  };
}

export const TAKEN = Object.fromEntries(
  ['register', 'create', 'update', 'put', 'admin', 'patch', 'seed', 'options'].map((door) => [door, 'taken']),
);

function takenOr({ status, body }: Answer): string {
  return status < 300 ? 'taken' : `${status} ${String(body?.error ?? body?.code).toLowerCase()}`;
}
