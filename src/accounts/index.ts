export { AccountsModule } from './accounts.module.js';
export type { AccountsHooks, AccountsOptions } from './accounts.options.js';
export { OneTimeTokens } from './one-time-tokens/one-time-tokens.js';
export { checkPassword, hashPassword, type PasswordCheck } from './passwords/password-hasher.js';
export { SessionsService, type SignInResult } from './sessions/sessions.service.js';
export { SignIn, type StartSignIn } from './sign-in/sign-in.js';
export { UsersService, type CreateUser, type SeedUser, type UserSearchQuery } from './administration/users.service.js';
