import { z } from 'zod';

const text = z.string().optional();

/** OIDC RP-Initiated Logout 2, for the API document: the logout requests define the errors. */
export const LogoutParameters = z
  .looseObject({
    id_token_hint: text.meta({ description: 'An ID token of the session: it ends without a question.' }),
    client_id: text.meta({ description: 'Needed for `post_logout_redirect_uri` without a hint.' }),
    post_logout_redirect_uri: text.meta({
      description: 'Where the browser goes then; one that the client has registered.',
    }),
    state: text.meta({ description: 'Comes back with that address.' }),
    logout_hint: text.meta({ description: 'Taken and without effect.' }),
    ui_locales: text.meta({ description: 'Languages of the pages, the most wanted first (BCP 47).' }),
  })
  .meta({ id: 'AuthLogoutRequest' });

/** What a script is told: null where there is nowhere to go. */
export const LogoutAnswer = z
  .object({ redirect: z.literal(true), url: z.string() })
  .nullable()
  .meta({ id: 'AuthLogout' });
