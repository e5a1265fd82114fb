import { Controller, Get, type Type } from '@nestjs/common';
import {
  AnyScope,
  ApiKeyAuth,
  BearerAuth,
  CurrentPrincipal,
  ProtectedResource,
  Scopes,
  type AuthOptions,
  type AuthPrincipal,
  type OAuthProviderOptions,
  type ResourceOptions,
  type StaticClientOptions,
} from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type Adapter, type TestApp } from './app.js';
import { providerOptions, tokenRequest, WEB } from './oauth.js';

/** Resources of one application: two on one host, one without a path, one on another host with a path that there is twice. */
export const MCP = 'https://api.example.com/mcp';
export const FILES = 'https://api.example.com/files/';
export const BARE = 'https://bare.example.com';
export const TWIN = 'https://other.example.com/mcp';

export const RESOURCES: readonly ResourceOptions[] = [
  {
    resource: MCP,
    name: 'Files of the team',
    minimumScopes: ['files:list', 'offline_access'],
    documentation: 'https://docs.example.com/mcp',
    policyUri: 'https://docs.example.com/policy',
    tosUri: 'https://docs.example.com/terms',
    public: true,
  },
  { resource: FILES, scopes: ['files:list', 'files:read', 'offline_access'] },
  { resource: BARE, accessTokenFormat: 'jwt' },
  { resource: TWIN },
  { resource: 'urn:example:no-document' },
];

const FILE_SCOPES = ['files:list', 'files:read', 'files:write', 'files:admin'];
export const SCOPES = ['openid', 'profile', 'offline_access', ...FILE_SCOPES];
export const CLIENT: StaticClientOptions = { ...WEB, scopes: SCOPES, clientCredentialsScopes: FILE_SCOPES };

@Controller('resources')
class ResourcesController {
  @Get('mcp') @ProtectedResource(MCP) mcp(@CurrentPrincipal() { audience }: AuthPrincipal) {
    return { audience };
  }
  @Get('read') @ProtectedResource(MCP) @Scopes('files:read') read() {
    return {};
  }
  @Get('several')
  @ProtectedResource(MCP)
  @Scopes('files:read', 'files:list')
  @AnyScope('files:write', 'files:admin')
  several() {
    return {};
  }
  @Get('files') @ProtectedResource('/files/') files() {
    return {};
  }
  @Get('bare') @BearerAuth({ resource: `${BARE}/` }) bare() {
    return {};
  }
  @Get('keys-too') @ProtectedResource(MCP) @ApiKeyAuth() keysToo() {
    return {};
  }
  @Get('bound') @ProtectedResource(MCP, { dpop: 'required' }) bound() {
    return {};
  }
  @Get('no-document') @ProtectedResource('urn:example:no-document') noDocument() {
    return {};
  }
  @Get('own') @BearerAuth() own() {
    return {};
  }
  @Get('issuer') @ProtectedResource(`${TEST_ISSUER}/`) issuer() {
    return {};
  }
}

export interface ProtectedHost extends TestApp {
  /** A token that the client has for itself. */
  token(scope: string, ...resources: string[]): Promise<string>;
}

/** An authorization server whose own routes are those of several resources. */
export async function createProtectedHost(
  adapter?: Adapter,
  provider: OAuthProviderOptions = {},
  rest: Partial<AuthOptions> = {},
  controllers: Type[] = [],
): Promise<ProtectedHost> {
  const host = await createTestApp({
    ...(adapter && { adapter }),
    auth: providerOptions(
      { clients: [CLIENT], scopes: SCOPES, ...provider },
      { resources: RESOURCES, clientCredentials: true, apiKeys: true, ...rest },
    ),
    controllers: [ResourcesController, ...controllers],
  });
  const token = async (scope: string, ...resources: string[]) => {
    const [resource, second] = resources;
    if (second !== undefined) throw new Error('one resource at a time');
    const { status, body, text } = await tokenRequest(host, CLIENT, {
      grant_type: 'client_credentials',
      scope,
      resource,
    });
    if (status !== 200) throw new Error(`no token: ${status} ${text}`);
    return body.access_token as string;
  };
  return Object.assign(host, { token });
}
