import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Ways back into an account, and the mail that is sent for them. */
export const RECOVERY = {
  'recover.title': 'Contraseña olvidada',
  'recover.link': '¿Has olvidado tu contraseña?',
  'recover.about': 'Indica el correo electrónico de tu cuenta. Te enviamos un enlace para elegir una contraseña nueva.',
  'recover.button': 'Enviar el enlace',
  'recover.back': 'Volver al inicio de sesión',
  'recover.sentTitle': 'Mira tu correo',
  'recover.sent':
    'Si hay una cuenta con este correo, un enlace va en camino. Mira también en el correo no deseado y, si no está, pide otro.',
  'newPassword.title': 'Contraseña nueva',
  'newPassword.button': 'Establecer la contraseña',
  'newPassword.doneTitle': 'Tu contraseña está establecida',
  'newPassword.done': 'Ya puedes iniciar sesión con ella.',
  'newPassword.ended': 'Se ha cerrado la sesión en todos los dispositivos.',
  'link.badTitle': 'Este enlace ya no es válido',
  'link.bad': 'Ya se ha usado, ha caducado o lo ha sustituido uno más reciente.',
  'link.askAgain': 'Pedir un enlace nuevo',
  'mail.delayed': 'El correo va con retraso en este momento. El tuyo está guardado y se enviará lo antes posible.',
  'mail.notYou': 'Si no lo has pedido, no hagas nada: sin el enlace no cambia nada.',
  'mail.reset.subject': 'Elige una contraseña nueva',
  'mail.reset.text': 'Alguien, esperamos que tú, ha pedido una contraseña nueva para {account}.',
  'mail.reset.button': 'Elegir una contraseña nueva',
  'mail.verify.subject': 'Verifica tu correo electrónico',
  'mail.verify.text': 'Muestra que {account} es tu correo.',
  'mail.verify.button': 'Verificar el correo',
  'mail.taken.subject': 'Ya tienes una cuenta',
  'mail.taken.text':
    'Alguien, quizá tú, ha intentado crear una cuenta con {account}. Ya existe una: inicia sesión en ella.',
  'mail.taken.notYou': 'Si no has sido tú, no hagas nada: no ha cambiado nada.',
  'verify.title': 'Verifica tu correo',
  'verify.link': '¿No ha llegado ningún mensaje? Pide otro.',
  'verify.about': 'Indica el correo electrónico de tu cuenta. Te enviamos un enlace que muestra que es tuyo.',
  'verify.sent':
    'Si hay una cuenta cuyo correo está por verificar, un enlace va en camino. Mira también en el correo no deseado y, si no está, pide otro.',
  'fault.EMAIL_MISMATCH': 'Has iniciado sesión con otro correo.',
  'fault.PASSWORD_COMPROMISED': 'Los atacantes conocen esta contraseña. Elige otra.',
  'verified.title': 'Tu correo está verificado',
  'verified.text': 'Puedes cerrar esta ventana o continuar a tu cuenta.',
  'mail.changed.password': 'Se ha cambiado tu contraseña',
  'mail.changed.email': 'Se ha cambiado tu correo electrónico',
  'mail.changed.factor': 'Ha cambiado tu forma de iniciar sesión',
  'mail.changed.text': 'Se trata de tu cuenta {account}.',
  'mail.changed.notYou': 'Si no has sido tú, establece enseguida una contraseña nueva y avísanos.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
