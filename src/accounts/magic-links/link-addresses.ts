import { Injectable } from '@nestjs/common';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import type { LinkAddressFields } from './magic-link.schemas.js';

/** Where a link leads; each checked. */
export interface LinkTargets {
  readonly callbackURL: string | null;
  readonly newUserCallbackURL: string | null;
  readonly errorCallbackURL: string | null;
}

/** Checks where links lead: when one is asked for, and again when it is opened. */
@Injectable()
export class LinkAddresses {
  constructor(private readonly origins: TrustedOrigins) {}

  /** @throws AuthError 403 `INVALID_CALLBACK_URL`, `INVALID_NEW_USER_CALLBACK_URL`, `INVALID_ERROR_CALLBACK_URL` */
  async require({ callbackURL, newUserCallbackURL, errorCallbackURL }: LinkAddressFields): Promise<LinkTargets> {
    const { origins } = this;
    return {
      callbackURL: callbackURL ? await requireCallbackUrl(callbackURL, origins) : null,
      newUserCallbackURL: newUserCallbackURL
        ? await requireCallbackUrl(newUserCallbackURL, origins, 'INVALID_NEW_USER_CALLBACK_URL')
        : null,
      errorCallbackURL: errorCallbackURL
        ? await requireCallbackUrl(errorCallbackURL, origins, 'INVALID_ERROR_CALLBACK_URL')
        : null,
    };
  }
}
