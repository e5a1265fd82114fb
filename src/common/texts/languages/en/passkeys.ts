import type { Phrase } from '../../phrase.js';

/** Passkeys: on the sign-in page, in the account, and the mail about them. */
export const PASSKEYS = {
  'account.passkeys': 'Passkeys',
  'passkeys.signIn': 'Sign in with a passkey',
  'passkeys.signInWithout': 'Passkeys need JavaScript. Without it, sign in in one of the other ways.',
  'passkeys.use': 'Use a passkey',
  'passkeys.useTitle': 'Confirm with a passkey',
  'passkeys.useAbout': 'To go on, show that it is you with one of your passkeys.',
  'passkeys.useWithout': 'Passkeys need JavaScript. Without it, choose another way.',
  'passkeys.otherWay': 'Sign in in another way',
  'passkeys.about':
    'With a passkey you sign in by your fingerprint, your face, or the code of your device. No other site can ask for it.',
  'passkeys.none': 'You have no passkey yet.',
  'passkeys.add': 'Add a passkey',
  'passkeys.addWithout':
    'Adding a passkey needs JavaScript. Without it you can rename and remove those that you have, and sign in as before.',
  'passkeys.name': 'Name',
  'passkeys.nameRule': 'By which you recognise it, such as “My phone”.',
  'passkeys.unnamed': 'Passkey without a name',
  'passkeys.since': 'Added',
  'passkeys.lastUsed': 'Last used',
  'passkeys.never': 'Never',
  'passkeys.kept': 'Kept',
  'passkeys.keptHere': 'On one device',
  'passkeys.keptShared': 'By a password manager, on your devices',
  'passkeys.rename': 'Rename',
  'passkeys.remove': 'Remove',
  'passkeys.failed': 'That did not work, or it was cancelled. Try again, or sign in in another way.',
  'done.passkeyAdded': 'The passkey has been added.',
  'done.passkeyRemoved': 'The passkey has been removed. Also remove it from your device or password manager.',
  'fault.CHALLENGE_NOT_FOUND': 'This page was open for too long. Load it again.',
  'fault.FAILED_TO_VERIFY_REGISTRATION': 'This passkey cannot be used here.',
  'fault.PREVIOUSLY_REGISTERED': 'This passkey has been added before.',
  'fault.PASSKEY_LIMIT_REACHED': 'You have as many passkeys as you can have. Remove one first.',
  'fault.PASSKEY_NOT_FOUND': 'This passkey is not known here. It may have been removed from the account.',
  'fault.AUTHENTICATION_FAILED': 'This passkey was not accepted. Try again, or sign in in another way.',
  'fault.LAST_SIGN_IN_METHOD': 'This is your only way to sign in. Add another one first.',
  'mail.passkeyCopied.subject': 'Somebody may have a copy of your passkey',
  'mail.passkeyCopied.text': 'A sign-in to {account} by your passkey “{passkey}” was refused: it seems to be a copy.',
  'mail.passkeyCopied.do':
    'If you have not restored a device from a backup, remove this passkey from your account, and add a new one.',
} as const satisfies Record<string, Phrase>;
