import {
  applyDecorators,
  Controller,
  SetMetadata,
  UseFilters,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { OWN_ROUTES_KEY } from '../routes/auth-policy.js';
import { AuthErrorFilter } from './auth-error.filter.js';
import { MarkRoutes } from '../routes/mounted-routes.js';
import { RefuseOtherMethods } from '../routes/only-methods.decorator.js';
import { ProofGuard } from './proof.guard.js';
import { RequestGuard } from '../origins/request.guard.js';
import { AuthSchemaPipe } from '../request/schema.pipe.js';

/**
 * A controller of this project: version-neutral, mounted below the route prefix by its module, with our pipe, filter and checks. Global
 * pipes, filters and interceptors of the host do not apply to it (host-globals.ts); global guards of the host still run.
 */
export function AuthController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller({ path, version: VERSION_NEUTRAL }),
    SetMetadata(OWN_ROUTES_KEY, true),
    RefuseOtherMethods(),
    MarkRoutes(path),
    UseGuards(RequestGuard, ProofGuard),
    UsePipes(AuthSchemaPipe),
    UseFilters(AuthErrorFilter),
  );
}
