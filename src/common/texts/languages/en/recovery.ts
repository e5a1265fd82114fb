import type { Phrase } from '../../phrase.js';

/** Ways back into an account, and the mail that is sent for them. */
export const RECOVERY = {
  'recover.title': 'Forgotten password',
  'recover.link': 'Forgotten your password?',
  'recover.about': 'Give the e-mail address of your account. We send you a link by which you choose a new password.',
  'recover.button': 'Send the link',
  'recover.back': 'Back to sign in',
  'recover.sentTitle': 'Look into your mail',
  'recover.sent':
    'If there is an account with this address, a link is on its way to it. Look among unwanted mail as well; then ask again.',
  'newPassword.title': 'New password',
  'newPassword.button': 'Set the password',
  'newPassword.doneTitle': 'Your password is set',
  'newPassword.done': 'You can now sign in with it. All other devices have been signed out.',
  'mail.delayed': 'Mail is delayed at the moment. Yours is kept and will be sent as soon as possible.',
  'mail.notYou': 'If you did not ask for this, do nothing: without the link nothing changes.',
  'mail.reset.subject': 'Choose a new password',
  'mail.reset.text': 'Somebody, hopefully you, has asked for a new password for {account}.',
  'mail.reset.button': 'Choose a new password',
  'mail.verify.subject': 'Verify your e-mail address',
  'mail.verify.text': 'Show that {account} is your address.',
  'mail.verify.button': 'Verify the address',
  'mail.taken.subject': 'You already have an account',
  'mail.taken.text':
    'Somebody, perhaps you, has tried to create an account with {account}. There is one: sign in to it.',
  'mail.taken.notYou': 'If it was not you, do nothing: nothing has changed.',
  'verified.title': 'Your address is verified',
  'verified.text': 'You can close this window, or go on to your account.',
  'verified.failedTitle': 'This link is no longer good',
  'verified.failed': 'It was replaced by a newer one, or has expired. Sign in to get a new one.',
  'mail.changed.password': 'Your password was changed',
  'mail.changed.email': 'Your e-mail address was changed',
  'mail.changed.factor': 'How you sign in was changed',
  'mail.changed.text': 'This concerns your account {account}.',
  'mail.changed.notYou': 'If it was not you, set a new password at once, and tell us.',
} as const satisfies Record<string, Phrase>;
