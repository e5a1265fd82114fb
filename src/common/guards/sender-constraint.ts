import type { IncomingMessage } from 'node:http';
import { AuthError } from '../errors/auth-error.js';
import type { DpopProofs, ProofReplays, VerifiedDpopProof } from '../dpop/dpop-proofs.js';
import { atResource, invalidProof, noRequestToProve } from '../dpop/dpop.errors.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { AuthenticationRequest } from './authenticator.js';

/** By which addresses the sender may have reached a request. */
export type AddressesOf = (request: IncomingMessage) => readonly string[];

/** What a sender constraint is checked by. */
export interface ConstraintServices {
  /** Null: no proof can be checked here, so that tokens that are bound to a key are not taken. */
  readonly proofs: DpopProofs | null;
  readonly replays: ProofReplays;
  readonly addressesOf: AddressesOf;
}

/** A proof that came with a request, and whether it was used up. */
interface Shown {
  readonly token: string;
  readonly proof: Promise<VerifiedDpopProof>;
  spent?: Promise<void>;
}

const DPOP_SCHEME = /^dpop(?: |$)/i;

/** Whether a request presents its token under the scheme of RFC 9449 7.1. */
export function namesDpop({ headers }: Pick<AuthenticationRequest, 'headers'>): boolean {
  const value = headers['authorization'];
  // Nearly all say Bearer: the pattern is for the others.
  return typeof value === 'string' && (value[0] === 'D' || value[0] === 'd') && DPOP_SCHEME.test(value);
}

/**
 * Lets a token that is bound to its holder in with the holder's proof only (RFC 9449 7, RFC 8705 3). The verdict on a token is kept in
 * memory; that on a proof never is: it belongs to one request.
 */
export class SenderConstraint {
  private readonly shown = new WeakMap<object, Shown>();

  constructor(private readonly services: ConstraintServices) {}

  /** What challenges say of proofs (RFC 9449 7.1). */
  get offer(): { readonly isAnnounced: boolean; readonly parameters: string | null } {
    const { proofs } = this.services;
    return { isAnnounced: proofs?.isAnnounced ?? false, parameters: proofs && `algs="${proofs.algorithms.join(' ')}"` };
  }

  /**
   * @returns at once for a bearer token under its own scheme
   * @throws AuthError 401 `invalid_token`, `invalid_dpop_proof`, `use_dpop_nonce`; 400 for two proofs
   */
  require(
    principal: AuthPrincipal,
    token: string,
    request: AuthenticationRequest,
  ): AuthPrincipal | Promise<AuthPrincipal> {
    const { confirmation } = principal;
    const isDpop = namesDpop(request);
    if (confirmation === null) {
      if (isDpop || request.headers['dpop'] !== undefined)
        throw AuthError.invalidToken('a proof beside a token that is not bound to a key');
      return principal;
    }
    if (!('jkt' in confirmation)) {
      if (isDpop || request.headers['dpop'] !== undefined)
        throw AuthError.invalidToken('a proof beside a token that is bound to a certificate');
      requireCertificate(confirmation['x5t#S256'], request);
      return principal;
    }
    if (!isDpop) throw AuthError.invalidToken('it is bound to a key, and was presented as a bearer token');
    return this.proofOf(token, request).then(({ thumbprint }) => {
      if (thumbprint === confirmation.jkt) return principal;
      throw AuthError.invalidToken('it is bound to another key');
    });
  }

  /** Uses the proof up, when everything else has been checked; once for a request. */
  admit({ confirmation }: AuthPrincipal, request: object | undefined): Promise<void> | undefined {
    if (confirmation === null || !request) return undefined;
    const shown = this.shown.get(request);
    if (!shown) return undefined;
    shown.spent ??= shown.proof.then((proof) => proof.spend()).catch(refuseHere);
    return shown.spent;
  }

  /** Several handlers may ask for one request; it has one proof. */
  private proofOf(token: string, context: AuthenticationRequest): Promise<VerifiedDpopProof> {
    const known = this.shown.get(context);
    if (known?.token === token) return known.proof;
    const proof = this.verified(token, context).catch(refuseHere);
    this.shown.set(context, { token, proof });
    return proof;
  }

  private async verified(accessToken: string, context: AuthenticationRequest): Promise<VerifiedDpopProof> {
    const { proofs, replays, addressesOf } = this.services;
    const { request, headers } = context;
    if (!proofs) throw AuthError.invalidToken('tokens that are bound to a key are not taken here');
    if (!request || context.connection || context.call) throw noRequestToProve();
    const asked = { headers, method: request.method ?? '', addresses: addressesOf(request), accessToken };
    const proof = await proofs.verify(asked, replays);
    if (!proof) throw invalidProof('there is none');
    const nonce = proofs.nextNonce(proof.nonce);
    if (nonce !== null) context.cookies?.tell('DPoP-Nonce', nonce);
    return proof;
  }
}

/** RFC 8705 3: the certificate of this connection; none is another. */
function requireCertificate(thumbprint: string, request: AuthenticationRequest): void {
  const shown = request.certificate?.()?.certificate.thumbprint;
  if (shown === thumbprint) return;
  throw AuthError.invalidToken(
    shown === undefined ? 'it is bound to a certificate, and there is none' : 'it is bound to another certificate',
  );
}

/** Takes the place of the checks where no token is bound. */
export const NOTHING_BOUND: ConstraintServices = {
  proofs: null,
  replays: { spend: () => false },
  addressesOf: () => [],
};

function refuseHere(error: unknown): never {
  throw atResource(error);
}

/** The path of a request as its sender wrote it, without the query. */
export function pathOf(request: IncomingMessage & { readonly originalUrl?: string }): string {
  return (request.originalUrl ?? request.url ?? '').split('?', 1)[0]!;
}
