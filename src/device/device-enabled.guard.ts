import { Inject, Injectable, type CanActivate } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { DEVICE_SETTINGS, type DeviceSettings } from './device.options.js';

/** With `device: { enabled: false }` the routes answer 404. */
@Injectable()
export class DeviceEnabledGuard implements CanActivate {
  constructor(@Inject(DEVICE_SETTINGS) private readonly settings: DeviceSettings) {}

  canActivate(): boolean {
    if (this.settings.enabled) return true;
    throw AuthError.notFound();
  }
}
