import { Inject, Injectable } from '@nestjs/common';
import {
  decodeProtectedHeader,
  jwtVerify,
  type ProtectedHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import { Clock } from '../../common/clock.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { ClientDirectory } from '../clients/client-directory.js';
import { ClientKeys } from '../clients/client-keys.js';
import { liveSecrets } from '../clients/client-secret.js';
import type { RegisteredClient } from '../clients/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** Never `none`: an object that proves nothing is refused (RFC 9101 10.5 leaves it to servers; T060). */
const KEY_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** Of clients whose secret is an HMAC key; ours are as long as HS256 asks (RFC 7518 3.2), not longer. */
const SECRET_ALGORITHMS = ['HS256'];
/** `request_object_signing_alg_values_supported` (OIDC Discovery 3). */
export const REQUEST_OBJECT_ALGORITHMS: readonly string[] = [...KEY_ALGORITHMS, ...SECRET_ALGORITHMS];

/** Absent, or one of these: a JWT that was made for something else is no request (RFC 9101 10.8, RFC 8725 3.11). */
const TYPES = new Set([undefined, 'jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt']);
/** Clocks of clients that differ from ours. */
const LEEWAY_SECONDS = 30;

type Key = JWTVerifyGetKey | Uint8Array;

/** Proves that a request object is its client's, and meant for us (RFC 9101 6.2 and 10.8). */
@Injectable()
export class RequestObjectVerifier {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly keys: ClientKeys,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @throws AuthError 400 `invalid_request_object`, with the reason in `detail` */
  async verify(object: string, client: RegisteredClient): Promise<JWTPayload> {
    const alg = admittedAlgorithm(object, client);
    const isSecret = SECRET_ALGORITHMS.includes(alg);
    const secrets = isSecret ? await this.secretsOf(client) : [];
    try {
      const keys = isSecret ? secrets : [this.keys.of(client.metadata)];
      const claims = await verifiedByOne(object, keys, {
        algorithms: isSecret ? SECRET_ALGORITHMS : KEY_ALGORITHMS,
        clockTolerance: LEEWAY_SECONDS,
        currentDate: this.clock.now(),
      });
      this.check(claims, client.clientId);
      return claims;
    } catch (error) {
      // Whatever it is, also a key set that cannot be fetched, is the client's to mend.
      throw refused(error instanceof AuthError ? error.detail : String(error));
    }
  }

  private async secretsOf({ clientId }: RegisteredClient): Promise<Uint8Array[]> {
    const known = await this.directory.findWithSecrets(clientId);
    return known ? liveSecrets(known.row, this.box).map((secret) => new TextEncoder().encode(secret)) : [];
  }

  private check(claims: JWTPayload, clientId: string): void {
    const { iss, aud, sub } = claims;
    if (claims['client_id'] !== clientId) throw new Error('client_id is not that of the parameter (RFC 9101 6.3)');
    if (iss !== undefined && iss !== clientId) throw new Error('iss is not the client');
    if (aud !== undefined && ![aud].flat().includes(this.settings.issuer)) throw new Error('aud is not this server');
    // Else one text could be both: a request here, and what proves the client at the token endpoint (RFC 9101 10.8).
    if (sub === clientId) throw new Error('sub is the client, as in a client assertion');
    if (claims['request'] !== undefined || claims['request_uri'] !== undefined)
      throw new Error('it holds another request object (RFC 9101 4)');
  }
}

/** What the header says the object is signed with, where that may be. @throws AuthError 400 `invalid_request_object` */
function admittedAlgorithm(object: string, { metadata }: RegisteredClient): string {
  const { alg, typ } = readHeader(object);
  if (!TYPES.has(typeof typ === 'string' ? typ.toLowerCase() : typ)) throw refused('typ is of something else');
  if (alg === undefined || !REQUEST_OBJECT_ALGORITHMS.includes(alg)) throw refused('alg is not taken');
  const registered = metadata.request_object_signing_alg;
  if (registered !== undefined && registered !== alg) throw refused('alg is not the registered one');
  return alg;
}

function readHeader(object: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(object);
  } catch (error) {
    throw refused(String(error));
  }
}

function refused(detail: string | undefined): AuthError {
  return AuthError.oauth(
    'invalid_request_object',
    'The request object is malformed, not signed by the client, expired, or not for this server',
    detail,
  );
}

/** Tries the keys in turn: while a secret is replaced, two are good. */
async function verifiedByOne(
  object: string,
  keys: readonly (Key | null)[],
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  let fault: unknown = new Error('the client has no key for it');
  for (const key of keys) {
    if (key === null) continue;
    try {
      // jose tells a key from what finds one by its type; the overloads want to be told apart as well.
      return (await jwtVerify(object, key as JWTVerifyGetKey, options)).payload;
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}
