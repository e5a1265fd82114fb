import type { Provider, Type } from '@nestjs/common';
import { PasswordMethod } from '../passwords/password-method.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { AccountSignInFlow } from './account-sign-in-flow.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';
import { SignIn } from './sign-in.js';
import { TakenAddresses } from './taken-addresses.js';
import { VerifyingBrowser } from './verifying-browser.js';

/** Sign-up and sign-in by password, and the way that all sign-ins share. */
export const signInProviders: Provider[] = [
  PasswordMethod,
  PasswordRules,
  TakenAddresses,
  VerifyingBrowser,
  AccountSignInFlow,
  SignInService,
  SignIn,
];

export const signInControllers: Type[] = [SignInController];
