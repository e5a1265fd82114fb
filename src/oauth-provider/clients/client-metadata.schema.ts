import { z } from 'zod';
import { METADATA_MEMBERS, METADATA_SHAPE } from './metadata/client-metadata-input.js';

type Member = (typeof METADATA_MEMBERS)[number];

const TEXTS: Readonly<Record<Member, string>> = {
  redirect_uris: 'Where users may be sent back to; matched exactly.',
  token_endpoint_auth_method: 'How it proves itself at the token endpoint; `none`: a public client.',
  token_endpoint_auth_signing_alg: 'The algorithm of its assertions.',
  grant_types: 'The grants that it may use. Default: `authorization_code`.',
  response_types: '`code`, the only one.',
  application_type: 'Decides which redirect addresses are good. Default: `web`.',
  client_name: 'What users read on the consent page.',
  client_uri: 'Its home page.',
  logo_uri: 'Its picture.',
  policy_uri: 'Its privacy policy.',
  tos_uri: 'Its terms of service.',
  contacts: 'E-mail addresses of people who are responsible.',
  scope: 'What it may ask for, space-separated.',
  jwks_uri: 'The address of its public keys.',
  jwks: 'Its public keys, instead of `jwks_uri`. Also taken as a text of JSON.',
  software_id: 'The same for all installations of a software.',
  software_version: 'The version of that software.',
  software_statement: 'What somebody else says of the software, signed. Kept, not verified.',
  subject_type: '`pairwise`: it knows users by ids that no other client has (OIDC Core 8.1).',
  sector_identifier_uri: 'The clients that share those ids.',
  id_token_signed_response_alg: 'The algorithm of its ID tokens.',
  id_token_claims: 'Which claims its ID tokens hold: those of the scopes, or those asked for by name.',
  userinfo_signed_response_alg: 'Userinfo comes as a JWT, signed by this algorithm.',
  authorization_signed_response_alg: 'The algorithm of signed authorization responses (JARM 3). Default: `RS256`.',
  introspection_signed_response_alg: 'The algorithm of signed answers of introspection (RFC 9701 6). Default: `RS256`.',
  response_modes: 'The only response modes that it may ask for. Default: every one.',
  request_object_signing_alg: 'The only algorithm of its request objects.',
  request_uris: 'Addresses of request objects.',
  require_signed_request_object: 'True: it asks by signed request objects only (RFC 9101 10.5).',
  require_pushed_authorization_requests: 'True: it pushes every authorization request (RFC 9126 6).',
  dpop_bound_access_tokens: 'True: its access tokens are always bound to a key of its own (RFC 9449 5.2).',
  tls_client_certificate_bound_access_tokens:
    'True: its access tokens are always bound to its certificate (RFC 8705 3.4).',
  tls_client_auth_subject_dn: 'With `tls_client_auth`: the subject of its certificate, as RFC 4514 writes it.',
  tls_client_auth_san_dns: 'With `tls_client_auth`, in place of the subject: a host that its certificate names.',
  tls_client_auth_san_uri: 'Likewise: an address that its certificate names.',
  tls_client_auth_san_ip: 'Likewise: an IP address that its certificate names.',
  tls_client_auth_san_email: 'Likewise: a mailbox that its certificate names.',
  authorization_details_types: 'The types of `authorization_details` that it asks for (RFC 9396 10).',
  default_max_age: 'Seconds that a sign-in may lie back, where a request does not say.',
  require_auth_time: 'True: `auth_time` is in every ID token.',
  default_acr_values: 'Wanted authentication contexts.',
  initiate_login_uri: 'Where a sign-in can begin that the client did not ask for.',
  post_logout_redirect_uris: 'Where users may be sent after a logout.',
  backchannel_logout_uri: 'Told by us when a session has ended (OIDC Back-Channel Logout).',
  backchannel_logout_session_required: 'True: the logout token names the session.',
  frontchannel_logout_uri: 'Shown in a frame when a session has ended (OIDC Front-Channel Logout).',
  frontchannel_logout_session_required: 'True: that address is called with the session.',
  metadata: 'What the host keeps with it. Also taken as a text of JSON.',
};
const EXAMPLES: Readonly<Partial<Record<Member, unknown>>> = {
  redirect_uris: ['https://client.example.com/callback'],
  client_name: 'My app',
  scope: 'openid profile email',
  grant_types: ['authorization_code', 'refresh_token'],
};

/**
 * The members of client metadata in the API document, from the schemas that parse them. They pass anything here: `readClientMetadata`
 * validates, since RFC 7591 defines the errors.
 */
export const metadataMembers = Object.fromEntries(
  METADATA_MEMBERS.map((name) => {
    const { $schema: _schema, ...schema } = z.toJSONSchema(METADATA_SHAPE[name], {
      io: 'input',
      unrepresentable: 'any',
    });
    const example = EXAMPLES[name];
    const meta = { ...schema, description: TEXTS[name], ...(example !== undefined && { example }) };
    return [name, z.unknown().optional().meta(meta)];
  }),
) as Readonly<Record<Member, z.ZodOptional<z.ZodUnknown>>>;
