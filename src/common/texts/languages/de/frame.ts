import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': 'Sprache',
  'frame.help': 'Hilfe',
  'frame.errorTitle': 'Fehler: {title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': 'Ihr Konto',
  'frame.administration': 'Verwaltung',
  'frame.sections': 'Bereiche',
  'frame.signedInAs': 'Angemeldet als {account}',
  'frame.oneMoment': 'Einen Moment',
  'frame.continue': 'Weiter',
  'frame.goBack': 'Zurück',
  'frame.cancel': 'Abbrechen',
  'frame.unknown': 'unbekannt',
  'frame.toAccount': 'Zu Ihrem Konto',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
