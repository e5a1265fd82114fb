import { Injectable } from '@nestjs/common';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { text } from '../../common/texts/text.js';
import { SecondFactorGate } from '../challenge/second-factor.gate.js';
import { BackupCodes } from '../factors/backup-codes.js';
import { MailCodes } from '../factors/mail-codes.js';
import { TwoFactors } from '../factors/two-factors.js';
import { Reauthentication } from '../management/reauthentication.js';
import { TwoFactorService } from '../management/two-factor.service.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import { QrCodes } from './qr-codes.js';
import { FACTOR_PATH, factorPart, type FactorModel } from './factor.parts.js';

/** What has just happened on the page. */
export type FactorEvents = Partial<Pick<FactorModel, 'made' | 'refused' | 'failure'>>;

/** Gathers what the page of the second factor shows. */
@Injectable()
export class FactorPages {
  constructor(
    private readonly area: AccountArea,
    private readonly factors: TwoFactors,
    private readonly backupCodes: BackupCodes,
    private readonly mailCodes: MailCodes,
    private readonly devices: TrustedDevices,
    private readonly gate: SecondFactorGate,
    private readonly service: TwoFactorService,
    private readonly reauthentication: Reauthentication,
    private readonly pictures: QrCodes,
  ) {}

  async of(visitor: AccountVisitor, headers: HeaderBag, happened: FactorEvents, done?: string): Promise<HttpReply> {
    const { user } = visitor;
    const { refused = null, failure = null } = happened;
    const state = await this.factors.of(user.id);
    // After a wrong code the secret is shown again, and the backup codes are not.
    const again = failure && state.pendingApp ? { secret: state.pendingApp.secret, backupCodes: [] } : null;
    const model: FactorModel = {
      formTo: (path, content) => this.area.form(path, visitor, content),
      hasPassword: await this.reauthentication.hasPassword(user),
      isOn: state.isOn,
      hasApp: state.app !== null,
      mailCodes: state.mailCodes,
      offersMail: this.mailCodes.isOn,
      verifyUrl: user.emailVerified ? null : this.area.urlOf('/account'),
      mayRemove: !(await this.gate.mustEnrol(user)),
      enabledAt: state.enabledAt,
      codesLeft: await this.backupCodes.left(user.id),
      made: happened.made ?? again,
      uriOf: (secret) => this.service.uriOf(secret, user),
      pictureOf: (uri) => this.pictures.of(uri),
      devices: (await this.devices.list(user.id)).map((row) => ({
        ...row,
        isCurrent: this.devices.isBroughtBy(row, headers),
      })),
      refused,
      failure,
    };
    const fault = refused?.error ?? failure?.error ?? null;
    const content = { title: text('factor.title'), status: fault?.status ?? 200, hasFault: fault !== null };
    return this.area.page(
      FACTOR_PATH,
      visitor,
      { ...content, self: this.area.urlOf(FACTOR_PATH), body: factorPart(model) },
      done,
    );
  }
}
