import { AuthLinkedAccount } from './linked-accounts/linked-account.entity.js';
import { AccountLinking1700000000800 } from './migrations/1700000000800-account-linking.js';
import { LinkStateBrowser1700000000810 } from './migrations/1700000000810-link-state-browser.js';
import { LinkStateGrowth1700000000820 } from './migrations/1700000000820-link-state-growth.js';
import { AuthLinkState } from './states/link-state.entity.js';

/** The tables of this capability. */
export const ACCOUNT_LINKING_TABLES = {
  entities: [AuthLinkedAccount, AuthLinkState],
  migrations: [AccountLinking1700000000800, LinkStateBrowser1700000000810, LinkStateGrowth1700000000820],
};
