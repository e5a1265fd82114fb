import { z } from 'zod';

/**
 * Forms and answers of OAuth for the API document. `readForm` and the grants validate, since RFC 6749 defines the errors; a test compares
 * the names here with those that the grants take.
 */
const text = z.string();

/** One `resource` is a text, several are a list, or a field of a form that is repeated. */
export const resourceParameter = z
  .union([text, z.array(text)])
  .optional()
  .meta({ description: 'The API that the token is for, by its address (RFC 8707). May be repeated.' });

/** How a client proves itself in a body (RFC 6749 2.3.1, RFC 7523 2.2). */
export const clientAuthentication = {
  client_id: text.optional().meta({ description: 'Needed unless the `Authorization` header names the client.' }),
  client_secret: text.optional().meta({ description: 'Of a confidential client that does not use HTTP Basic.' }),
  client_assertion: text.optional().meta({ description: 'A JWT that the client signed, instead of a secret.' }),
  client_assertion_type: z
    .literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    .optional()
    .meta({ description: 'Beside `client_assertion`.' }),
};

export const TokenBody = z
  .looseObject({
    grant_type: text.meta({
      description:
        '`authorization_code`, `refresh_token`, `client_credentials`, `urn:ietf:params:oauth:grant-type:device_code`, `urn:ietf:params:oauth:grant-type:token-exchange` or `urn:ietf:params:oauth:grant-type:jwt-bearer`, as the server and the client have them.',
    }),
    code: text.optional().meta({ description: 'With `authorization_code`: from the redirect.' }),
    redirect_uri: text.optional().meta({ description: 'With `authorization_code`: the same as in its request.' }),
    code_verifier: text.optional().meta({ description: 'With `authorization_code`: of PKCE (RFC 7636 4.5).' }),
    refresh_token: text.optional().meta({ description: 'With `refresh_token`.' }),
    device_code: text.optional().meta({ description: 'With the device code grant (RFC 8628 3.4).' }),
    subject_token: text
      .optional()
      .meta({ description: 'With token exchange: the token that is exchanged (RFC 8693 2.1).' }),
    subject_token_type: text
      .optional()
      .meta({ description: 'Beside `subject_token`: of which kind it is (RFC 8693 3).' }),
    actor_token: text
      .optional()
      .meta({ description: 'With token exchange: of who is to act. Default: the client acts.' }),
    actor_token_type: text.optional().meta({ description: 'Beside `actor_token`: of which kind it is.' }),
    requested_token_type: text.optional().meta({ description: 'With token exchange. Default: an access token.' }),
    audience: z
      .union([text, z.array(text)])
      .optional()
      .meta({ description: 'With token exchange: as `resource`, and checked as one list with it. May be repeated.' }),
    assertion: text.optional().meta({
      description:
        'With `urn:ietf:params:oauth:grant-type:jwt-bearer`: a JWT of an issuer that is trusted (RFC 7523 2.1).',
    }),
    scope: text.optional().meta({
      description:
        'Space-separated. With `refresh_token`, `client_credentials`, token exchange and assertions; default: all it may have.',
    }),
    resource: resourceParameter,
    ...clientAuthentication,
  })
  .meta({ id: 'AuthTokenRequest' });

export const TokenResponseAnswer = z
  .object({
    access_token: text.meta({ description: 'What was issued, also where that is no access token (RFC 8693 2.2.1).' }),
    issued_token_type: text.optional().meta({ description: 'What that is; of token exchange.' }),
    token_type: z.enum(['Bearer', 'DPoP', 'N_A']).meta({
      description:
        '`DPoP`: bound to the key of the proof that came with the request (RFC 9449 5). `N_A`: it is no access token.',
    }),
    expires_in: z.int().meta({ description: 'Seconds until the access token expires.' }),
    expires_at: z.int().meta({ description: 'The same as a time: seconds since 1970.' }),
    scope: text.meta({ description: 'What was granted, space-separated.' }),
    refresh_token: text.optional().meta({ description: 'Good once, for the next pair of tokens.' }),
    id_token: text.optional().meta({ description: 'Who the user is (OIDC Core 2); with the scope `openid`.' }),
  })
  .meta({ id: 'AuthTokenResponse' });
