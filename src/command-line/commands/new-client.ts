import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OAuthClientInput } from '../../index.js';
import { CommandFailure } from '../command-failure.js';

/** What a client is, in the terms of RFC 7591 2; the same four as on the page of the administration. */
const KINDS = {
  web: { grants: ['authorization_code', 'refresh_token'], method: 'client_secret_basic' },
  public: { grants: ['authorization_code', 'refresh_token'], method: 'none' },
  device: { grants: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], method: 'none' },
  service: { grants: ['client_credentials'], method: 'client_secret_basic' },
} as const;
export const CLIENT_KINDS = Object.keys(KINDS) as readonly (keyof typeof KINDS)[];

export interface NewClientOptions {
  readonly name?: string;
  readonly kind: keyof typeof KINDS;
  readonly redirectUri?: readonly string[];
  readonly scope?: readonly string[];
  readonly firstParty?: true;
  readonly metadata?: string;
}

/** The client that the options of `client create` describe. @throws CommandFailure naming the option that is missing or wrong */
export async function newClient(options: NewClientOptions, folder: string): Promise<OAuthClientInput> {
  const { name, kind, redirectUri, scope, firstParty, metadata: file } = options;
  const { grants, method } = KINDS[kind];
  const isService = kind === 'service';
  if (grants[0] === 'authorization_code' && file === undefined && !redirectUri)
    throw CommandFailure.usage(`Users of a ${kind} client are sent back to it: give --redirect-uri <address>.`);
  const given =
    file === undefined
      ? { grant_types: grants, token_endpoint_auth_method: method }
      : await readJson(resolve(folder, file));
  return {
    metadata: {
      ...given,
      ...(name !== undefined && { client_name: name }),
      ...(redirectUri && { redirect_uris: redirectUri }),
      ...(scope && { scope: scope.join(' ') }),
    },
    policy: {
      ...(firstParty && { firstParty }),
      ...(isService && scope && { clientCredentialsScopes: scope }),
    },
  };
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw CommandFailure.usage(`--metadata: ${path} cannot be read as JSON (${(error as Error).message}).`);
  }
  throw CommandFailure.usage(`--metadata: ${path} is no JSON object. Give the metadata of one client (RFC 7591 2).`);
}
