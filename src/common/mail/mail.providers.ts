import {
  Inject,
  Injectable,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { BACKGROUND_WORK } from '../background.js';
import { Database } from '../database/database.js';
import { AuthEvents } from '../events/auth-events.js';
import { Extensions } from '../extensions.js';
import { hostPart } from '../host-part.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { languagesOf } from '../options/page-options.js';
import { Readers } from '../texts/readers.js';
import { MailDeliveries } from './mail-deliveries.js';
import { MailStore } from './mail.store.js';
import type { Mail } from './mail.js';
import { Outbox } from './outbox.js';

/** Of the default theme's buttons. */
const ACCENT = { accent: '#1d4ed8', onAccent: '#ffffff' };

/** Begins with the application and ends before it, where the host has said how mail is sent. */
@Injectable()
class MailWork implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly deliveries: MailDeliveries,
    private readonly outbox: Outbox,
    @Optional() @Inject(BACKGROUND_WORK) private readonly inBackground: boolean = true,
  ) {}

  onApplicationBootstrap(): void {
    if (this.inBackground && this.outbox.isOn) this.deliveries.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.deliveries.stop();
  }
}

export const mailProviders: Provider[] = [
  {
    provide: Readers,
    useFactory: ({ pages }: CoreSettings) => new Readers(languagesOf(pages), pages.texts, pages.defaultLanguage),
    inject: [CORE_SETTINGS],
  },
  { provide: MailStore, useFactory: (database: Database) => new MailStore(database), inject: [Database] },
  {
    provide: MailDeliveries,
    useFactory: (
      store: MailStore,
      extensions: Extensions,
      moduleRef: ModuleRef,
      { mail, pages, issuerUrl }: CoreSettings,
      readers: Readers,
      events: AuthEvents,
    ) => {
      let made: Promise<Mail> | undefined;
      const look = { name: pages.name ?? issuerUrl.host, ...(pages.accent?.light ?? ACCENT) };
      const sender = () => (made ??= hostMail(moduleRef, mail!));
      return new MailDeliveries(store, () => extensions.mails, sender, readers, look, events);
    },
    inject: [MailStore, Extensions, ModuleRef, CORE_SETTINGS, Readers, AuthEvents],
  },
  {
    provide: Outbox,
    useFactory: (database: Database, store: MailStore, deliveries: MailDeliveries, { mail }: CoreSettings) =>
      new Outbox(database, store, deliveries, mail !== null),
    inject: [Database, MailStore, MailDeliveries, CORE_SETTINGS],
  },
  MailWork,
];

/** A class has its method on the prototype, where a function has none. */
async function hostMail(moduleRef: ModuleRef, given: Type<Mail> | Mail | Mail['send']): Promise<Mail> {
  const isFunction = typeof given === 'function' && typeof (given as Type<Mail>).prototype?.send !== 'function';
  return isFunction ? { send: given as Mail['send'] } : hostPart(moduleRef, given as Type<Mail> | Mail);
}
