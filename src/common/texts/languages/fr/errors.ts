import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': 'Une erreur s’est produite',
  'error.client': 'Ce lien ou ce formulaire est incomplet ou a expiré.',
  'error.clientDo': 'Revenez à votre point de départ et recommencez.',
  'error.notFoundTitle': 'Page introuvable',
  'error.notFound': 'L’adresse est peut-être mal saisie, ou la page n’existe plus.',
  'error.limitTitle': 'Trop de tentatives',
  'error.limit': 'Patientez {time}, puis réessayez.',
  'error.awayTitle': 'Nous revenons tout de suite',
  'error.away': 'Un problème est survenu de notre côté, et rien n’a été perdu. Réessayez dans un instant.',
  'error.tryAgain': 'Réessayer',
  'error.details': 'Détails pour les développeurs',
  'error.help': 'Obtenir de l’aide',
  'fault.limit': 'Trop de tentatives. Patientez {time}, puis réessayez.',
  'fault.EMAIL_PASSWORD_SIGN_UP_DISABLED':
    'Il n’est pas possible de créer un compte ici. Connectez-vous avec un compte que vous avez déjà.',
  'fault.INVALID_EMAIL_OR_PASSWORD': 'L’adresse e-mail ou le mot de passe est incorrect.',
  'fault.INVALID_EMAIL': 'Saisissez une adresse e-mail valide.',
  'fault.INVALID_PASSWORD': 'Le mot de passe est incorrect.',
  'fault.PASSWORD_TOO_SHORT': 'Ce mot de passe est trop court.',
  'fault.PASSWORD_TOO_LONG': 'Ce mot de passe est trop long.',
  'fault.NAME_MISSING': 'Saisissez votre nom.',
  'fault.NAME_UNSEEN': 'Saisissez un nom comportant au moins un caractère visible.',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
    'Un compte existe déjà avec cette adresse e-mail. Connectez-vous ou utilisez une autre adresse.',
  'fault.IMAGE_NOT_WEB': 'Saisissez une adresse web.',
  'fault.BANNED_USER': 'Ce compte est bloqué. Contactez l’assistance si vous pensez qu’il s’agit d’une erreur.',
  'fault.EMAIL_NOT_VERIFIED':
    'Confirmez d’abord votre adresse e-mail\u202f: ouvrez le message que nous vous avons envoyé.',
  'fault.IMPERSONATED': 'Cette action est réservée à l’utilisateur lui-même.',
  'fault.SESSION_NOT_FRESH': 'Reconnectez-vous pour effectuer cette action.',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT': 'C’est votre seule méthode de connexion. Ajoutez-en d’abord une autre.',
  'fault.REQUEST_ANSWERED': 'Vous avez déjà répondu à cette demande.',
  'fault.REQUEST_EXPIRED': 'Cette demande a expiré.',
  'fault.UNKNOWN_REQUEST': 'Cette demande est inconnue ou a expiré.',
  'fault.USER_CODE_UNKNOWN': 'Aucun appareil n’attend avec ce code. Vérifiez-le, puis saisissez-le à nouveau.',
  'fault.USER_CODE_EXPIRED': 'Ce code a expiré. Demandez-en un nouveau sur votre appareil.',
  'fault.USER_CODE_DECIDED': 'Cette demande a déjà reçu une réponse. Demandez un nouveau code sur votre appareil.',
  'fault.USER_CODE_NOT_OPENED': 'Saisissez le code encore une fois pour voir à quoi il sert.',
  'fault.USER_CODE_OF_ANOTHER':
    'Ce code a été ouvert depuis un autre compte. Demandez-en un nouveau sur votre appareil.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
