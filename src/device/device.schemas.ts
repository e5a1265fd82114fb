import { z } from 'zod';
import { clientAuthentication, resourceParameter } from '../common/grants/oauth.schemas.js';
import { bodySchema } from '../common/http/request/schema.pipe.js';

/** No caller may name the user that it acts for. */
const SERVER_ONLY = ['userId', 'user_id'];

const userCode = z
  .string()
  .meta({ description: 'As the device shows it; case, spaces and hyphens do not matter.', example: 'BCDF-GHJK' });
// Any length: one that is too long is an unknown code (T105), and the body has its own limit.
export const UserCodeBody = bodySchema('AuthUserCodeBody', { userCode }, SERVER_ONLY);
export const UserCodeQuery = bodySchema('AuthUserCodeQuery', { user_code: userCode });

const detailsSchema = z.array(z.looseObject({ type: z.string() }));

/** RFC 8628 3.1 and 3.4, for the API document: `readForm` parses. */
export const DeviceCodeBody = z
  .looseObject({
    scope: z.string().optional().meta({ description: 'Space-separated. Default: all that the client may ask for.' }),
    resource: resourceParameter,
    authorization_details: z
      .string()
      .optional()
      .meta({ description: 'What is asked for beyond scopes (RFC 9396), as JSON; of registered clients only.' }),
    ...clientAuthentication,
  })
  .meta({ id: 'AuthDeviceAuthorizationRequest' });
export const DeviceTokenBody = z
  .looseObject({
    grant_type: z.string().meta({ description: '`urn:ietf:params:oauth:grant-type:device_code`, the only one.' }),
    device_code: z.string().optional().meta({ description: 'From `/device/code`.' }),
    ...clientAuthentication,
  })
  .meta({ id: 'AuthDeviceTokenRequest' });

export const DeviceCodeAnswer = z
  .object({
    device_code: z.string().meta({ description: 'The secret of the device, for `/device/token`.' }),
    user_code: z.string().meta({ description: 'What the device shows to the user.', example: 'BCDF-GHJK' }),
    verification_uri: z.string().meta({ description: 'Where the user enters it.' }),
    verification_uri_complete: z.string().meta({ description: 'The same with the code, for a QR code.' }),
    expires_in: z.number().int().meta({ description: 'Seconds.' }),
    interval: z.number().int().meta({ description: 'Seconds between two polls.' }),
  })
  .meta({ id: 'AuthDeviceCodes' });
export const DeviceTokenAnswer = z
  .object({
    access_token: z.string(),
    token_type: z.enum(['Bearer', 'DPoP']),
    expires_in: z.number().int().meta({ description: 'Seconds.' }),
    scope: z.string(),
    expires_at: z.number().int().optional().meta({ description: 'Seconds since 1970.' }),
    authorization_details: detailsSchema
      .optional()
      .meta({ description: 'What was granted beyond scopes (RFC 9396 7).' }),
    refresh_token: z.string().optional(),
    id_token: z.string().optional(),
  })
  .meta({ id: 'AuthDeviceTokens' });
export const DeviceStatusAnswer = z
  .object({
    user_code: z.string(),
    status: z.enum(['pending', 'approved', 'denied']),
    client_id: z.string().optional().meta({ description: 'For the user who may decide only.' }),
    scope: z.string().optional().meta({ description: 'For the user who may decide only.' }),
    resource: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .meta({ description: 'RFC 8707, as it was asked for.' }),
    authorization_details: detailsSchema.optional().meta({ description: 'RFC 9396, as it was asked for.' }),
  })
  .meta({ id: 'AuthDeviceStatus' });
export const DecidedAnswer = z.object({ success: z.literal(true) }).meta({ id: 'AuthDeviceDecided' });
