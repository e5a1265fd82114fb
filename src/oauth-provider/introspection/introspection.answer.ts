import { z } from 'zod';
import { clientAuthentication } from '../../common/grants/oauth.schemas.js';
import { formatScope } from '../../common/principal/scopes.js';
import { tokenTypeOf } from '../../common/principal/confirmation.js';
import type { SignInFacts } from '../../common/tokens/sign-in-facts.js';
import type { ClientTokenRow } from '../../common/tokens/token.rows.js';

/** RFC 7662 2.1, for the API document: `readForm` parses. */
export const IntrospectionBody = z
  .looseObject({
    token: z.string().meta({ description: 'Of any kind that this server gives to clients.' }),
    token_type_hint: z.string().optional().meta({ description: 'Taken and not needed.' }),
    ...clientAuthentication,
  })
  .meta({ id: 'AuthIntrospectionRequest' });

/** RFC 8693 4.1. */
const actSchema = z.object({
  sub: z.string().describe('The client, user or agent.'),
  iss: z.string().optional().describe('Who knows it by this id, where that is not this server.'),
  act: z.looseObject({ sub: z.string() }).optional().describe('Who acted before.'),
});

/** RFC 7662 2.2. */
export const introspectionSchema = z
  .object({
    active: z.boolean(),
    iss: z.string().optional(),
    sub: z
      .string()
      .optional()
      .describe('By which the client of the token knows the user; the client itself without a user.'),
    aud: z.union([z.string(), z.array(z.string())]).optional(),
    client_id: z.string().optional(),
    azp: z.string().optional().describe('The same as client_id.'),
    scope: z.string().optional(),
    sid: z.string().optional(),
    auth_time: z
      .int()
      .optional()
      .describe('When the user last proved who they are, in seconds since 1970 (RFC 9470 6.2).'),
    acr: z.string().optional().describe('How strong that was.'),
    amr: z.array(z.string()).optional().describe('By which methods (RFC 8176).'),
    roles: z.array(z.string()).optional().describe('Of the user; of access tokens only.'),
    act: actSchema.optional().describe('Who acts for the subject (RFC 8693 4.1); of access tokens only.'),
    exp: z.int().optional().describe('Seconds since 1970.'),
    iat: z.int().optional().describe('Seconds since 1970.'),
    jti: z.string().optional(),
    token_type: z.enum(['Bearer', 'DPoP']).optional().describe('Of access tokens only (RFC 9449 6.2).'),
    cnf: z
      .object({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() })
      .optional()
      .describe('What its holder must prove: a key (RFC 9449 6.2) or a certificate (RFC 8705 3.2).'),
  })
  .meta({ id: 'AuthIntrospection' });
export type IntrospectionAnswer = z.infer<typeof introspectionSchema>;

/** The whole answer for a token that is not live, not known, or that the asking client may not know about. */
export const INACTIVE: IntrospectionAnswer = Object.freeze({ active: false });

/** What the token says, with the claims of a JWT access token (RFC 9068 2.2), also for an opaque token. */
export function activeAnswer(token: ClientTokenRow, subject: string, issuer: string): IntrospectionAnswer {
  const { audience } = token;
  return {
    active: true,
    iss: issuer,
    sub: subject,
    aud: audience.length > 1 ? audience : (audience[0] ?? issuer),
    client_id: token.client_id,
    azp: token.client_id,
    ...(token.scopes.length > 0 && { scope: formatScope(token.scopes) }),
    ...(token.session_id !== null && { sid: token.session_id }),
    ...signInMembers(token),
    exp: epochSeconds(token.expires_at),
    iat: epochSeconds(token.created_at),
    jti: token.id,
    // A refresh token gives no access, and must not look as if it did.
    ...(token.kind === 'access' && { token_type: tokenTypeOf(token.confirmation) }),
    ...(token.confirmation && { cnf: token.confirmation }),
  };
}

/** RFC 9470 6.2: top-level members. */
function signInMembers({ kind, authenticated_at: authenticatedAt, context, actor }: ClientTokenRow) {
  const { acr, amr, roles, act }: SignInFacts = { ...context, ...(actor && { act: actor }) };
  return {
    ...(authenticatedAt && { auth_time: epochSeconds(authenticatedAt) }),
    ...(acr !== undefined && { acr }),
    ...(amr && { amr: [...amr] }),
    ...(kind === 'access' && roles && { roles: [...roles] }),
    ...(kind === 'access' && act && { act }),
  };
}

function epochSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
