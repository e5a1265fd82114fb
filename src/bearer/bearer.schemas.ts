import { z } from 'zod';
import { bodySchema } from '../common/http/request/schema.pipe.js';

export const RefreshBody = bodySchema('AuthRefreshBody', {
  refreshToken: z.string().min(1).max(512).meta({ description: 'The newest of its sign-in.', example: 'nar_…' }),
});
export const BearerTokensAnswer = z
  .object({
    accessToken: z.string(),
    accessTokenExpiresAt: z.iso.datetime(),
    refreshToken: z.string().meta({ description: 'Good once, for the next pair.' }),
    refreshTokenExpiresAt: z.iso.datetime(),
    tokenType: z
      .enum(['Bearer', 'DPoP'])
      .meta({ description: '`DPoP`: good with a proof of its key only (RFC 9449).' }),
    expiresIn: z.int().meta({ description: 'Seconds until the access token expires.' }),
  })
  .meta({ id: 'AuthBearerTokens' });
export const RevokedAnswer = z.object({ success: z.boolean() }).meta({ id: 'AuthRevokedAnswer' });
