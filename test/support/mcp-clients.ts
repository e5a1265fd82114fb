import { Client as ClientOne } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOne } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client as ClientTwo, StreamableHTTPClientTransport as TransportTwo } from '@modelcontextprotocol/client';
import type { Person } from './relying-party.js';

/** The majors of the official SDK. */
export const SDK_CLIENTS = ['SDK 1', 'SDK 2'] as const;
export type SdkClient = (typeof SDK_CLIENTS)[number];

const REDIRECT_URL = 'http://localhost:8976/callback';

/** What a client registers, or publishes. */
export const CLIENT_METADATA = {
  client_name: 'A client of tests',
  redirect_uris: [REDIRECT_URL],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

/** How a client is known to the server. Default: it registers itself. */
export interface KnownBy {
  /** Registered beforehand. */
  readonly clientId?: string;
  /** Address of its metadata document. */
  readonly clientMetadataUrl?: string;
}

interface Tokens {
  readonly access_token: string;
  readonly token_type: string;
  readonly refresh_token?: string;
}

/** What both majors ask of an application: a memory, and a way to the browser. */
class HeadlessApplication {
  readonly redirectUrl = REDIRECT_URL;
  readonly clientMetadata = CLIENT_METADATA;
  readonly clientMetadataUrl: string | undefined;
  /** Scopes of the authorization requests, in their order. */
  readonly asked: (string | null)[] = [];
  waiting: URL | undefined;
  private information: { client_id: string; issuer?: string } | undefined;
  private discovered: object | undefined;
  private kept: Tokens | undefined;
  private verifier = '';

  constructor({ clientId, clientMetadataUrl }: KnownBy, issuer: string) {
    // Credentials are kept by issuer (SEP-2352).
    this.information = clientId === undefined ? undefined : { client_id: clientId, issuer };
    this.clientMetadataUrl = clientMetadataUrl;
  }

  clientInformation = () => this.information;
  saveClientInformation = (information: { client_id: string }) => void (this.information = information);
  tokens = () => this.kept;
  saveTokens = (tokens: Tokens) => void (this.kept = tokens);
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier: string) => void (this.verifier = verifier);
  discoveryState = () => this.discovered;
  saveDiscoveryState = (state: object) => void (this.discovered = state);
  redirectToAuthorization(url: URL): void {
    this.asked.push(url.searchParams.get('scope'));
    this.waiting = url;
  }
}

/** A stock client of the SDK, with a person before its browser. */
export class McpClient {
  private readonly application: HeadlessApplication;
  private client: ClientOne | ClientTwo | undefined;
  private transport: TransportOne | TransportTwo | undefined;

  constructor(
    private readonly sdk: SdkClient,
    private readonly url: string,
    private readonly person: Person,
    knownBy: KnownBy = {},
  ) {
    this.application = new HeadlessApplication(knownBy, new URL(url).origin);
  }

  get asked(): readonly (string | null)[] {
    return this.application.asked;
  }

  get clientId(): string | undefined {
    return this.application.clientInformation()?.client_id;
  }

  get mayRefresh(): boolean {
    return this.application.tokens()?.refresh_token !== undefined;
  }

  /** Connects, and signs its user in where the server asks for that. */
  async connect(): Promise<this> {
    await this.open().catch(async (error: unknown) => {
      await this.authorized(error);
      await this.open();
    });
    return this;
  }

  async tools(): Promise<string[]> {
    const { tools } = await this.client!.listTools();
    return tools.map(({ name }) => name);
  }

  /** @returns what the tool says, as JSON; asks the user where it lacks a scope */
  async call(name: string, input: Record<string, unknown> = {}): Promise<unknown> {
    const call = () => this.client!.callTool({ name, arguments: input });
    const { content } = (await call().catch(async (error: unknown) => {
      await this.authorized(error);
      return call();
    })) as { content: { text: string }[] };
    return JSON.parse(content[0]!.text);
  }

  async close(): Promise<void> {
    await this.client?.close();
  }

  private async open(): Promise<void> {
    const about = { name: 'a test', version: '1.0.0' };
    const options = { authProvider: this.application as never };
    const url = new URL(this.url);
    const [client, transport] =
      this.sdk === 'SDK 1'
        ? [new ClientOne(about), new TransportOne(url, options)]
        : [new ClientTwo(about), new TransportTwo(url, options)];
    Object.assign(this, { client, transport });
    await client.connect(transport as never);
  }

  /** The error is that of a client that waits for its user. */
  private async authorized(error: unknown): Promise<void> {
    const { waiting } = this.application;
    if (!waiting) throw error;
    this.application.waiting = undefined;
    const { url } = await this.person.go(waiting);
    if (!url.searchParams.has('code')) throw new Error(`the user came back with ${url.search}`, { cause: error });
    if (this.transport instanceof TransportTwo) await this.transport.finishAuth(url.searchParams);
    else await this.transport!.finishAuth(url.searchParams.get('code')!);
  }
}
