import type { Provider, Type } from '@nestjs/common';
import { AccountDeletions } from './account-deletions.js';
import { CredentialChanges } from './credential-changes.js';
import { DeleteUserController } from './delete-user.controller.js';
import { OwnAccountService } from './own-account.service.js';
import { OwnPasswordController } from './own-password.controller.js';
import { OwnPasswords } from './own-passwords.js';
import { UserController } from './user.controller.js';

/** What users change about themselves. */
export const ownAccountProviders: Provider[] = [CredentialChanges, OwnAccountService, OwnPasswords, AccountDeletions];

export const ownAccountControllers: Type[] = [UserController, OwnPasswordController, DeleteUserController];
