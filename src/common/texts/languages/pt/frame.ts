import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': 'Idioma',
  'frame.help': 'Ajuda',
  'frame.errorTitle': 'Erro: {title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': 'Sua conta',
  'frame.administration': 'Administração',
  'frame.sections': 'Seções',
  'frame.signedInAs': 'Você entrou como {account}',
  'frame.oneMoment': 'Um momento',
  'frame.continue': 'Continuar',
  'frame.goBack': 'Voltar',
  'frame.cancel': 'Cancelar',
  'frame.unknown': 'não se sabe',
  'frame.toAccount': 'Ir para sua conta',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
