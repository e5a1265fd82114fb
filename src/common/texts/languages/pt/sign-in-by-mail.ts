import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in by a link or a code that comes by mail. */
export const SIGN_IN_BY_MAIL = {
  'byMail.link': 'Receber um link por e-mail',
  'byMail.code': 'Receber um código por e-mail',
  'byMail.linkTitle': 'Entrar com um link',
  'byMail.codeTitle': 'Entrar com um código',
  'byMail.linkAbout': 'Informe seu e-mail. Enviamos um link para você entrar.',
  'byMail.codeAbout': 'Informe seu e-mail. Enviamos um código para você entrar.',
  'byMail.linkButton': 'Enviar o link',
  'byMail.codeButton': 'Enviar o código',
  'byMail.back': 'Outras formas de entrar',
  'byMail.sentTitle': 'Veja seu e-mail',
  'byMail.linkSent':
    'Se é possível entrar com este e-mail, um link está a caminho. Abra-o neste navegador. Veja também a caixa de spam e, se não estiver lá, peça outro.',
  'byMail.codeSent':
    'Se é possível entrar com {account}, um código está a caminho. Veja também a caixa de spam e, se não estiver lá, peça outro.',
  'byMail.enterTitle': 'Digite o código',
  'byMail.codeLabel': 'Código',
  'byMail.codeRule': 'Seis dígitos. Depois de alguns códigos errados, é preciso esperar.',
  'byMail.again': 'Pedir outro código',
  'byMail.confirmTitle': 'Entrar aqui?',
  'byMail.confirm': 'Com este link, você entra como {account}.',
  'byMail.confirmOther': 'Ele foi pedido em outro navegador ou aplicativo. Continue apenas se foi você quem o pediu.',
  'byMail.confirmInstead': 'No momento, você está na conta {account} e sairá dela.',
  'byMail.confirmButton': 'Entrar como {account}',
  'fault.INVALID_OTP': 'Este código está errado ou não vale mais.',
  'fault.MAGIC_LINK_INVALID': 'Este link não vale mais. Peça um novo.',
  'mail.magicLink.subject': 'Seu link para entrar',
  'mail.magicLink.text': 'Alguém, esperamos que você, quer entrar com {account}.',
  'mail.magicLink.button': 'Entrar',
  'mail.code.signIn': 'Seu código para entrar',
  'mail.code.verify': 'Seu código para confirmar o e-mail',
  'mail.code.reset': 'Seu código para uma nova senha',
  'mail.code.change': 'Seu código para alterar o e-mail',
  'mail.code.signInText': 'Alguém, esperamos que você, quer entrar com {account}. Este é o código:',
  'mail.code.verifyText': 'Mostre com este código que {account} é o seu e-mail:',
  'mail.code.resetText': 'Alguém, esperamos que você, pediu uma nova senha para {account}. Este é o código:',
  'mail.code.changeText': 'Alguém, esperamos que você, quer usar {account} como e-mail da conta. Este é o código:',
  'mail.code.notYou': 'Se você não pediu isto, não faça nada e não passe o código a ninguém.',
  'mail.changed.owner': 'Seu e-mail foi confirmado, e o que havia sido configurado antes não vale mais',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
