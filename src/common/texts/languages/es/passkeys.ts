import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Passkeys: on the sign-in page, in the account, and the mail about them. */
export const PASSKEYS = {
  'account.passkeys': 'Llaves de acceso',
  'passkeys.signIn': 'Iniciar sesión con una llave de acceso',
  'passkeys.signInWithout':
    'Las llaves de acceso necesitan JavaScript. Si no lo tienes activado, inicia sesión de otra forma.',
  'passkeys.use': 'Usar una llave de acceso',
  'passkeys.useTitle': 'Confirma con una llave de acceso',
  'passkeys.useAbout': 'Para continuar, confirma que eres tú con una de tus llaves de acceso.',
  'passkeys.useWithout': 'Las llaves de acceso necesitan JavaScript. Si no lo tienes activado, elige otra forma.',
  'passkeys.otherWay': 'Iniciar sesión de otra forma',
  'passkeys.about':
    'Una llave de acceso te permite iniciar sesión con tu huella, tu cara o el código de tu dispositivo. Ningún otro sitio puede pedirla.',
  'passkeys.none': 'Aún no tienes ninguna llave de acceso.',
  'passkeys.add': 'Añadir una llave de acceso',
  'passkeys.addWithout':
    'Para añadir una llave de acceso hace falta JavaScript. Sin él, puedes cambiar el nombre de las que tienes, eliminarlas e iniciar sesión como antes.',
  'passkeys.name': 'Nombre',
  'passkeys.nameRule': 'Algo que te ayude a reconocerla, como «Mi teléfono».',
  'passkeys.unnamed': 'Llave de acceso sin nombre',
  'passkeys.since': 'Añadida',
  'passkeys.lastUsed': 'Último uso',
  'passkeys.never': 'Nunca',
  'passkeys.kept': 'Guardada',
  'passkeys.keptHere': 'En un solo dispositivo',
  'passkeys.keptShared': 'En un gestor de contraseñas, disponible en tus dispositivos',
  'passkeys.rename': 'Cambiar nombre',
  'passkeys.remove': 'Eliminar',
  'passkeys.failed': 'No ha funcionado o se ha cancelado. Vuelve a intentarlo o inicia sesión de otra forma.',
  'done.passkeyAdded': 'Se ha añadido la llave de acceso.',
  'done.passkeyRemoved':
    'Se ha eliminado la llave de acceso. Elimínala también de tu dispositivo o de tu gestor de contraseñas.',
  'fault.CHALLENGE_NOT_FOUND': 'Esta página ha estado abierta demasiado tiempo. Vuelve a cargarla.',
  'fault.FAILED_TO_VERIFY_REGISTRATION': 'Esta llave de acceso no se puede usar aquí.',
  'fault.PREVIOUSLY_REGISTERED': 'Esta llave de acceso ya se había añadido.',
  'fault.PASSKEY_LIMIT_REACHED': 'No puedes añadir más llaves de acceso. Elimina una primero.',
  'fault.PASSKEY_NOT_FOUND': 'Esta llave de acceso no se reconoce aquí. Puede que se haya eliminado de la cuenta.',
  'fault.AUTHENTICATION_FAILED':
    'No se ha aceptado esta llave de acceso. Vuelve a intentarlo o inicia sesión de otra forma.',
  'fault.LAST_SIGN_IN_METHOD': 'Es tu única forma de iniciar sesión. Añade otra primero.',
  'mail.passkeyCopied.subject': 'Puede que alguien tenga una copia de tu llave de acceso',
  'mail.passkeyCopied.text':
    'Se ha rechazado un inicio de sesión en {account} con tu llave de acceso «{passkey}»: parece ser una copia.',
  'mail.passkeyCopied.do':
    'Si no has restaurado un dispositivo a partir de una copia de seguridad, elimina esta llave de acceso de tu cuenta y añade una nueva.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
