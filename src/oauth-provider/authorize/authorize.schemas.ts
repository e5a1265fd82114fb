import { z } from 'zod';
import { resourceParameter } from '../../common/grants/oauth.schemas.js';

const text = z.string().optional();

/** RFC 6749 4.1.1 and OIDC Core 3.1.2.1, for the API document: the authorization request parser defines the errors. */
export const AuthorizationRequestParameters = z
  .looseObject({
    client_id: z.string().meta({ description: 'The client that asks.' }),
    response_type: text.meta({ description: '`code`, the only one; needed, here, in `request` or as it was pushed.' }),
    redirect_uri: text.meta({ description: 'One that the client has registered; needed if it has several.' }),
    scope: text.meta({
      description: 'Space-separated; `openid` for an ID token. Default: all that the client may ask for.',
    }),
    state: text.meta({ description: 'Comes back with the code; binds the answer to the browser that asked.' }),
    code_challenge: text.meta({ description: 'BASE64URL(SHA-256(code_verifier)) of PKCE (RFC 7636 4.2).' }),
    code_challenge_method: text.meta({ description: '`S256`.' }),
    dpop_jkt: text.meta({
      description: 'Thumbprint of the key that redeems the code by DPoP (RFC 9449 10, RFC 7638): 43 characters.',
    }),
    response_mode: text.meta({
      description:
        '`query` (default) or `form_post`; signed, as one JWT (JARM): `jwt`, the same as `query.jwt`, or `form_post.jwt`.',
    }),
    nonce: text.meta({ description: 'Comes back in the ID token.' }),
    prompt: text.meta({ description: 'Space-separated: `none`, `login`, `consent`, `select_account`, `create`.' }),
    max_age: text.meta({ description: 'Seconds that the sign-in may lie back; a user who is older signs in again.' }),
    login_hint: text.meta({ description: 'The e-mail address to fill in at the sign-in.' }),
    id_token_hint: text.meta({ description: 'An earlier ID token: only this user may go on.' }),
    ui_locales: text.meta({ description: 'Languages of the pages, the most wanted first (BCP 47).' }),
    acr_values: text.meta({
      description: 'Strengths of sign-in of which one is needed, the most wanted first (RFC 9470 5).',
    }),
    display: text.meta({ description: 'Taken and without effect.' }),
    claims: text.meta({ description: 'Single claims, as JSON (OIDC Core 5.5).' }),
    resource: resourceParameter,
    authorization_details: text.meta({
      description:
        'What is asked for beyond scopes, as JSON: a list of objects, each with a `type` of `authorization_details_types_supported` (RFC 9396 2).',
    }),
    request: text.meta({
      description: 'A request object that the client signed (RFC 9101), where the server takes them.',
    }),
    request_uri: text.meta({
      description:
        'In place of all but `client_id`: that of a pushed request (RFC 9126), or the registered address of a request object.',
    }),
  })
  .meta({ id: 'AuthAuthorizationRequest' });

/** What a script is told instead of a redirect. */
export const ContinuationAnswer = z
  .looseObject({
    redirect: z.boolean().meta({ description: 'False: send `parameters` to `url` by a form (`form_post`).' }),
    url: z
      .string()
      .meta({ description: 'Where the browser goes: a page of ours, or the client with a code or an error.' }),
    redirectURI: z.string().optional().meta({ description: "The same, for better-auth's older client." }),
    redirect_uri: z.string().optional().meta({ description: "The same, for better-auth's older client." }),
    method: z.literal('POST').optional().meta({ description: 'With `redirect: false`.' }),
    parameters: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'With `redirect: false`: the fields.' }),
  })
  .meta({ id: 'AuthContinuation' });
