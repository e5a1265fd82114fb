import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What users change about themselves by links in mails, and what they are told of. */
export const OWN_ACCOUNT = {
  'account.email': 'Correo electrónico',
  'account.changeEmail': 'Cambiar el correo',
  'account.notVerified': 'Aún no se ha comprobado que este correo sea tuyo.',
  'account.verifyEmail': 'Enviar un enlace para verificarlo',
  'account.setPassword': 'Establecer una contraseña',
  'account.setPasswordAbout':
    'Aún no tienes contraseña. Si estableces una, también podrás iniciar sesión con tu correo electrónico.',
  'done.verificationSent': 'Un enlace va en camino a tu correo. Mira también en el correo no deseado.',
  'done.passwordSet': 'Tu contraseña está establecida.',
  'done.emailCancelled': 'Tu correo sigue siendo el mismo.',
  'changeEmail.title': 'Cambiar el correo electrónico',
  'changeEmail.new': 'Correo electrónico nuevo',
  'changeEmail.rule': 'Te enviamos un enlace a ese correo y otro al actual, si está verificado.',
  'changeEmail.button': 'Enviar el enlace',
  'changeEmail.pendingConfirm': 'Tu correo va a cambiar a {email}. Abre el enlace que hemos enviado a {account}.',
  'changeEmail.pendingVerify': 'Tu correo va a cambiar a {email}. Abre el enlace que hemos enviado a ese correo.',
  'changeEmail.sent':
    'Un enlace va en camino. Mira también en el correo no deseado. Tu correo cambiará cuando hayas abierto todos los enlaces.',
  'changeEmail.cancel': 'Conservar el correo actual',
  'changeEmail.confirmedTitle': 'Falta un paso',
  'changeEmail.confirmed': 'Un enlace va en camino al correo nuevo. Tu correo cambiará cuando lo abras.',
  'changeEmail.doneTitle': 'Se ha cambiado tu correo',
  'changeEmail.done': 'A partir de ahora, inicia sesión con el correo nuevo.',
  'changeEmail.failedTitle': 'No se ha cambiado el correo',
  'changeEmail.failed': 'Este enlace ya no es válido. Vuelve a pedir el cambio.',
  'changeEmail.otherUser':
    'Has iniciado sesión con otra cuenta. Inicia sesión con la cuenta cuyo correo quieres cambiar y vuelve a abrir el enlace.',
  'undoEmail.title': 'Restaura tu correo anterior',
  'undoEmail.about':
    'El correo de tu cuenta volverá a ser {email} y se cerrará la sesión en todos los dispositivos. Hazlo si no lo has cambiado tú.',
  'undoEmail.button': 'Restaurar mi correo anterior',
  'undoEmail.doneTitle': 'Se ha restaurado tu correo anterior',
  'undoEmail.done':
    'Se ha cerrado la sesión en todos los dispositivos. Puede que alguien conozca tu contraseña o lea tu correo: cambia la contraseña de tu cuenta y la de tu correo.',
  'verify.again': 'Enviar un enlace nuevo',
  'delete.sent': 'Un enlace para eliminar tu cuenta va en camino a tu correo. Hasta que lo abras, no pasará nada.',
  'delete.sentTitle': 'Mira tu correo',
  'delete.mailRule': 'Te enviamos un enlace para eliminar la cuenta.',
  'fault.EMAIL_IS_THE_SAME': 'Este ya es tu correo.',
  'fault.PASSWORD_ALREADY_SET': 'Ya tienes una contraseña.',
  'mail.changeEmail.confirmSubject': 'Confirma tu correo electrónico nuevo',
  'mail.changeEmail.confirmText': 'El correo de tu cuenta {account} va a cambiar a {email}.',
  'mail.changeEmail.confirmButton': 'Sí, cambiarlo',
  'mail.changeEmail.verifySubject': 'Verifica tu correo electrónico nuevo',
  'mail.changeEmail.verifyText': 'Confirma que {email} es tu correo y pasará a ser el de tu cuenta.',
  'mail.changeEmail.verifyButton': 'Verificar el correo',
  'mail.changeEmail.notYou':
    'Si no lo has pedido, no abras el enlace: otra persona está usando tu cuenta. Cambia tu contraseña enseguida.',
  'mail.emailChanged.text': 'El correo de tu cuenta {account} ahora es {email}.',
  'mail.emailChanged.button': 'Restaurar mi correo anterior',
  'mail.emailChanged.notYou':
    'Si no lo has cambiado tú, restáuralo con este enlace y luego establece una contraseña nueva.',
  'mail.delete.subject': 'Confirma que quieres eliminar tu cuenta',
  'mail.delete.text': 'Nos has pedido eliminar tu cuenta {account}.',
  'mail.newSignIn.subject': 'Nuevo inicio de sesión en tu cuenta',
  'mail.newSignIn.text': 'Alguien ha iniciado sesión en tu cuenta {account} desde un dispositivo nuevo: {device}.',
  'mail.newSignIn.unknown': 'Alguien ha iniciado sesión en tu cuenta {account} desde un dispositivo nuevo.',
  'mail.newSignIn.notYou':
    'Si no has sido tú, cierra la sesión en ese dispositivo y establece enseguida una contraseña nueva.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
