import { areGranted, type AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import { invalidDetails } from './read-authorization-details.js';

/**
 * RFC 9396 6.1: a token request may ask for fewer of the details that were granted, each as it was granted.
 * @param asked empty: it asks for none in particular, and gets all
 * @throws AuthError 400 `invalid_authorization_details`
 */
export function narrowDetails(
  granted: readonly AuthorizationDetail[],
  asked: readonly AuthorizationDetail[],
): readonly AuthorizationDetail[] {
  if (asked.length === 0) return granted;
  if (areGranted(asked, granted)) return asked;
  throw invalidDetails('An object was not granted');
}
