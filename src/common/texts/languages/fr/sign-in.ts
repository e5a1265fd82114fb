import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in, sign-up and what follows at once. */
export const SIGN_IN = {
  'signIn.title': 'Se connecter',
  'signIn.button': 'Se connecter',
  'signIn.toContinue': 'pour continuer vers {client}',
  'signIn.email': 'Adresse e-mail',
  'signIn.password': 'Mot de passe',
  'signIn.name': 'Nom',
  'signIn.passwordRule': { one: 'Au moins {count} caractère.', other: 'Au moins {count} caractères.' },
  'signIn.or': 'ou',
  'signIn.with': 'Continuer avec {provider}',
  'signIn.noAccount': 'Pas encore de compte\u202f? {link}',
  'signIn.haveAccount': 'Vous avez déjà un compte\u202f? {link}',
  'signUp.title': 'Créer un compte',
  'signUp.link': 'En créer un',
  'signUp.button': 'Créer un compte',
  'signedUp.title': 'Votre compte est prêt',
  'signedUp.verify': 'Confirmez votre adresse e-mail, puis connectez-vous.',
  'signedUp.signIn': 'Vous pouvez maintenant vous connecter.',
  'signedOut.title': 'Vous êtes déconnecté',
  'signedOut.text': 'Vous avez été déconnecté dans ce navigateur.',
  'signedOut.again': 'Se reconnecter',
  'notSignedIn.title': 'Aucun compte connecté',
  'notSignedIn.text': 'Aucun compte n’est connecté dans ce navigateur.',
  'signOut.title': 'Se déconnecter\u202f?',
  'signOut.button': 'Se déconnecter',
  'signOut.asks': '{client} vous demande de vous déconnecter.',
  'signOut.stay': 'Rester connecté',
  'signOut.stillOpen':
    'La session dont vous deviez être déconnecté est encore ouverte ailleurs. Déconnectez-vous aussi à cet endroit.',
  'signOut.continueTo': 'Continuer vers {place}',
  'signOut.frame': 'Déconnexion de {client}',
  'provider.going': 'Vers {provider}',
  'provider.goOn': 'Continuer sur {provider}',
  'provider.failed': 'Échec de la connexion',
  'provider.notLinked':
    'Un compte existe déjà avec votre adresse e-mail. Connectez-vous à ce compte comme d’habitude, puis associez-y cette méthode de connexion.',
  'provider.linkedElsewhere': 'Cette méthode de connexion est associée à un autre compte.',
  'provider.limit':
    'Votre compte a atteint le nombre maximal de méthodes de connexion associées. Dissociez-en une d’abord.',
  'provider.noSignUp':
    'Il n’est pas possible de créer un compte de cette façon. Connectez-vous avec un compte que vous avez déjà.',
  'provider.says': 'Message du fournisseur\u202f: «\u202f{words}\u202f»',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
