import { Injectable, Module } from '@nestjs/common';
import { BACKGROUND_WORK } from '../../src/common/background.js';
import type { AuthOptions, Mail, MailMessage } from '../../src/index.js';
import { createTestApp } from '../support/app.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { askForReset, orderTo } from '../support/outbox.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

@Injectable()
class Ledger {
  readonly sent: MailMessage[] = [];
}

@Injectable()
class PostOffice implements Mail {
  constructor(private readonly ledger: Ledger) {}

  async send(message: MailMessage): Promise<void> {
    this.ledger.sent.push(message);
  }
}

const kept: MailMessage[] = [];
class Fields implements Mail {
  readonly send = async (message: MailMessage): Promise<void> => void kept.push(message);
}
const object = {
  sent: kept,
  async send(message: MailMessage): Promise<void> {
    this.sent.push(message);
  },
};
// oxlint-disable-next-line prefer-arrow-callback -- hosts write functions too
const plain = async function (message: MailMessage) {
  kept.push(message);
};

describe('what a host gives to send mail by', () => {
  it.each<[string, NonNullable<AuthOptions['mail']>, object[]]>([
    ['a class among its providers', PostOffice, [PostOffice, Ledger]],
    ['a class whose method is a field', Fields, []],
    ['an object', object, []],
    ['a function', plain, []],
    ['an arrow function', async (message) => void kept.push(message), []],
  ])('%s', async (_name, mail, providers) => {
    const host = await createTestApp({ auth: { mail }, providers });
    try {
      const sent = providers.length > 0 ? host.app.get(Ledger).sent : kept;
      sent.length = 0;
      const { email } = await signUp(host.url);
      await askForReset(host, email);
      await until('it is sent', () => sent.length === 1);
      expect(sent[0]).toMatchObject({ kind: 'reset-password', to: email, subject: 'Choose a new password' });
      expect(Object.isFrozen(sent[0])).toBe(true);
    } finally {
      await host.close();
    }
  });

  it('F22 what cannot send stops the boot', async () => {
    const mail = { sendMail: async () => undefined } as unknown as Mail;
    await expect(createTestApp({ auth: { mail } })).rejects.toThrow(/^mail: it has no send\(\)\. Give a function/);
  });

  it('T135 what is being sent when the application ends is sent, and the row goes', async () => {
    const database = await createMigratedDatabase();
    let release: (() => void) | undefined;
    const sent: string[] = [];
    const mail = async ({ to }: MailMessage) => {
      await new Promise<void>((resolve) => (release = resolve));
      sent.push(to);
    };
    const host = await createTestApp({ auth: { mail }, databaseUrl: database.url });
    const { email } = await signUp(host.url);
    await askForReset(host, email);
    await until('it is being sent', () => release !== undefined);
    const closed = host.close();
    release!();
    await closed;
    const next = await createTestApp({ auth: {}, databaseUrl: database.url });
    expect([sent, await orderTo(next, email)]).toEqual([[email], undefined]);
    await next.close();
    await database.drop();
  });

  it('a process without background work orders, and another one sends; without mail nothing is ordered', async () => {
    @Module({ providers: [{ provide: BACKGROUND_WORK, useValue: false }], exports: [BACKGROUND_WORK] })
    class NoBackground {}
    const sent: string[] = [];
    const mail = async ({ to }: MailMessage) => void sent.push(to);
    const database = await createMigratedDatabase();
    const idle = await createTestApp({
      auth: { mail },
      databaseUrl: database.url,
      imports: [{ module: NoBackground, global: true }],
    });
    const { email } = await signUp(idle.url);
    await askForReset(idle, email);
    expect([await orderTo(idle, email), sent]).toEqual([expect.objectContaining({ attempts: 0 }), []]);
    await idle.close();
    const without = await createTestApp({ auth: {}, databaseUrl: database.url });
    expect((await askForReset(without, email)).body.code).toBe('RESET_PASSWORD_DISABLED');
    expect(await orderTo(without, email)).toMatchObject({ attempts: 0 });
    await without.close();
    const working = await createTestApp({ auth: { mail }, databaseUrl: database.url });
    await until('it is sent', () => sent.length === 1);
    expect(sent).toEqual([email]);
    await working.close();
    await database.drop();
  });
});
