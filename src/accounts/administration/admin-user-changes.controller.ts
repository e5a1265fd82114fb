import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { StatusAnswer } from '../account.schemas.js';
import { AdministeredUsers } from './administered-users.js';
import { administratorOf } from './administration.log.js';
import {
  AdministeredUser,
  AdminUpdateUserBody,
  BanUserBody,
  SetRoleBody,
  SetUserPasswordBody,
  SuccessAnswer,
  UserAnswer,
  UserBody,
  UserData,
} from './administration.schemas.js';
import { ForAdministrators } from './administrators.guard.js';
import { UserAdministration } from './user-administration.js';

const TAG = 'Administration: users';
const ID = '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f';
const errorsOf = (may: string, codes = 'VALIDATION_ERROR') => ({
  400: codes,
  401: 'UNAUTHORIZED',
  403: `YOU_ARE_NOT_ALLOWED_TO_${may}, SESSION_NOT_FRESH`,
  404: 'USER_NOT_FOUND, NOT_FOUND',
});

/** What administrators change of a user, on better-auth's wire. What could not be undone, or opens doors, needs a fresh session. */
@AuthController('admin')
export class AdminUserChangesController {
  constructor(
    private readonly administration: UserAdministration,
    private readonly administered: AdministeredUsers,
  ) {}

  @Post('update-user')
  @HttpCode(200)
  @ForAdministrators('UPDATE_USERS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminUpdateUser',
    example: { userId: ID, data: { name: 'Ada Lovelace' } },
    summary: 'Change name, picture or address of a user',
    description: 'A new address counts as verified, ends sessions and tokens, and needs a fresh session.',
    response: AdministeredUser,
    errors: errorsOf(
      'UPDATE_USERS',
      'NO_DATA_TO_UPDATE, PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER, USER_ID_CANNOT_BE_UPDATED, FIELD_NOT_ALLOWED, USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
    ),
  })
  async update(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: AdminUpdateUserBody }) { userId, data }: z.infer<typeof AdminUpdateUserBody>,
    @Req() request: GuardedRequest,
  ) {
    const change = changeIn(data);
    if (change.email !== undefined) await this.administration.requireFresh(principal);
    const user = await this.administration.update(administratorOf(principal, request), userId, change);
    return this.administered.view(user);
  }

  @Post('set-role')
  @HttpCode(200)
  @ForAdministrators('CHANGE_USERS_ROLE')
  @DescribeRoute({
    tag: TAG,
    id: 'adminSetRole',
    example: { userId: ID, role: 'admin' },
    summary: 'Replace the roles of a user',
    description: 'Known roles only; sessions and tokens of the user end. One administrator stays.',
    response: UserAnswer,
    errors: errorsOf('CHANGE_USERS_ROLE', 'YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE, LAST_ADMINISTRATOR'),
  })
  async setRole(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: SetRoleBody }) { userId, role }: z.infer<typeof SetRoleBody>,
    @Req() request: GuardedRequest,
  ) {
    await this.administration.requireFresh(principal);
    const user = await this.administration.setRoles(administratorOf(principal, request), userId, role);
    return { user: await this.administered.view(user) };
  }

  @Post('ban-user')
  @HttpCode(200)
  @ForAdministrators('BAN_USERS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminBanUser',
    example: { userId: ID, banReason: 'sends spam', banExpiresIn: 604_800 },
    summary: 'Ban a user',
    description: 'They cannot sign in; sessions, tokens and API keys end. With `banExpiresIn` it is over by itself.',
    response: UserAnswer,
    errors: errorsOf('BAN_USERS', 'YOU_CANNOT_BAN_YOURSELF, LAST_ADMINISTRATOR'),
  })
  async ban(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: BanUserBody }) { userId, banReason, banExpiresIn }: z.infer<typeof BanUserBody>,
    @Req() request: GuardedRequest,
  ) {
    const terms = { reason: banReason || null, seconds: banExpiresIn ?? null };
    const user = await this.administration.ban(administratorOf(principal, request), userId, terms);
    return { user: await this.administered.view(user) };
  }

  @Post('unban-user')
  @HttpCode(200)
  @ForAdministrators('BAN_USERS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminUnbanUser',
    example: { userId: ID },
    summary: 'Lift a ban',
    description: 'The user may sign in again. What has ended stays ended.',
    response: UserAnswer,
    errors: errorsOf('BAN_USERS'),
  })
  async unban(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UserBody }) { userId }: z.infer<typeof UserBody>,
    @Req() request: GuardedRequest,
  ) {
    const user = await this.administration.unban(administratorOf(principal, request), userId);
    return { user: await this.administered.view(user) };
  }

  @Post('set-user-password')
  @HttpCode(200)
  @ForAdministrators('SET_USERS_PASSWORD')
  @DescribeRoute({
    tag: TAG,
    id: 'adminSetUserPassword',
    example: { userId: ID, newPassword: 'correct horse battery staple' },
    summary: 'Set the password of a user',
    description: 'As good as one of their own choice; sessions, tokens, links and codes end, and they are written to.',
    response: StatusAnswer,
    errors: errorsOf(
      'SET_USERS_PASSWORD',
      'PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_COMPROMISED, USER_DISABLED',
    ),
  })
  async setPassword(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: SetUserPasswordBody }) { userId, newPassword }: z.infer<typeof SetUserPasswordBody>,
    @Req() request: GuardedRequest,
  ) {
    await this.administration.requireFresh(principal);
    await this.administration.setPassword(administratorOf(principal, request), userId, newPassword);
    return { status: true };
  }

  @Post('remove-user')
  @HttpCode(200)
  @ForAdministrators('DELETE_USERS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminRemoveUser',
    example: { userId: ID },
    summary: 'Delete a user',
    description: 'With all that they hold, for good. One administrator stays.',
    response: SuccessAnswer,
    errors: errorsOf('DELETE_USERS', 'YOU_CANNOT_REMOVE_YOURSELF, LAST_ADMINISTRATOR'),
  })
  async remove(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UserBody }) { userId }: z.infer<typeof UserBody>,
    @Req() request: GuardedRequest,
  ) {
    await this.administration.requireFresh(principal);
    await this.administration.remove(administratorOf(principal, request), userId);
    return { success: true };
  }
}

/** @throws AuthError 400 naming what cannot be changed here */
function changeIn(data: Readonly<Record<string, unknown>>): z.infer<typeof UserData> {
  const names = Object.keys(data);
  if (names.length === 0) throw AuthError.badRequest('NO_DATA_TO_UPDATE', 'No data to update');
  if (names.includes('password'))
    throw AuthError.badRequest(
      'PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER',
      'Password cannot be updated through update-user. Use the set-user-password endpoint instead',
    );
  if (names.includes('id')) throw AuthError.badRequest('USER_ID_CANNOT_BE_UPDATED', 'User id cannot be updated');
  if (!names.every((name) => Object.hasOwn(UserData.shape, name)))
    throw AuthError.badRequest('FIELD_NOT_ALLOWED', 'Only name, image, email and emailVerified can be updated');
  const parsed = UserData.safeParse(data);
  if (!parsed.success)
    throw AuthError.validation(
      parsed.error.issues.map(({ path, message }) => `[body.data.${path.join('.')}] ${message}`),
    );
  return parsed.data;
}
