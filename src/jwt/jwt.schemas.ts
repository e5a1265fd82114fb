import { z } from 'zod';
import { bodySchema } from '../common/http/request/schema.pipe.js';
import { SIGNING_ALGORITHMS } from '../common/keys/signing-algorithm.js';

const MAX_AUDIENCES = 10;
const audience = z.string().min(1).max(512);
const scope = z.string().min(1).max(2_048);

const AUDIENCE = 'From the allow list of the server. Default: the server itself.';
const SCOPE = 'Space-separated; never more than the session has. Default: all of them.';
export const GetTokenQuery = z.object({
  audience: audience.optional().meta({ description: AUDIENCE }),
  scope: scope.optional().meta({ description: SCOPE }),
});
export const GetTokenBody = bodySchema('AuthGetTokenBody', {
  audience: z
    .union([audience, z.array(audience).min(1).max(MAX_AUDIENCES)])
    .optional()
    .meta({ description: AUDIENCE }),
  scope: scope.optional().meta({ description: SCOPE }),
});
export const TokenAnswer = z
  .object({ token: z.string(), expiresIn: z.int().meta({ description: 'Seconds.' }) })
  .meta({ id: 'AuthJwtAnswer' });

export const KeySetAnswer = z
  .object({
    keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') })),
  })
  .meta({ id: 'AuthJsonWebKeySet' });

export const RotateKeysBody = bodySchema('AuthRotateKeysBody', {
  algorithm: z.enum(SIGNING_ALGORITHMS).optional().meta({ description: 'Only the key of this one. Default: all.' }),
});
export const SigningKeyList = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        algorithm: z.string(),
        state: z
          .enum(['next', 'current', 'retired'])
          .meta({ description: '`next` is published and does not sign yet; `retired` only verifies.' }),
        createdAt: z.iso.datetime(),
        activeFrom: z.iso.datetime().nullable(),
        publishedUntil: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({ id: 'AuthSigningKeyList' });
