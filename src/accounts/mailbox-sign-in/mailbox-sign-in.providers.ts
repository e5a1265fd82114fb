import type { Provider } from '@nestjs/common';
import { MailboxSignIns } from './mailbox-sign-ins.js';
import { UnprovenAccounts } from './unproven-accounts.js';

export const mailboxSignInProviders: Provider[] = [UnprovenAccounts, MailboxSignIns];
