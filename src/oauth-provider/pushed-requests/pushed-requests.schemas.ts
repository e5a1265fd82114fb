import { z } from 'zod';
import { clientAuthentication } from '../../common/grants/oauth.schemas.js';
import { AuthorizationRequestParameters } from '../authorize/authorize.schemas.js';

/** RFC 9126 2.1, for the API document: the parser of authorization requests defines the errors. */
export const PushedRequestBody = AuthorizationRequestParameters.omit({ request_uri: true })
  .extend(clientAuthentication)
  .meta({ id: 'AuthPushedRequest' });

/** RFC 9126 2.2. */
export const PushedRequestAnswer = z
  .object({
    request_uri: z.string().meta({ description: 'What the browser brings to the authorization endpoint; good once.' }),
    expires_in: z.int().meta({ description: 'Seconds until a browser must have opened it.' }),
  })
  .meta({ id: 'AuthPushedRequestAnswer' });
