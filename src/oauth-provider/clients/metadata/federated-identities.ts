import { z } from 'zod';
import { claimPath, textsOf, type TokenClaims } from '../../../common/issuers/claim-path.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';
import type { FederatedIdentityOptions } from '../../workload.options.js';

const MAX_IDENTITIES = 20;
/** Parts that a pattern begins with: whose it is must not be left open. */
const LITERAL_PARTS = 2;
/** Of a `sub`: printable ASCII, as every platform writes it. */
const SUBJECT = /^[!-~](?:[ -~]{0,510}[!-~])?$/;
/** What `*` stands for. */
const ONE_PART = '[!-.0-9;-~]+';

const text = z.string().min(1).max(2_048);

/** As administration and the files of clients write them. */
export const FEDERATED_IDENTITIES = z
  .array(
    z.strictObject({
      issuer: text,
      subject: text,
      audience: text.optional(),
      claims: z.record(z.string().max(255), z.union([text, z.array(text).min(1).max(20)])).optional(),
    }),
  )
  .max(MAX_IDENTITIES)
  .meta({ description: 'Workloads that may present themselves as it, by tokens of their platform (RFC 7523 2.2).' });

/**
 * What is wrong with the workloads of a client; null: nothing.
 * @param issuers those whose tokens are taken
 */
export function identitiesFault(
  identities: readonly FederatedIdentityOptions[],
  issuers: Pick<ReadonlyMap<string, unknown>, 'has'>,
): string | null {
  if (identities.length > MAX_IDENTITIES) return `federatedIdentities: more than ${MAX_IDENTITIES}`;
  for (const { issuer, subject, audience, claims = {} } of identities) {
    if (!issuers.has(issuer)) return `federatedIdentities: ${JSON.stringify(issuer)} is none of workloadIssuers`;
    const fault = patternFault(subject);
    if (fault !== null) return `federatedIdentities: subject ${JSON.stringify(subject)}: ${fault}`;
    if (audience === '') return 'federatedIdentities: audience is empty';
    for (const [path, value] of Object.entries(claims))
      if (!isPath(path) || textsOf(value).length === 0 || textsOf(value).length < [value].flat().length)
        return `federatedIdentities: claims ${JSON.stringify(path)}: give the path of a claim, and a text or a list of texts`;
  }
  return null;
}

/** What proves a client that has no keys is its workloads; one that proves nothing has none. Null: it fits. */
export function proofFault({ metadata, policy }: ProvenClient): string | null {
  const { token_endpoint_auth_method: method, jwks, jwks_uri: address } = metadata;
  const { length } = policy.federatedIdentities ?? [];
  if (method === 'none' && length > 0) return 'federatedIdentities: they are for clients that prove themselves';
  if (method !== 'private_key_jwt' || jwks || address !== undefined || length > 0) return null;
  return 'token_endpoint_auth_method: private_key_jwt needs jwks, jwks_uri or federatedIdentities';
}

interface ProvenClient {
  readonly metadata: ClientMetadata;
  readonly policy: Partial<ClientPolicy>;
}

/**
 * Whether a token is of the workload that is meant.
 * @param audiences the names of this server, for an identity that names none
 */
export function isOfIdentity(
  claims: TokenClaims,
  identity: FederatedIdentityOptions,
  audiences: readonly string[],
): boolean {
  const { sub, aud } = claims;
  const accepted = identity.audience === undefined ? audiences : [identity.audience];
  const named = [aud].flat();
  return (
    typeof sub === 'string' &&
    fitsPattern(sub, identity.subject) &&
    named.length > 0 &&
    // Another server that it is meant for could present it here.
    named.every((one) => accepted.includes(one as string)) &&
    Object.entries(identity.claims ?? {}).every(([path, value]) =>
      textsOf(claimPath(path)(claims)).some((one) => textsOf(value).includes(one)),
    )
  );
}

/** A `*` that is only a piece of a part would let in `app-evil` for `app*`, and one at the beginning everybody. */
function patternFault(pattern: unknown): string | null {
  if (typeof pattern !== 'string' || !SUBJECT.test(pattern)) return 'give a text of printable ASCII';
  if (!pattern.includes('*')) return null;
  const parts = pattern.split(/[:/]/);
  if (parts.some((part) => part === '' || (part.includes('*') && part !== '*')))
    return '* stands for a whole part between : and /';
  return parts.indexOf('*') < LITERAL_PARTS ? `* must not be among the first ${LITERAL_PARTS} parts` : null;
}

function fitsPattern(subject: string, pattern: string): boolean {
  if (!pattern.includes('*')) return subject === pattern;
  const literal = pattern.split('*').map((piece) => piece.replaceAll(/[^\w]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join(ONE_PART)}$`).test(subject);
}

function isPath(path: string): boolean {
  try {
    claimPath(path);
    return true;
  } catch {
    return false;
  }
}
