import { Inject, Injectable } from '@nestjs/common';
import { decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { Clock } from '../../common/clock.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { parseBody } from '../../common/http/request/request-body.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { ClientSignatures } from '../clients/authentication/client-signatures.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** Accepted `typ` headers; it may be absent. A JWT made for another purpose is not a request (RFC 9101 10.8, RFC 8725 3.11). */
const TYPES = new Set([undefined, 'jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt']);
/** Tolerated difference between a client's clock and ours. */
const LEEWAY_SECONDS = 30;
/** FAPI 2.0 Message Signing 5.3.1: how old an object may be, and for how long it may be made. */
const MAX_AGE_SECONDS = 3_600;

/** Checks that the client signed the request object, and for this server (RFC 9101 6.2 and 10.8). */
@Injectable()
export class RequestObjectVerifier {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly signatures: ClientSignatures,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @throws AuthError 400 `invalid_request_object`, with the reason in `detail` */
  async verify(object: string, client: RegisteredClient): Promise<JWTPayload> {
    checkHeader(object, client);
    const known = await this.directory.findWithSecrets(client.clientId);
    if (!known) throw refused('the client has ended');
    try {
      const times = { clockTolerance: LEEWAY_SECONDS, currentDate: this.clock.now() };
      const claims = await this.signatures.verify(object, known, times);
      requireReadable(claims);
      this.check(claims, client.clientId);
      if (client.rules.profile === 'fapi2-message-signing') this.checkStrictly(claims);
      return claims;
    } catch (error) {
      // Every fault here, including a key set that cannot be fetched, is the client's to repair.
      throw refused(error instanceof AuthError ? (error.detail ?? error.description) : String(error));
    }
  }

  private check(claims: JWTPayload, clientId: string): void {
    const { iss, aud, sub } = claims;
    if (claims['client_id'] !== clientId) throw new Error('client_id is not that of the parameter (RFC 9101 6.3)');
    if (iss !== undefined && iss !== clientId) throw new Error('iss is not the client');
    if (aud !== undefined && ![aud].flat().includes(this.settings.issuer)) throw new Error('aud is not this server');
    // Otherwise one JWT could be both a request here and a client assertion at the token endpoint (RFC 9101 10.8).
    if (sub === clientId) throw new Error('sub is the client, as in a client assertion');
    if (claims['request'] !== undefined || claims['request_uri'] !== undefined)
      throw new Error('it holds another request object (RFC 9101 4)');
  }

  /** FAPI 2.0 Message Signing 5.3.1, Security Profile 5.3.2.1-13: for this server by name, and of a short time. */
  private checkStrictly({ aud, nbf, exp, iat }: JWTPayload): void {
    const now = this.clock.epochSeconds();
    if (aud === undefined) throw new Error('aud is missing');
    if (nbf === undefined) throw new Error('nbf is missing');
    if (exp === undefined) throw new Error('exp is missing');
    if (nbf < now - MAX_AGE_SECONDS - LEEWAY_SECONDS) throw new Error('nbf is more than 60 minutes ago');
    if (exp > nbf + MAX_AGE_SECONDS) throw new Error('exp is more than 60 minutes after nbf');
    if (iat !== undefined && iat > now + LEEWAY_SECONDS) throw new Error('iat is in the future');
  }
}

/** As strict as for a query or a body: JSON can hold text that PostgreSQL refuses, and broken Unicode (T003, T004, T008). */
function requireReadable(claims: JWTPayload): void {
  parseBody('json', Buffer.from(JSON.stringify(claims)));
}

function checkHeader(object: string, { metadata, rules }: RegisteredClient): void {
  const { alg, typ } = readHeader(object);
  if (!TYPES.has(typeof typ === 'string' ? typ.toLowerCase() : typ))
    throw refused('typ is not that of a request object');
  if (alg === undefined || !rules.algorithms.includes(alg)) throw refused('alg is not one for this client');
  const registered = metadata.request_object_signing_alg;
  if (registered !== undefined && registered !== alg) throw refused('alg is not the registered one');
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
