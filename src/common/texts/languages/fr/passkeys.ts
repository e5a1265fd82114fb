import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Passkeys: on the sign-in page, in the account, and the mail about them. */
export const PASSKEYS = {
  'account.passkeys': 'Clés d’accès',
  'passkeys.signIn': 'Se connecter avec une clé d’accès',
  'passkeys.signInWithout':
    'Les clés d’accès nécessitent JavaScript. S’il est désactivé, connectez-vous d’une autre façon.',
  'passkeys.use': 'Utiliser une clé d’accès',
  'passkeys.useTitle': 'Confirmer avec une clé d’accès',
  'passkeys.useAbout': 'Pour continuer, confirmez que c’est bien vous avec l’une de vos clés d’accès.',
  'passkeys.useWithout': 'Les clés d’accès nécessitent JavaScript. S’il est désactivé, choisissez une autre méthode.',
  'passkeys.otherWay': 'Se connecter d’une autre façon',
  'passkeys.about':
    'Une clé d’accès vous permet de vous connecter avec votre empreinte digitale, votre visage ou le code de votre appareil. Aucun autre site ne peut la demander.',
  'passkeys.none': 'Vous n’avez pas encore de clé d’accès.',
  'passkeys.add': 'Ajouter une clé d’accès',
  'passkeys.addWithout':
    'L’ajout d’une clé d’accès nécessite JavaScript. S’il est désactivé, vous pouvez renommer et supprimer celles que vous avez, et vous connecter comme avant.',
  'passkeys.name': 'Nom',
  'passkeys.nameRule': 'Pour la reconnaître, par exemple «\u202fMon téléphone\u202f».',
  'passkeys.unnamed': 'Clé d’accès sans nom',
  'passkeys.since': 'Ajout',
  'passkeys.lastUsed': 'Dernière utilisation',
  'passkeys.never': 'Jamais',
  'passkeys.kept': 'Emplacement',
  'passkeys.keptHere': 'Sur un seul appareil',
  'passkeys.keptShared': 'Dans un gestionnaire de mots de passe, sur vos appareils',
  'passkeys.rename': 'Renommer',
  'passkeys.remove': 'Supprimer',
  'passkeys.failed': 'L’opération a échoué ou a été annulée. Réessayez, ou connectez-vous d’une autre façon.',
  'done.passkeyAdded': 'La clé d’accès a été ajoutée.',
  'done.passkeyRemoved':
    'La clé d’accès a été supprimée. Supprimez-la aussi de votre appareil ou de votre gestionnaire de mots de passe.',
  'fault.CHALLENGE_NOT_FOUND': 'Cette page est restée ouverte trop longtemps. Rechargez-la.',
  'fault.FAILED_TO_VERIFY_REGISTRATION': 'Cette clé d’accès ne peut pas être utilisée ici.',
  'fault.PREVIOUSLY_REGISTERED': 'Cette clé d’accès a déjà été ajoutée.',
  'fault.PASSKEY_LIMIT_REACHED': 'Vous avez atteint le nombre maximal de clés d’accès. Supprimez-en d’abord une.',
  'fault.PASSKEY_NOT_FOUND': 'Cette clé d’accès n’est pas connue ici. Elle a peut-être été supprimée du compte.',
  'fault.AUTHENTICATION_FAILED':
    'Cette clé d’accès n’a pas été acceptée. Réessayez, ou connectez-vous d’une autre façon.',
  'fault.LAST_SIGN_IN_METHOD': 'C’est votre seule méthode de connexion. Ajoutez-en d’abord une autre.',
  'mail.passkeyCopied.subject': 'Votre clé d’accès a peut-être été copiée',
  'mail.passkeyCopied.text':
    'Une connexion à {account} avec votre clé d’accès «\u202f{passkey}\u202f» a été refusée\u202f: il semble s’agir d’une copie.',
  'mail.passkeyCopied.do':
    'Si vous n’avez restauré aucun appareil à partir d’une sauvegarde, supprimez cette clé d’accès de votre compte et ajoutez-en une nouvelle.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
