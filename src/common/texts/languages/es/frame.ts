import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': 'Idioma',
  'frame.help': 'Ayuda',
  'frame.errorTitle': 'Error: {title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': 'Tu cuenta',
  'frame.administration': 'Administración',
  'frame.sections': 'Secciones',
  'frame.signedInAs': 'Sesión iniciada como {account}',
  'frame.oneMoment': 'Un momento',
  'frame.continue': 'Continuar',
  'frame.goBack': 'Volver',
  'frame.cancel': 'Cancelar',
  'frame.unknown': 'se desconoce',
  'frame.toAccount': 'Ir a tu cuenta',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
