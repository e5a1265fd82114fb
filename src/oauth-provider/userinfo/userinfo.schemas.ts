import { z } from 'zod';

/** RFC 6750 2.2: for clients that cannot set a header. */
export const UserinfoBody = z
  .looseObject({ access_token: z.string().optional().meta({ description: 'Instead of the header, in a form only.' }) })
  .meta({ id: 'AuthUserinfoRequest' });

/** Userinfo in the API document; the user directory and the host's hook may add claims. */
export const UserinfoAnswer = z
  .looseObject({
    sub: z.string().meta({ description: 'By which this client knows the user' }),
    name: z.string().optional(),
    given_name: z.string().optional(),
    family_name: z.string().optional(),
    picture: z.string().optional(),
    updated_at: z.number().optional().meta({ description: 'Seconds since 1970' }),
    email: z.string().optional(),
    email_verified: z.boolean().optional(),
  })
  .meta({ id: 'AuthUserinfo' });
