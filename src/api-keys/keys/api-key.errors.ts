import { AuthError } from '../../common/errors/auth-error.js';

/** Errors of the management routes, with better-auth's codes where it has them. */
export const keyErrors = {
  /** The same for unknown keys, deleted keys and keys of other owners (T018). */
  notFound: () =>
    new AuthError({ status: 404, code: 'KEY_NOT_FOUND', error: 'invalid_request', description: 'API Key not found' }),
  revoked: () => AuthError.badRequest('KEY_REVOKED', 'The API key is revoked and cannot be changed'),
  alreadyRotated: () =>
    new AuthError({
      status: 409,
      code: 'KEY_ALREADY_ROTATED',
      error: 'invalid_request',
      description: 'The API key has been rotated already',
    }),
  alreadyMade: () =>
    new AuthError({
      status: 409,
      code: 'KEY_ALREADY_MADE',
      error: 'invalid_request',
      description: 'This API key has been made already',
    }),
  delegated: () =>
    AuthError.badRequest('KEY_DELEGATED', 'A delegated API key cannot be changed; end it, and delegate another'),
  tooShort: () =>
    AuthError.badRequest('EXPIRES_IN_IS_TOO_SMALL', 'The expiresIn is smaller than the predefined minimum value.'),
  tooLong: () =>
    AuthError.badRequest('EXPIRES_IN_IS_TOO_LARGE', 'The expiresIn is larger than the predefined maximum value.'),
  expired: () => AuthError.badRequest('KEY_EXPIRED', 'API Key has expired'),
  nothingToUpdate: () => AuthError.badRequest('NO_VALUES_TO_UPDATE', 'No values to update.'),
  unknownConfiguration: () =>
    AuthError.badRequest('NO_DEFAULT_API_KEY_CONFIGURATION_FOUND', 'No default api-key configuration found.'),
  serverOnly: (property: string) =>
    AuthError.badRequest('SERVER_ONLY_PROPERTY', `The property ${property} can only be set by the server`),
  tooWide: (what: string) =>
    AuthError.forbidden('INSUFFICIENT_API_KEY_PERMISSIONS', `The ${what} exceed what users may give a key`),
  ownerNotAllowed: (kind: string) =>
    kind === 'organization'
      ? AuthError.forbidden(
          'USER_NOT_MEMBER_OF_ORGANIZATION',
          'You are not a member of the organization that owns this API key.',
        )
      : AuthError.forbidden('OWNER_NOT_ALLOWED', 'You may not manage API keys of this owner'),
  tooMany: (max: number) =>
    AuthError.forbidden('KEY_LIMIT_REACHED', `There may be ${max} API keys of this kind for one owner`),
  tooManyToday: (max: number) =>
    AuthError.forbidden('KEY_LIMIT_REACHED', `${max} API keys of this kind may be made in a day for one owner`),
  ownerGone: () => AuthError.badRequest('OWNER_NOT_FOUND', 'The owner of the API key is unknown or disabled'),
};

/** Errors of delegation. */
export const delegationErrors = {
  isOff: () => AuthError.forbidden('DELEGATION_OFF', 'Keys of this kind cannot be delegated'),
  nothingAsked: () => AuthError.badRequest('NOTHING_DELEGATED', 'Give permissions or scopes that the key is to have'),
  tooWide: (what: string) =>
    AuthError.forbidden('INSUFFICIENT_API_KEY_PERMISSIONS', `The ${what} exceed those of the key that delegates them`),
  tooDeep: (max: number) =>
    AuthError.forbidden('DELEGATION_TOO_DEEP', `Keys of this kind can be delegated ${max} times, one from the other`),
  tooMany: (max: number) =>
    AuthError.forbidden('DELEGATION_LIMIT_REACHED', `There may be ${max} keys that are delegated from one key`),
  tooManyToday: (max: number) =>
    AuthError.forbidden('DELEGATION_LIMIT_REACHED', `${max} keys may be delegated from one key in a day`),
};
