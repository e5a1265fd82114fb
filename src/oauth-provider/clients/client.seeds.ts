import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { MIN_SYMMETRIC_BYTES } from '../../common/keys/signing-algorithm.js';
import { parseScope } from '../../common/principal/scopes.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { AGENT_PREFIX } from '../../common/principal/actor.js';
import { isAboutUsers, OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { invalidMetadata, readClientMetadata, type ClientMetadataDraft } from './metadata/client-metadata-input.js';
import { mergePolicy, policyOnTheWire } from './metadata/client-policy-rules.js';
import { proofFault } from './metadata/federated-identities.js';
import { securityProfileFault } from './metadata/security-profile-rules.js';
import { ClientSecrets, secretKindOf } from './client.secrets.js';
import { ClientRenewals } from './client.renewals.js';
import { ClientNames } from './client-names.js';
import { ClientStore, type StoredSecret } from './client.store.js';
import { furtherMethods, type ClientMetadata } from './metadata/client-metadata.js';
import { ClientValidator } from './metadata/client.validator.js';

/** A client that exists from the start: metadata of RFC 7591, with the id and secret that registration would make. */
export interface SeedClient extends Readonly<Record<string, unknown>> {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly require_pkce?: boolean;
  readonly skip_consent?: boolean;
  readonly first_party?: boolean;
  readonly agent?: boolean;
  /** Default: with the grant client_credentials, those of `scope` that are not about users. */
  readonly client_credentials_scopes?: readonly string[];
}

/** RFC 6749 appendix A.1 and A.2: VSCHAR. */
const VSCHARS = /^[\x20-\x7E]{1,255}$/;

/** Creates or replaces clients with given ids and secrets, e.g. from a file at start. */
@Injectable()
export class ClientSeeds {
  constructor(
    private readonly database: Database,
    private readonly store: ClientStore,
    private readonly secrets: ClientSecrets,
    private readonly names: ClientNames,
    private readonly renewals: ClientRenewals,
    private readonly validator: ClientValidator,
    private readonly revoker: TokenRevoker,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Inserts the client, or replaces it. @throws Error naming the client and what is wrong with it */
  async put(seed: SeedClient): Promise<void> {
    try {
      await this.write(seed);
    } catch (error) {
      if (!(error instanceof AuthError) || error.status >= 500) throw error;
      throw new Error(`client ${JSON.stringify(seed.client_id)}: ${error.description}`, { cause: error });
    }
  }

  private async write(seed: SeedClient): Promise<void> {
    const { client_id: clientId } = seed;
    if (typeof clientId === 'string' && (await this.names.isOfUser(clientId)))
      throw invalidMetadata('client_id: a user has this id; choose another');
    const given = readClientMetadata(seed);
    const metadata = await this.validator.validate(withMethod(given, seed), 'trusted');
    const policy = mergePolicy({}, policyOf(seed, metadata), metadata, this.settings);
    const fault = proofFault({ metadata, policy }) ?? securityProfileFault({ metadata, policy }, this.settings.profile);
    if (fault !== null) throw invalidMetadata(fault);
    const isMethodNamed = given.token_endpoint_auth_method !== undefined;
    const client = {
      clientId: requireText('client_id', clientId),
      metadata,
      policy: { ...policy, ...furtherMethods(metadata, isMethodNamed) },
      secret: this.secretOf(seed, metadata),
    };
    await this.database.transaction(async (tx) => {
      const before = await this.store.find(clientId, tx);
      if (before && !this.renewals.fits(before, client)) await this.renewals.renew(tx, clientId);
      await this.store.upsert(tx, client);
      this.revoker.invalidate(tx, [tag('client', clientId)]);
    });
  }

  private secretOf(seed: SeedClient, { token_endpoint_auth_method: method }: ClientMetadata): StoredSecret | null {
    if (secretKindOf(method) === 'none') return null;
    const secret = requireText('client_secret', seed.client_secret);
    if (secretKindOf(method) === 'sealed' && secret.length < MIN_SYMMETRIC_BYTES)
      throw invalidMetadata(`client_secret: one that signs has ${MIN_SYMMETRIC_BYTES} bytes or more (RFC 7518 3.2)`);
    return this.secrets.keep(seed.client_id, method, secret, null);
  }
}

/** Without a method, a secret and workloads it is a public client. */
function withMethod(
  draft: ClientMetadataDraft,
  { client_secret: secret, federated_identities: workloads }: SeedClient,
): ClientMetadataDraft {
  const isFederated = Array.isArray(workloads) && workloads.length > 0;
  const isSilent = draft.token_endpoint_auth_method === undefined && secret === undefined;
  return isSilent ? { ...draft, token_endpoint_auth_method: isFederated ? 'private_key_jwt' : 'none' } : draft;
}

function policyOf(seed: SeedClient, { scope, grant_types: grants }: ClientMetadata) {
  const ofNoUser = (parseScope(scope ?? '') ?? []).filter((one) => !isAboutUsers(one));
  return {
    clientCredentialsScopes: grants.includes('client_credentials') ? ofNoUser : [],
    ...policyOnTheWire(seed),
  };
}

function requireText(name: string, value: unknown): string {
  if (typeof value === 'string' && VSCHARS.test(value) && !value.startsWith(AGENT_PREFIX)) return value;
  throw AuthError.badRequest(
    'VALIDATION_ERROR',
    `${name}: give printable ASCII, at most 255 characters, that does not begin with ${AGENT_PREFIX}`,
  );
}
