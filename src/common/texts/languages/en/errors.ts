import type { Phrase } from '../../phrase.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': 'Something went wrong',
  'error.client': 'This link or form is incomplete, or it has expired.',
  'error.clientDo': 'Go back to where you came from and start again.',
  'error.notFoundTitle': 'Page not found',
  'error.notFound': 'The address may be mistyped, or the page no longer exists.',
  'error.limitTitle': 'Too many attempts',
  'error.limit': 'Wait {time}, then try again.',
  'error.awayTitle': 'We will be right back',
  'error.away': 'Something is wrong on our side, and nothing has been lost. Try again in a moment.',
  'error.tryAgain': 'Try again',
  'error.details': 'Details for developers',
  'error.help': 'Get help',
  'fault.limit': 'Too many attempts. Wait {time}, then try again.',
  'fault.EMAIL_PASSWORD_SIGN_UP_DISABLED':
    'New accounts cannot be created here. Sign in with an account that you already have.',
  'fault.INVALID_EMAIL_OR_PASSWORD': 'The e-mail address or the password is wrong.',
  'fault.INVALID_EMAIL': 'Enter a valid e-mail address.',
  'fault.INVALID_PASSWORD': 'The password is wrong.',
  'fault.PASSWORD_TOO_SHORT': 'This password is too short.',
  'fault.PASSWORD_TOO_LONG': 'This password is too long.',
  'fault.NAME_MISSING': 'Enter your name.',
  'fault.NAME_UNSEEN': 'Enter a name with at least one visible character.',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
    'An account with this e-mail address already exists. Sign in, or use another address.',
  'fault.IMAGE_NOT_WEB': 'Enter a web address.',
  'fault.EMAIL_NOT_VERIFIED': 'Verify your e-mail address first: open the message that we have sent you.',
  'fault.SESSION_NOT_FRESH': 'Sign in again to do this.',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT': 'This is your only way to sign in. Add another one first.',
  'fault.USER_CODE_UNKNOWN': 'No device is waiting with this code. Check it, and enter it again.',
  'fault.USER_CODE_EXPIRED': 'This code has expired. Ask your device for a new one.',
  'fault.USER_CODE_DECIDED': 'This request has already been answered. Ask your device for a new code.',
  'fault.USER_CODE_NOT_OPENED': 'Enter the code once more, to see what it is for.',
  'fault.USER_CODE_OF_ANOTHER': 'This code has been opened from another account. Ask your device for a new one.',
} as const satisfies Record<string, Phrase>;
