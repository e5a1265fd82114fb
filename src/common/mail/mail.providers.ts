import {
  Inject,
  Injectable,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { BACKGROUND_WORK } from '../background.js';
import { Database } from '../database/database.js';
import { AuthEvents } from '../events/auth-events.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { languagesOf } from '../options/page-options.js';
import { Readers } from '../texts/readers.js';
import { HostMail } from './host-mail.js';
import { MAIL_COMPOSERS, type MailComposer } from './mail-composer.js';
import { MailDeliveries } from './mail-deliveries.js';
import { MailStore } from './mail.store.js';
import { Outbox } from './outbox.js';

/** Of the default theme's buttons. */
const ACCENT = { accent: '#1d4ed8', onAccent: '#ffffff' };

/** Begins with the application and ends before it, where the host has said how mail is sent. */
@Injectable()
class MailWork implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly hostMail: HostMail,
    private readonly deliveries: MailDeliveries,
    private readonly outbox: Outbox,
    @Optional() @Inject(BACKGROUND_WORK) private readonly inBackground: boolean = true,
  ) {}

  /** @throws Error when the host has given something that cannot send; stops the boot */
  async onModuleInit(): Promise<void> {
    if (this.sends) await this.hostMail.get();
  }

  onApplicationBootstrap(): void {
    if (this.sends) this.deliveries.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.deliveries.stop();
  }

  private get sends(): boolean {
    return this.inBackground && this.outbox.isOn;
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
    provide: HostMail,
    useFactory: (moduleRef: ModuleRef, { mail }: CoreSettings) => new HostMail(moduleRef, mail!),
    inject: [ModuleRef, CORE_SETTINGS],
  },
  {
    provide: MailDeliveries,
    useFactory: (
      store: MailStore,
      composers: () => readonly MailComposer[],
      hostMail: HostMail,
      { pages, issuerUrl }: CoreSettings,
      readers: Readers,
      events: AuthEvents,
    ) => {
      const look = { name: pages.name ?? issuerUrl.host, ...(pages.accent?.light ?? ACCENT) };
      return new MailDeliveries(store, composers, () => hostMail.get(), readers, look, events);
    },
    inject: [MailStore, MAIL_COMPOSERS, HostMail, CORE_SETTINGS, Readers, AuthEvents],
  },
  {
    provide: Outbox,
    useFactory: (database: Database, store: MailStore, deliveries: MailDeliveries, { mail }: CoreSettings) =>
      new Outbox(database, store, deliveries, mail !== null),
    inject: [Database, MailStore, MailDeliveries, CORE_SETTINGS],
  },
  MailWork,
];
