import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': 'Algo ha salido mal',
  'error.client': 'Este enlace o formulario está incompleto o ha caducado.',
  'error.clientDo': 'Vuelve al punto de partida y empieza de nuevo.',
  'error.notFoundTitle': 'Página no encontrada',
  'error.notFound': 'Puede que la dirección esté mal escrita o que la página ya no exista.',
  'error.limitTitle': 'Demasiados intentos',
  'error.limit': 'Espera {time} y vuelve a intentarlo.',
  'error.awayTitle': 'Volvemos enseguida',
  'error.away': 'Tenemos un problema y no se ha perdido nada. Vuelve a intentarlo dentro de un momento.',
  'error.tryAgain': 'Volver a intentarlo',
  'error.details': 'Detalles para desarrolladores',
  'error.help': 'Obtener ayuda',
  'fault.limit': 'Demasiados intentos. Espera {time} y vuelve a intentarlo.',
  'fault.EMAIL_PASSWORD_SIGN_UP_DISABLED':
    'Aquí no se pueden crear cuentas nuevas. Inicia sesión con una cuenta que ya tengas.',
  'fault.INVALID_EMAIL_OR_PASSWORD': 'El correo electrónico o la contraseña no son correctos.',
  'fault.INVALID_EMAIL': 'Introduce un correo electrónico válido.',
  'fault.INVALID_PASSWORD': 'La contraseña no es correcta.',
  'fault.PASSWORD_TOO_SHORT': 'Esta contraseña es demasiado corta.',
  'fault.PASSWORD_TOO_LONG': 'Esta contraseña es demasiado larga.',
  'fault.NAME_MISSING': 'Introduce tu nombre.',
  'fault.NAME_UNSEEN': 'Introduce un nombre con al menos un carácter visible.',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
    'Ya existe una cuenta con este correo electrónico. Inicia sesión o usa otro.',
  'fault.IMAGE_NOT_WEB': 'Introduce una dirección web.',
  'fault.BANNED_USER': 'Esta cuenta está bloqueada. Contacta con el servicio de asistencia si crees que es un error.',
  'fault.EMAIL_NOT_VERIFIED': 'Verifica primero tu correo electrónico: abre el mensaje que te hemos enviado.',
  'fault.IMPERSONATED': 'Solo el propio usuario puede hacer esto.',
  'fault.SESSION_NOT_FRESH': 'Para hacer esto, vuelve a iniciar sesión.',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT': 'Es tu única forma de iniciar sesión. Añade otra primero.',
  'fault.REQUEST_ANSWERED': 'Ya has respondido a esta solicitud.',
  'fault.REQUEST_EXPIRED': 'Esta solicitud ha caducado.',
  'fault.UNKNOWN_REQUEST': 'Esta solicitud no existe o ha caducado.',
  'fault.USER_CODE_UNKNOWN': 'Ningún dispositivo está esperando con este código. Compruébalo y vuelve a introducirlo.',
  'fault.USER_CODE_EXPIRED': 'Este código ha caducado. Pide uno nuevo en tu dispositivo.',
  'fault.USER_CODE_DECIDED': 'Ya se ha respondido a esta solicitud. Pide un código nuevo en tu dispositivo.',
  'fault.USER_CODE_NOT_OPENED': 'Introduce el código otra vez para ver para qué es.',
  'fault.USER_CODE_OF_ANOTHER': 'Este código se ha abierto desde otra cuenta. Pide uno nuevo en tu dispositivo.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
