import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** The second step of a sign-in: its pages, the page of the account about it, and its mail. */
export const TWO_FACTOR = {
  'challenge.title': 'Deuxième étape',
  'challenge.account': 'Vous vous connectez en tant que {account}.',
  'challenge.stepUp': 'Pour continuer en tant que {account}, confirmez que c’est bien vous.',
  'challenge.appCode': 'Code de votre application d’authentification',
  'challenge.mailCode': 'Code reçu par e-mail',
  'challenge.mailRule': 'Le code est envoyé à l’adresse de votre compte.',
  'challenge.sent': 'Un code vient d’être envoyé à l’adresse de votre compte.',
  'challenge.send': 'Recevoir un code par e-mail',
  'challenge.sendAgain': 'Recevoir un autre code',
  'challenge.backupCode': 'Code de secours',
  'challenge.backupRule':
    'L’un des codes qui vous ont été donnés lors de la configuration. Chacun n’est valable qu’une fois.',
  'challenge.useBackup': 'Utiliser un code de secours',
  'challenge.trust': 'Ne plus demander dans ce navigateur pendant {time}',
  'challenge.button': 'Continuer',
  'challenge.over': 'La connexion n’a pas abouti',
  'challenge.overText': 'Elle a pris trop de temps, ou trop de codes incorrects ont été saisis. Recommencez.',
  'factor.title': 'Connexion en deux étapes',
  'factor.about':
    'Avec la connexion en deux étapes, même une personne qui découvre votre mot de passe ne peut pas se connecter à votre place.',
  'factor.since': 'Activation',
  'factor.by': 'Méthode',
  'factor.app': 'application d’authentification',
  'factor.mail': 'codes par e-mail',
  'factor.codesLeft': 'Codes de secours restants',
  'factor.setUp': 'Configurer une application d’authentification',
  'factor.replace': 'Configurer une autre application',
  'factor.replaceAbout': 'L’application actuelle reste valable jusqu’à ce que vous ayez saisi un code de la nouvelle.',
  'factor.chooseMail': 'Utiliser des codes par e-mail',
  'factor.mailAbout':
    'Les codes par e-mail vous protègent moins\u202f: une personne qui lit vos e-mails peut aussi définir un nouveau mot de passe.',
  'factor.passwordRule': 'Pour confirmer que c’est bien vous.',
  'factor.newCodes': 'Obtenir de nouveaux codes de secours',
  'factor.newCodesAbout': 'Vos codes actuels ne seront alors plus valables.',
  'factor.remove': 'Désactiver la connexion en deux étapes',
  'factor.removeAbout': 'La première étape suffira alors pour se connecter à votre compte.',
  'factor.open': 'Ouvrir mon application d’authentification',
  'factor.openAbout':
    'Ajoutez ce compte à votre application d’authentification\u202f: ouvrez-la sur cet appareil, ou saisissez-y la clé.',
  'factor.scan':
    'Scannez ce code QR avec votre application d’authentification. Si elle se trouve sur cet appareil, ouvrez-la d’ici\u202f; vous pouvez aussi y saisir la clé.',
  'factor.picture': 'Code QR pour les applications d’authentification',
  'factor.key': 'Clé',
  'factor.codes': 'Vos codes de secours',
  'factor.codesOnce':
    'Conservez-les là où personne d’autre ne les trouvera. Chacun vous permet de vous connecter une fois, si la deuxième étape vous est impossible. Ils ne seront plus affichés.',
  'factor.confirm': 'Saisissez ensuite le code affiché par l’application.',
  'factor.confirmButton': 'Activer',
  'factor.must': 'Ce compte nécessite la connexion en deux étapes. Configurez-la pour continuer.',
  'factor.begin': 'Commencer',
  'trusted.title': 'Navigateurs de confiance',
  'trusted.about': 'La deuxième étape ne vous y est pas demandée.',
  'trusted.this': 'ce navigateur',
  'trusted.lastUsed': 'Dernière connexion',
  'trusted.until': 'Expiration',
  'trusted.forget': 'Redemander la deuxième étape',
  'done.factorOn': 'La connexion en deux étapes est activée.',
  'done.factorOff': 'La connexion en deux étapes est désactivée.',
  'done.deviceForgotten': 'Le navigateur a été retiré des navigateurs de confiance.',
  'fault.INVALID_CODE': 'Ce code est incorrect ou a déjà été utilisé. Saisissez le suivant.',
  'fault.INVALID_BACKUP_CODE': 'Ce code de secours est incorrect ou a déjà été utilisé.',
  'fault.OTP_HAS_EXPIRED': 'Ce code a expiré. Demandez-en un nouveau.',
  'fault.OTP_NOT_CONFIGURED': 'Il n’est pas possible de recevoir des codes par e-mail ici.',
  'fault.TWO_FACTOR_REQUIRED':
    'La connexion en deux étapes est obligatoire pour ce compte. Elle ne peut pas être désactivée.',
  'fault.TWO_FACTOR_NOT_ENABLED': 'La connexion en deux étapes est désactivée.',
  'mail.factor.subject': 'Votre code',
  'mail.factor.text':
    'Saisissez ce code pour vous connecter en tant que {account}. Ne le donnez à personne, même si on vous le demande.',
  'mail.factor.notYou':
    'Si vous n’êtes pas en train de vous connecter, quelqu’un connaît votre mot de passe\u202f: définissez-en un nouveau tout de suite.',
  'mail.locked.subject': 'De nombreux codes incorrects ont été saisis',
  'mail.locked.text':
    'Quelqu’un qui connaît votre mot de passe a saisi de nombreux codes incorrects pour se connecter en tant que {account}. Les codes sont refusés pendant un certain temps\u202f; vos codes de secours vous permettent toujours de vous connecter.',
  'mail.backupCode.subject': 'Un code de secours a été utilisé',
  'mail.backupCode.text': {
    one: 'Quelqu’un, vous sans doute, s’est connecté en tant que {account} avec un code de secours. Il reste {count} code.',
    other:
      'Quelqu’un, vous sans doute, s’est connecté en tant que {account} avec un code de secours. Il reste {count} codes.',
  },
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
