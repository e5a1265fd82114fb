import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { AlsoImpersonated } from '../../common/guards/session-auth.js';
import { UserRoles } from '../users/user-roles.js';
import { AdministeredUsers } from './administered-users.js';
import { AdministrationLog, administratorOf } from './administration.log.js';
import {
  AdministeredUser,
  CreateUserBody,
  filterIn,
  GetUserQuery,
  HasPermissionBody,
  ListUsersQuery,
  PermissionAnswer,
  UserAnswer,
  UsersAnswer,
} from './administration.schemas.js';
import { ForAdministrators, WithAdministrators } from './administrators.guard.js';
import { administratorsMay } from './permissions.js';
import { UserAdministration } from './user-administration.js';
import { UsersService } from './users.service.js';

const TAG = 'Administration: users';
const DEFAULT_LIMIT = 100;

/** Users for administrators: find them and make them, on better-auth's wire. */
@AuthController('admin')
export class AdminUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly administered: AdministeredUsers,
    private readonly administration: UserAdministration,
    private readonly roles: UserRoles,
    private readonly log: AdministrationLog,
  ) {}

  @Get('list-users')
  @ForAdministrators('LIST_USERS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminListUsers',
    summary: 'Users, searched, filtered and sorted',
    description: '100 unless `limit` says so, from `offset` on. What there is no filter for is refused, not ignored.',
    response: UsersAnswer,
    errors: { 401: 'UNAUTHORIZED', 403: 'YOU_ARE_NOT_ALLOWED_TO_LIST_USERS', 404: 'NOT_FOUND' },
  })
  async list(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: ListUsersQuery }) query: z.infer<typeof ListUsersQuery>,
    @Req() request: GuardedRequest,
  ) {
    const { searchValue, searchField, searchOperator, sortBy, sortDirection, limit, offset } = query;
    const filter = filterIn(query);
    const found = await this.administered.list({
      ...(searchValue && { search: { field: searchField, operator: searchOperator, value: searchValue } }),
      ...(filter && { filter }),
      sort: sortBy,
      descending: sortDirection === 'desc',
      limit: limit ?? DEFAULT_LIMIT,
      offset: offset ?? 0,
    });
    this.log.note(administratorOf(principal, request), 'list-users', null);
    return { ...found, ...(limit && { limit }), ...(offset && { offset }) };
  }

  @Get('get-user')
  @ForAdministrators('GET_USER')
  @DescribeRoute({
    tag: TAG,
    id: 'adminGetUser',
    summary: 'One user',
    description: 'With roles, and whether they are banned.',
    response: AdministeredUser,
    errors: { 401: 'UNAUTHORIZED', 403: 'YOU_ARE_NOT_ALLOWED_TO_GET_USER', 404: 'USER_NOT_FOUND, NOT_FOUND' },
  })
  async get(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: GetUserQuery }) { id }: z.infer<typeof GetUserQuery>,
    @Req() request: GuardedRequest,
  ) {
    const user = await this.users.find(id);
    if (!user) throw new AuthError({ status: 404, code: 'USER_NOT_FOUND', description: 'User not found' });
    this.log.note(administratorOf(principal, request), 'get-user', id);
    return this.administered.view(user);
  }

  @Post('create-user')
  @HttpCode(200)
  @ForAdministrators('CREATE_USERS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminCreateUser',
    example: { email: 'ada@example.com', name: 'Ada Lovelace', password: 'correct horse battery staple' },
    summary: 'Create a user',
    description: 'Without a password they sign in by another way, or set one by a link. Known roles only.',
    response: UserAnswer,
    errors: {
      400: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL, INVALID_EMAIL, PASSWORD_TOO_SHORT, YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE',
      401: 'UNAUTHORIZED',
      403: 'YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS, SESSION_NOT_FRESH: with a role',
      404: 'NOT_FOUND',
    },
  })
  async create(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: CreateUserBody }) body: z.infer<typeof CreateUserBody>,
    @Req() request: GuardedRequest,
  ) {
    const { email, name, password, role, data } = body;
    if (role !== undefined) await this.administration.requireFresh(principal);
    const user = await this.administration.create(administratorOf(principal, request), {
      email,
      name,
      ...(password !== undefined && { password }),
      ...(data?.image !== undefined && { image: data.image }),
      ...(data?.emailVerified !== undefined && { emailVerified: data.emailVerified }),
      role,
    });
    return { user: await this.administered.view(user) };
  }

  @Post('has-permission')
  @HttpCode(200)
  @WithAdministrators()
  @AlsoImpersonated()
  @DescribeRoute({
    tag: TAG,
    id: 'adminHasPermission',
    example: { permissions: { user: ['ban'] } },
    summary: 'Whether the caller may do all of this with users',
    description: 'Whoever has a role of administrators may, except act as another administrator.',
    response: PermissionAnswer,
    errors: { 401: 'UNAUTHORIZED', 404: 'NOT_FOUND' },
  })
  hasPermission(
    @CurrentPrincipal() { roles }: AuthPrincipal,
    @Body({ schema: HasPermissionBody }) { permissions }: z.infer<typeof HasPermissionBody>,
  ) {
    return { error: null, success: this.roles.areOfAdministrator(roles) && administratorsMay(permissions) };
  }
}
