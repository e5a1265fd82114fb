import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { EmailChanges } from '../email-change/email-changes.js';
import { VerificationOrders } from '../mails/verification-orders.js';
import { OwnPasswords } from '../own-account/own-passwords.js';
import { PROFILE_FAULTS, profilePart, type ProfileModel } from './account.page.js';

export const PROFILE_PATH = '/account';

/** The first page of the account, for the routes that take its forms. */
@Injectable()
export class ProfilePages {
  constructor(
    private readonly area: AccountArea,
    private readonly ports: HostPorts,
    private readonly passwords: OwnPasswords,
    private readonly changes: EmailChanges,
    private readonly verifications: VerificationOrders,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Shows the page again with errors that the user can correct; others become an error page. */
  async trying(
    visitor: AccountVisitor,
    entered: ProfileModel['entered'],
    attempt: () => Promise<HttpReply>,
  ): Promise<HttpReply> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AuthError) || !(error.code in PROFILE_FAULTS)) throw error;
      return this.page(visitor, error, entered);
    }
  }

  /** @param done of the query: what the last form has done */
  async page(
    visitor: AccountVisitor,
    failure: AuthError | null,
    entered: ProfileModel['entered'],
    done?: string,
  ): Promise<HttpReply> {
    const users = this.ports.users.get();
    const { user } = visitor;
    const model: ProfileModel = {
      user,
      formTo: (path, content) => this.area.form(path, visitor, content),
      takesProfile: users.update !== undefined,
      password: await this.passwordOf(user.id),
      changeEmailUrl: this.changes.isOn ? this.area.urlOf('/account/email') : null,
      canVerify: this.verifications.isOn && !user.emailVerified,
      minPasswordLength: this.settings.password.minLength,
      failure,
      ...(entered && { entered }),
    };
    const content = { title: text('account.profile'), status: failure?.status ?? 200, hasFault: failure !== null };
    const self = this.area.urlOf(PROFILE_PATH);
    return this.area.page(PROFILE_PATH, visitor, { ...content, self, body: profilePart(model) }, done);
  }

  private async passwordOf(userId: string): Promise<ProfileModel['password']> {
    const { verifyPassword, preparePassword } = this.ports.users.get();
    if (!verifyPassword || !preparePassword) return null;
    return !this.passwords.areSet || (await this.passwords.has(userId)) ? 'change' : 'set';
  }
}
