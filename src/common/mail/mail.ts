/**
 * What messages of each kind are about, beside what all have. Capabilities add their kinds by declaration merging.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- it is filled by declaration merging
export interface MailContentMap {}

export type MailKind = keyof MailContentMap;

/** A message with a link that does something, once. */
export interface MailLink {
  /** Holds a secret: it belongs into the mail, and nowhere else. */
  readonly url: string;
  readonly expiresAt: Date;
}

/** A message with a code to type. */
export interface MailCode {
  /** As {@link MailLink.url}. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** A message that only tells that something has happened. */
export interface MailNotice {
  readonly at: Date;
  /** Of the request that did it, as far as known. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** What every message has: the words are ready to be sent, in the language of whom it is for. */
export interface MailEnvelope {
  /** The same at each attempt to send this message: an idempotency key for your provider. */
  readonly id: string;
  /** One address, checked: give it to your provider as an address, not as part of a header. */
  readonly to: string;
  /** Null: nobody with this address is a user yet. */
  readonly userId: string | null;
  /** BCP 47 tag of the words. */
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** One message, of one of the kinds. */
export type MailMessage = {
  readonly [Kind in MailKind]: MailEnvelope & { readonly kind: Kind; readonly content: MailContentMap[Kind] };
}[MailKind];

/**
 * Sends messages. It may throw, or take longer than a minute: the message is tried again, at most 8 times within some hours, as long as it is
 * worth reading. Each attempt makes a new link or code.
 *
 * @example
 * class SmtpMail implements Mail {
 *   constructor(private readonly transport: { sendMail(mail: object): Promise<unknown> }) {}
 *   async send({ id, to, subject, text, html }: MailMessage) {
 *     await this.transport.sendMail({ messageId: `<${id}@example.com>`, to: { name: '', address: to }, subject, text, html });
 *   }
 * }
 */
export interface Mail {
  send(message: MailMessage): Promise<unknown>;
}
