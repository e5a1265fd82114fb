import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What users change about themselves by links in mails, and what they are told of. */
export const OWN_ACCOUNT = {
  'account.email': 'メールアドレス',
  'account.changeEmail': 'アドレスを変更',
  'account.notVerified': 'このアドレスはまだ確認されていません。',
  'account.verifyEmail': '確認用のリンクを送信',
  'account.setPassword': 'パスワードを設定',
  'account.setPasswordAbout':
    'パスワードはまだ設定されていません。設定すると、メールアドレスとパスワードでもログインできます。',
  'done.verificationSent': 'メールアドレスにリンクをお送りしています。迷惑メールもご確認ください。',
  'done.passwordSet': 'パスワードを設定しました。',
  'done.emailCancelled': 'アドレスの変更を取りやめました。',
  'changeEmail.title': 'メールアドレスの変更',
  'changeEmail.new': '新しいメールアドレス',
  'changeEmail.rule': 'このアドレスにリンクをお送りします。現在のアドレスが確認済みの場合は、そちらにもお送りします。',
  'changeEmail.button': 'リンクを送信',
  'changeEmail.pendingConfirm':
    'アドレスを {email} に変更する手続き中です。{account} にお送りしたリンクを開いてください。',
  'changeEmail.pendingVerify':
    'アドレスを {email} に変更する手続き中です。新しいアドレスにお送りしたリンクを開いてください。',
  'changeEmail.sent':
    'リンクをお送りしています。迷惑メールもご確認ください。すべてのリンクを開くと、アドレスが変更されます。',
  'changeEmail.cancel': '現在のアドレスのままにする',
  'changeEmail.confirmedTitle': '手続きはあと 1 つです',
  'changeEmail.confirmed': '新しいアドレスにリンクをお送りしています。リンクを開くと、アドレスが変更されます。',
  'changeEmail.doneTitle': 'アドレスを変更しました',
  'changeEmail.done': '今後は新しいアドレスでログインしてください。',
  'changeEmail.failedTitle': 'アドレスは変更されませんでした',
  'changeEmail.failed': 'このリンクは無効です。もう一度変更を申し込んでください。',
  'changeEmail.otherUser':
    '別のアカウントでログインしています。アドレスを変更するアカウントでログインし、もう一度リンクを開いてください。',
  'undoEmail.title': 'アドレスを元に戻しますか？',
  'undoEmail.about':
    'アカウントのアドレスを {email} に戻し、すべてのデバイスからログアウトします。ご自身で変更していない場合に行ってください。',
  'undoEmail.button': 'アドレスを元に戻す',
  'undoEmail.doneTitle': 'アドレスを元に戻しました',
  'undoEmail.done':
    'すべてのデバイスからログアウトしました。パスワードを知られているか、メールを読まれている可能性があります。アカウントとメールの両方に新しいパスワードを設定してください。',
  'verify.again': '新しいリンクを送信',
  'delete.sent':
    'アカウントを削除するためのリンクをメールアドレスにお送りしています。リンクを開くまでは何も起こりません。',
  'delete.sentTitle': 'メールをご確認ください',
  'delete.mailRule': 'アカウントを削除するためのリンクをメールでお送りします。',
  'fault.EMAIL_IS_THE_SAME': '現在のアドレスと同じです。',
  'fault.PASSWORD_ALREADY_SET': 'パスワードはすでに設定されています。',
  'mail.changeEmail.confirmSubject': 'メールアドレスの変更を承認してください',
  'mail.changeEmail.confirmText': 'アカウント {account} のアドレスを {email} に変更する申し込みがありました。',
  'mail.changeEmail.confirmButton': '変更を承認',
  'mail.changeEmail.verifySubject': '新しいメールアドレスを確認してください',
  'mail.changeEmail.verifyText':
    '{email} がご自身のアドレスであることを確認してください。確認すると、アカウントのアドレスになります。',
  'mail.changeEmail.verifyButton': 'アドレスを確認',
  'mail.changeEmail.notYou':
    'お心当たりがない場合は、リンクを開かないでください。ほかの人がアカウントを使用しています。すぐにパスワードを変更してください。',
  'mail.emailChanged.text': 'アカウント {account} のアドレスが {email} に変更されました。',
  'mail.emailChanged.button': 'アドレスを元に戻す',
  'mail.emailChanged.notYou':
    'お心当たりがない場合は、このリンクからアドレスを元に戻し、新しいパスワードを設定してください。',
  'mail.delete.subject': 'アカウントの削除を確認してください',
  'mail.delete.text': 'アカウント {account} の削除の申し込みがありました。',
  'mail.newSignIn.subject': 'アカウントに新しいログインがありました',
  'mail.newSignIn.text': '新しいデバイス（{device}）からアカウント {account} へのログインがありました。',
  'mail.newSignIn.unknown': '新しいデバイスからアカウント {account} へのログインがありました。',
  'mail.newSignIn.notYou':
    'お心当たりがない場合は、すぐにそのデバイスをログアウトし、新しいパスワードを設定してください。',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
