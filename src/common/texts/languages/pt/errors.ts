import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': 'Algo deu errado',
  'error.client': 'Este link ou formulário está incompleto ou expirou.',
  'error.clientDo': 'Volte para onde você estava e comece de novo.',
  'error.notFoundTitle': 'Página não encontrada',
  'error.notFound': 'O endereço pode ter sido digitado incorretamente, ou a página não existe mais.',
  'error.limitTitle': 'Muitas tentativas',
  'error.limit': 'Aguarde {time} e tente novamente.',
  'error.awayTitle': 'Voltamos já',
  'error.away': 'Há um problema do nosso lado, e nada foi perdido. Tente novamente em instantes.',
  'error.tryAgain': 'Tentar novamente',
  'error.details': 'Detalhes para desenvolvedores',
  'error.help': 'Obter ajuda',
  'fault.INVALID_EMAIL_OR_PASSWORD': 'O e-mail ou a senha está incorreto.',
  'fault.INVALID_EMAIL': 'Digite um e-mail válido.',
  'fault.INVALID_PASSWORD': 'A senha está incorreta.',
  'fault.PASSWORD_TOO_SHORT': 'Esta senha é curta demais.',
  'fault.PASSWORD_TOO_LONG': 'Esta senha é longa demais.',
  'fault.NAME_MISSING': 'Digite seu nome.',
  'fault.NAME_UNSEEN': 'Digite um nome com pelo menos um caractere visível.',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL': 'Já existe uma conta com este e-mail. Entre ou use outro e-mail.',
  'fault.IMAGE_NOT_WEB': 'Digite um endereço web.',
  'fault.EMAIL_NOT_VERIFIED': 'Confirme seu e-mail primeiro: abra a mensagem que enviamos a você.',
  'fault.SESSION_NOT_FRESH': 'Entre novamente para fazer isso.',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT': 'Esta é sua única forma de entrar. Adicione outra primeiro.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
