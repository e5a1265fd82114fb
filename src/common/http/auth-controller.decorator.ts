import {
  applyDecorators,
  Controller,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { OWN_ROUTES_KEY } from '../guards/auth-policy.js';
import { AuthErrorFilter } from './auth-error.filter.js';
import { ReplyInterceptor } from './reply.js';
import { RequestGuard } from './request.guard.js';
import { AuthSchemaPipe } from './schema.pipe.js';

/**
 * A controller of this project: version-neutral, mounted under the route prefix by its module, with our pipe, filter and checks bound to
 * it, so that the host's global ones do not change its wire.
 */
export function AuthController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller({ path, version: VERSION_NEUTRAL }),
    SetMetadata(OWN_ROUTES_KEY, true),
    UseGuards(RequestGuard),
    UsePipes(AuthSchemaPipe),
    UseInterceptors(ReplyInterceptor),
    UseFilters(AuthErrorFilter),
  );
}
