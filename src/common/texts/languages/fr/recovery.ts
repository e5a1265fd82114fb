import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Ways back into an account, and the mail that is sent for them. */
export const RECOVERY = {
  'recover.title': 'Mot de passe oublié',
  'recover.link': 'Mot de passe oublié ?',
  'recover.about':
    'Indiquez l’adresse e-mail de votre compte. Nous vous envoyons un lien pour choisir un nouveau mot de passe.',
  'recover.button': 'Envoyer le lien',
  'recover.back': 'Retour à la connexion',
  'recover.sentTitle': 'Consultez votre messagerie',
  'recover.sent':
    'S’il existe un compte avec cette adresse, un lien vient d’y être envoyé. Regardez aussi parmi les courriers indésirables, puis demandez-en un autre.',
  'newPassword.title': 'Nouveau mot de passe',
  'newPassword.button': 'Définir le mot de passe',
  'newPassword.doneTitle': 'Votre mot de passe est défini',
  'newPassword.done': 'Vous pouvez maintenant l’utiliser pour vous connecter.',
  'newPassword.ended': 'Tous les appareils ont été déconnectés.',
  'link.badTitle': 'Ce lien n’est plus valable',
  'link.bad': 'Il a déjà été utilisé, a expiré ou a été remplacé par un plus récent.',
  'link.askAgain': 'Demander un nouveau lien',
  'mail.delayed': 'Les e-mails ont du retard en ce moment. Le vôtre est conservé et partira dès que possible.',
  'mail.notYou': 'Si vous n’avez rien demandé, ne faites rien : sans le lien, rien ne change.',
  'mail.reset.subject': 'Choisissez un nouveau mot de passe',
  'mail.reset.text': 'Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour {account}.',
  'mail.reset.button': 'Choisir un nouveau mot de passe',
  'mail.verify.subject': 'Confirmez votre adresse e-mail',
  'mail.verify.text': 'Montrez que {account} est votre adresse.',
  'mail.verify.button': 'Confirmer l’adresse',
  'mail.taken.subject': 'Vous avez déjà un compte',
  'mail.taken.text':
    'Quelqu’un, peut-être vous, a voulu créer un compte avec {account}. Il en existe déjà un : connectez-vous.',
  'mail.taken.notYou': 'Si ce n’était pas vous, ne faites rien : rien n’a changé.',
  'verify.title': 'Confirmez votre adresse',
  'verify.link': 'Aucun message reçu ? Demandez-en un autre.',
  'verify.about':
    'Indiquez l’adresse e-mail de votre compte. Nous vous envoyons un lien qui montre qu’elle est à vous.',
  'verify.sent':
    'S’il existe un compte dont l’adresse reste à confirmer, un lien vient d’y être envoyé. Regardez aussi parmi les courriers indésirables, puis demandez-en un autre.',
  'fault.EMAIL_MISMATCH': 'Vous êtes connecté avec une autre adresse.',
  'fault.PASSWORD_COMPROMISED': 'Ce mot de passe est connu des pirates. Choisissez-en un autre.',
  'verified.title': 'Votre adresse est confirmée',
  'verified.text': 'Vous pouvez fermer cette fenêtre ou continuer vers votre compte.',
  'mail.changed.password': 'Votre mot de passe a été modifié',
  'mail.changed.email': 'Votre adresse e-mail a été modifiée',
  'mail.changed.factor': 'Vos moyens de connexion ont été modifiés',
  'mail.changed.appAdded': 'Une application d’authentification a été configurée pour votre compte',
  'mail.changed.mailCodesAdded': 'Votre deuxième étape est désormais un code par e-mail',
  'mail.changed.factorRemoved': 'La connexion en deux étapes a été désactivée',
  'mail.changed.codesReplaced': 'Vous avez de nouveaux codes de secours',
  'mail.changed.passkeyAdded': 'Une clé d’accès a été ajoutée à votre compte',
  'mail.changed.passkeyRemoved': 'Une clé d’accès a été supprimée de votre compte',
  'mail.changed.text': 'Cela concerne votre compte {account}.',
  'mail.changed.notYou': 'Si ce n’était pas vous, définissez tout de suite un nouveau mot de passe et prévenez-nous.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
