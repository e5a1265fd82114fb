import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { firstValueFrom, isObservable } from 'rxjs';
import { AuthError } from '../errors/auth-error.js';
import { hostPart } from '../host-part.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';

/**
 * Guards the routes under `/admin`, and the pages of the administration (AdministrationArea). Without `administration.guard` they do not
 * exist; with it, the host's own guard decides.
 * @throws AuthError 404 when administration is off, 403 when the host's guard refuses
 */
@Injectable()
export class AdministrationGuard implements CanActivate {
  private guard: Promise<CanActivate> | undefined;

  constructor(
    private readonly moduleRef: ModuleRef,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const given = this.requireGiven();
    this.guard ??= hostPart(this.moduleRef, given);
    const result = (await this.guard).canActivate(context);
    const allowed = isObservable(result) ? await firstValueFrom(result) : await result;
    if (!allowed) throw AuthError.forbidden('FORBIDDEN', 'Forbidden', 'the administration guard refused');
    return true;
  }

  /** @throws AuthError 404 when administration is off */
  requireGiven(): Type<CanActivate> | CanActivate {
    const given = this.settings.administrationGuard;
    if (given === null) throw AuthError.notFound();
    return given;
  }
}
