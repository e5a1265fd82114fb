import { Inject, Injectable } from '@nestjs/common';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { DEVICE_SETTINGS, type DeviceSettings } from '../device.options.js';
import { normaliseUserCode } from './user-code.js';

/** The digests under which user codes are stored and found. */
@Injectable()
export class UserCodeDigests {
  constructor(
    private readonly box: SecretBox,
    @Inject(DEVICE_SETTINGS) private readonly settings: DeviceSettings,
  ) {}

  /** @returns first the digest to store, then those under older secrets */
  of(userCode: string): readonly Buffer[] {
    return this.box.digests(userCode, 'user-code');
  }

  /** @param typed what a user typed. @returns null when it cannot be a code */
  ofTyped(typed: string): readonly Buffer[] | null {
    const code = normaliseUserCode(typed, this.settings.userCode);
    return code === null ? null : this.of(code);
  }
}
