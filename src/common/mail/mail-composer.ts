import type { MailLetter } from './mail-letter.js';
import type { MailContentMap, MailKind } from './mail.js';

/** An order to write to somebody. It holds no secret: links and codes are made when the message is sent, so that they live from then on. */
export interface MailOrder {
  readonly kind: MailKind;
  /** Whom it concerns: the id of a user, or an address that nobody may have. */
  readonly subject: string;
  /** Facts for the composer. */
  readonly facts?: Readonly<Record<string, string | null>>;
  /** Seconds after which it is no longer worth sending. */
  readonly usefulSeconds: number;
}

/** An order as its composer gets it. */
export interface DueMail extends MailOrder {
  readonly id: string;
  readonly orderedAt: Date;
  readonly facts: Readonly<Record<string, string | null>>;
}

/** A message before it is put into words. */
export interface ComposedMail<Kind extends MailKind> {
  readonly to: string;
  readonly userId: string | null;
  readonly content: MailContentMap[Kind];
  readonly letter: MailLetter;
}

/** Writes the messages of one kind. */
export interface MailComposer<Kind extends MailKind = MailKind> {
  readonly kind: Kind;
  /**
   * Looks up whom an order concerns, and makes the link or the code. Only now: a request that orders a message does the same whether or not
   * somebody has the address.
   * @returns null: there is nobody to write to, or nothing to say any more
   */
  compose(order: DueMail): Promise<ComposedMail<Kind> | null>;
}

/** All of them, as a function: they are known once every module is made. */
export const MAIL_COMPOSERS = Symbol('nest-authority:mail-composers');
