import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': 'Langue',
  'frame.help': 'Aide',
  'frame.errorTitle': 'Erreur\u202f: {title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': 'Votre compte',
  'frame.administration': 'Administration',
  'frame.sections': 'Rubriques',
  'frame.signedInAs': 'Vous êtes connecté en tant que {account}',
  'frame.oneMoment': 'Un instant',
  'frame.continue': 'Continuer',
  'frame.goBack': 'Retour',
  'frame.cancel': 'Annuler',
  'frame.unknown': 'inconnu',
  'frame.toAccount': 'Accéder à votre compte',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
