import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in by a link or a code that comes by mail. */
export const SIGN_IN_BY_MAIL = {
  'byMail.link': 'Recibir un enlace',
  'byMail.code': 'Recibir un código',
  'byMail.linkTitle': 'Iniciar sesión con un enlace',
  'byMail.codeTitle': 'Iniciar sesión con un código',
  'byMail.linkAbout': 'Indica tu correo electrónico. Te enviamos un enlace para iniciar sesión.',
  'byMail.codeAbout': 'Indica tu correo electrónico. Te enviamos un código para iniciar sesión.',
  'byMail.linkButton': 'Enviar el enlace',
  'byMail.codeButton': 'Enviar el código',
  'byMail.back': 'Otras formas de iniciar sesión',
  'byMail.sentTitle': 'Mira tu correo',
  'byMail.linkSent':
    'Si puedes iniciar sesión con este correo, un enlace va en camino. Ábrelo en este navegador. Mira también en el correo no deseado y, si no está, pide otro.',
  'byMail.codeSent':
    'Si puedes iniciar sesión con {account}, un código va en camino. Mira también en el correo no deseado y, si no está, pide otro.',
  'byMail.enterTitle': 'Introduce el código',
  'byMail.codeLabel': 'Código',
  'byMail.codeRule': 'Seis cifras. Después de varios códigos incorrectos tendrás que esperar.',
  'byMail.again': 'Enviar otro código',
  'byMail.confirmTitle': '¿Iniciar sesión aquí?',
  'byMail.confirm': 'Este enlace inicia sesión como {account}.',
  'byMail.confirmOther': 'Se ha pedido desde otro navegador u otra aplicación. Continúa solo si has sido tú.',
  'byMail.confirmInstead': 'Ahora tienes la sesión iniciada como {account}. Esa sesión se cerrará.',
  'byMail.confirmButton': 'Iniciar sesión como {account}',
  'fault.INVALID_OTP': 'Este código no es correcto o ya no es válido.',
  'fault.MAGIC_LINK_INVALID': 'Este enlace ya no es válido. Pide uno nuevo.',
  'mail.magicLink.subject': 'Tu enlace para iniciar sesión',
  'mail.magicLink.text': 'Alguien, esperamos que tú, quiere iniciar sesión con {account}.',
  'mail.magicLink.button': 'Iniciar sesión',
  'mail.code.signIn': 'Tu código para iniciar sesión',
  'mail.code.verify': 'Tu código para verificar tu correo',
  'mail.code.reset': 'Tu código para elegir una contraseña nueva',
  'mail.code.change': 'Tu código para cambiar tu correo',
  'mail.code.signInText': 'Alguien, esperamos que tú, quiere iniciar sesión con {account}. Este es el código:',
  'mail.code.verifyText': 'Confirma que {account} es tu correo con este código:',
  'mail.code.resetText': 'Alguien, esperamos que tú, ha pedido una contraseña nueva para {account}. Este es el código:',
  'mail.code.changeText': 'Alguien, esperamos que tú, quiere usar {account} como su correo. Este es el código:',
  'mail.code.notYou': 'Si no lo has pedido, no hagas nada y no le des el código a nadie.',
  'mail.changed.owner': 'Tu correo está verificado y se ha anulado lo que se había configurado antes',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
