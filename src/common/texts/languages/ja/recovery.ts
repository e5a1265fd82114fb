import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Ways back into an account, and the mail that is sent for them. */
export const RECOVERY = {
  'recover.title': 'パスワードをお忘れの場合',
  'recover.link': 'パスワードをお忘れですか',
  'recover.about':
    'アカウントのメールアドレスを入力してください。新しいパスワードを設定するためのリンクをお送りします。',
  'recover.button': 'リンクを送信',
  'recover.back': 'ログインに戻る',
  'recover.sentTitle': 'メールをご確認ください',
  'recover.sent':
    'このアドレスのアカウントがあれば、リンクをお送りしています。迷惑メールもご確認のうえ、届かない場合はもう一度お試しください。',
  'newPassword.title': '新しいパスワード',
  'newPassword.button': 'パスワードを設定',
  'newPassword.doneTitle': 'パスワードを設定しました',
  'newPassword.done': '新しいパスワードでログインできます。',
  'newPassword.ended': 'すべての端末からログアウトしました。',
  'link.badTitle': 'このリンクは無効です',
  'link.bad': 'すでに使用されたか、期限が切れたか、新しいリンクに置き換えられています。',
  'link.askAgain': '新しいリンクを申し込む',
  'mail.delayed': '現在、メールの送信が遅れています。お客様のメールは保存されており、できるだけ早くお送りします。',
  'mail.notYou': 'お心当たりがない場合は、何もする必要はありません。リンクを開かない限り、何も変わりません。',
  'mail.reset.subject': '新しいパスワードを設定してください',
  'mail.reset.text': '{account} の新しいパスワードの申し込みがありました。',
  'mail.reset.button': '新しいパスワードを設定',
  'mail.verify.subject': 'メールアドレスを確認してください',
  'mail.verify.text': '{account} がご自身のアドレスであることを確認してください。',
  'mail.verify.button': 'アドレスを確認',
  'mail.taken.subject': 'アカウントはすでにあります',
  'mail.taken.text':
    '{account} でアカウントを作成しようとした人がいます。このアドレスのアカウントはすでにありますので、ログインしてください。',
  'mail.taken.notYou': 'お心当たりがない場合は、何もする必要はありません。何も変わっていません。',
  'verify.title': 'アドレスの確認',
  'verify.link': 'メールが届かない場合は、もう一度申し込んでください。',
  'verify.about': 'アカウントのメールアドレスを入力してください。ご自身のものであることを示すリンクをお送りします。',
  'verify.sent':
    '確認待ちのアドレスのアカウントがあれば、リンクをお送りしています。迷惑メールもご確認のうえ、届かない場合はもう一度お試しください。',
  'fault.EMAIL_MISMATCH': '別のアドレスでログインしています。',
  'fault.PASSWORD_COMPROMISED': 'このパスワードは攻撃者に知られています。別のものを選んでください。',
  'verified.title': 'アドレスを確認しました',
  'verified.text': 'この画面を閉じるか、アカウントに進んでください。',
  'mail.changed.password': 'パスワードが変更されました',
  'mail.changed.email': 'メールアドレスが変更されました',
  'mail.changed.factor': 'ログイン方法が変更されました',
  'mail.changed.text': '対象のアカウントは {account} です。',
  'mail.changed.notYou': 'お心当たりがない場合は、すぐに新しいパスワードを設定し、ご連絡ください。',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
