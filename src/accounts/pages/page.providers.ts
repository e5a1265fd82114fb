import type { Provider, Type } from '@nestjs/common';
import { AccountPageController } from './account-page.controller.js';
import { DeletePageController } from './delete-page.controller.js';
import { EmailPageController } from './email-page.controller.js';
import { ImpersonationPageController } from './impersonation-page.controller.js';
import { MailWays } from './mail-ways.js';
import { PasswordPageController } from './password-page.controller.js';
import { ProfilePages } from './profile-pages.js';
import { SessionsPageController } from './sessions-page.controller.js';
import { SignInPageController } from './sign-in-page.controller.js';
import { SignInPages } from './sign-in-pages.service.js';
import { SignOutPageController } from './sign-out-page.controller.js';
import { UserBanPageController } from './user-ban-page.controller.js';
import { UsersPageController } from './users-page.controller.js';

export const pageProviders: Provider[] = [MailWays, SignInPages, ProfilePages];

export const pageControllers: Type[] = [
  SignInPageController,
  SignOutPageController,
  AccountPageController,
  SessionsPageController,
  PasswordPageController,
  EmailPageController,
  DeletePageController,
  UsersPageController,
  UserBanPageController,
  ImpersonationPageController,
];
