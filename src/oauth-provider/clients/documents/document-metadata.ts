import { parseScope } from '../../../common/principal/scopes.js';
import { applicationTypeOf } from '../metadata/redirect-uri-rules.js';
import { SIGNED_ANSWERS } from '../metadata/answer-algorithm.js';
import { invalidMetadata, invalidRedirectUri, readClientMetadata } from '../metadata/client-metadata-input.js';
import type { ClientMetadataDraft } from '../metadata/client-metadata-input.js';
import { isLoopbackRedirect } from '../metadata/address-rules.js';

/** What this server offers to clients that publish their metadata. */
export interface OfferedToDocuments {
  readonly grantTypes: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
  readonly signingAlgorithms: readonly string[];
}

type Document = Readonly<Record<string, unknown>>;

/** By a secret that both sides know, which a public document cannot hold (CIMD 4.1). */
const SHARED_SECRET = /^client_secret_/;
const SECRET_MEMBERS = ['client_secret', 'client_secret_expires_at'];

/**
 * Reads a document as a registration of this server: members that it does not know are left out, and grants, scopes and algorithms that it does
 * not offer are cut away, since one document is for many servers. What is left is validated as every registration.
 * @throws AuthError 400 `invalid_client_metadata`, `invalid_redirect_uri`
 */
export function readDocument(clientId: string, document: Document, offered: OfferedToDocuments): ClientMetadataDraft {
  // By plain comparison: another spelling is another client (CIMD 4).
  if (document['client_id'] !== clientId) throw invalidMetadata('client_id: it is not the address of the document');
  const secret = SECRET_MEMBERS.find((name) => document[name] !== undefined);
  if (secret !== undefined) throw invalidMetadata(`${secret}: a document holds no secret`);
  const { response_types: _types, ...rest } = document;
  const draft = readClientMetadata({ ...rest, token_endpoint_auth_method: methodOf(document) });
  if (draft.client_name === undefined) throw invalidMetadata('client_name: it is missing');
  const redirects = draft.redirect_uris ?? [];
  if (redirects.length === 0) throw invalidRedirectUri('redirect_uris: it is missing');
  return { ...cutDown(draft, offered), application_type: typeOf(redirects, draft) };
}

/** The methods that it names, the strongest first: one that can prove itself has to, whatever else it could do (CIMD 8.2). */
function methodOf(document: Document): string {
  const { token_endpoint_auth_method: named, token_endpoint_auth_methods_supported: list } = document;
  if (named !== undefined && typeof named !== 'string')
    throw invalidMetadata('token_endpoint_auth_method: it is no text');
  if (named !== undefined && SHARED_SECRET.test(named))
    throw invalidMetadata('token_endpoint_auth_method: a document holds no secret');
  const others = Array.isArray(list) ? list.filter((one) => typeof one === 'string' && !SHARED_SECRET.test(one)) : [];
  const methods = [...(named === undefined ? [] : [named]), ...(others as string[])];
  const hasKeys = document['jwks'] !== undefined || document['jwks_uri'] !== undefined;
  if (methods.includes('private_key_jwt') && (hasKeys || !methods.includes('none'))) return 'private_key_jwt';
  return named ?? 'none';
}

function cutDown(draft: ClientMetadataDraft, { grantTypes, scopes, signingAlgorithms }: OfferedToDocuments) {
  const cut: ClientMetadataDraft = { ...draft };
  if (draft.grant_types) cut.grant_types = draft.grant_types.filter((one) => grantTypes.has(one));
  if (draft.scope !== undefined) {
    const asked = parseScope(draft.scope)?.filter((one) => scopes.has(one)) ?? [];
    // Nothing of it is offered: as if it had named none.
    if (asked.length > 0) cut.scope = asked.join(' ');
    else delete cut.scope;
  }
  for (const name of SIGNED_ANSWERS)
    if (draft[name] !== undefined && !signingAlgorithms.includes(draft[name])) delete cut[name];
  return cut;
}

/** Whatever it says: a program on a user's machine cannot know its port in advance (RFC 8252 7.3), and may have a scheme of its own. */
function typeOf(
  redirects: readonly string[],
  { application_type: said, post_logout_redirect_uris: others = [] }: ClientMetadataDraft,
) {
  if (redirects.some(isLoopbackRedirect)) return 'native';
  return applicationTypeOf(redirects, others) === 'native' ? 'native' : (said ?? 'web');
}
