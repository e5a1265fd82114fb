import type { Phrase } from '../../phrase.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': 'Language',
  'frame.help': 'Help',
  'frame.errorTitle': 'Error: {title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': 'Your account',
  'frame.administration': 'Administration',
  'frame.sections': 'Sections',
  'frame.signedInAs': 'Signed in as {account}',
  'frame.oneMoment': 'One moment',
  'frame.continue': 'Continue',
  'frame.toAccount': 'Go to your account',
  'frame.goBack': 'Go back',
  'frame.cancel': 'Cancel',
  'frame.unknown': 'unknown',
} as const satisfies Record<string, Phrase>;
