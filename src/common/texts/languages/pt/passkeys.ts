import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Passkeys: on the sign-in page, in the account, and the mail about them. */
export const PASSKEYS = {
  'account.passkeys': 'Chaves de acesso',
  'passkeys.signIn': 'Entrar com uma chave de acesso',
  'passkeys.signInWithout': 'Chaves de acesso exigem JavaScript. Sem ele, entre de uma das outras formas.',
  'passkeys.use': 'Usar uma chave de acesso',
  'passkeys.useTitle': 'Confirme com uma chave de acesso',
  'passkeys.useAbout': 'Para continuar, use uma das suas chaves de acesso para mostrar que é você.',
  'passkeys.useWithout': 'Chaves de acesso exigem JavaScript. Sem ele, escolha outra forma.',
  'passkeys.otherWay': 'Entrar de outra forma',
  'passkeys.about':
    'Com uma chave de acesso, você entra usando sua impressão digital, seu rosto ou o código de desbloqueio do seu dispositivo. Nenhum outro site pode pedi-la.',
  'passkeys.none': 'Você ainda não tem nenhuma chave de acesso.',
  'passkeys.add': 'Adicionar uma chave de acesso',
  'passkeys.addWithout':
    'Adicionar uma chave de acesso exige JavaScript. Sem ele, você pode renomear e remover as que já tem e entrar como antes.',
  'passkeys.name': 'Nome',
  'passkeys.nameRule': 'Para você reconhecê-la, por exemplo, “Meu celular”.',
  'passkeys.unnamed': 'Chave de acesso sem nome',
  'passkeys.since': 'Adicionada',
  'passkeys.lastUsed': 'Último uso',
  'passkeys.never': 'Nunca',
  'passkeys.kept': 'Guardada',
  'passkeys.keptHere': 'Em um só dispositivo',
  'passkeys.keptShared': 'Nos seus dispositivos, por um gerenciador de senhas',
  'passkeys.rename': 'Renomear',
  'passkeys.remove': 'Remover',
  'passkeys.failed': 'Isso não funcionou ou foi cancelado. Tente novamente ou entre de outra forma.',
  'done.passkeyAdded': 'A chave de acesso foi adicionada.',
  'done.passkeyRemoved': 'A chave de acesso foi removida. Remova-a também do seu dispositivo ou gerenciador de senhas.',
  'fault.CHALLENGE_NOT_FOUND': 'Esta página ficou aberta por tempo demais. Carregue-a novamente.',
  'fault.FAILED_TO_VERIFY_REGISTRATION': 'Esta chave de acesso não pode ser usada aqui.',
  'fault.PREVIOUSLY_REGISTERED': 'Esta chave de acesso já foi adicionada.',
  'fault.PASSKEY_LIMIT_REACHED': 'Você já tem o número máximo de chaves de acesso. Remova uma primeiro.',
  'fault.PASSKEY_NOT_FOUND': 'Esta chave de acesso não é conhecida aqui. Talvez ela tenha sido removida da conta.',
  'fault.AUTHENTICATION_FAILED': 'Esta chave de acesso não foi aceita. Tente novamente ou entre de outra forma.',
  'fault.LAST_SIGN_IN_METHOD': 'Esta é sua única forma de entrar. Adicione outra primeiro.',
  'mail.passkeyCopied.subject': 'Alguém pode ter uma cópia da sua chave de acesso',
  'mail.passkeyCopied.text':
    'Uma entrada em {account} com sua chave de acesso “{passkey}” foi recusada: parece que se trata de uma cópia.',
  'mail.passkeyCopied.do':
    'Se você não restaurou um dispositivo a partir de um backup, remova esta chave de acesso da sua conta e adicione uma nova.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
