import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in by a link or a code that comes by mail. */
export const SIGN_IN_BY_MAIL = {
  'byMail.link': 'إرسال رابط إلى بريدي',
  'byMail.code': 'إرسال رمز إلى بريدي',
  'byMail.linkTitle': 'تسجيل الدخول برابط',
  'byMail.codeTitle': 'تسجيل الدخول برمز',
  'byMail.linkAbout': 'أدخِل بريدك الإلكتروني. سنرسل إليك رابطًا لتسجيل الدخول.',
  'byMail.codeAbout': 'أدخِل بريدك الإلكتروني. سنرسل إليك رمزًا لتسجيل الدخول.',
  'byMail.linkButton': 'إرسال الرابط',
  'byMail.codeButton': 'إرسال الرمز',
  'byMail.back': 'طرق أخرى لتسجيل الدخول',
  'byMail.sentTitle': 'راجع بريدك',
  'byMail.linkSent':
    'إذا كان بإمكانك تسجيل الدخول بهذا العنوان، فالرابط في طريقه إليه. افتحه في هذا المتصفح. راجع البريد غير المرغوب فيه أيضًا، ثم اطلب رابطًا آخر.',
  'byMail.codeSent':
    'إذا كان بإمكانك تسجيل الدخول بالعنوان {account}، فالرمز في طريقه إليه. راجع البريد غير المرغوب فيه أيضًا، ثم اطلب رمزًا آخر.',
  'byMail.enterTitle': 'أدخِل الرمز',
  'byMail.codeLabel': 'الرمز',
  'byMail.codeRule': 'ستة أرقام. بعد بضع محاولات خاطئة سيكون عليك الانتظار.',
  'byMail.again': 'إرسال رمز آخر',
  'byMail.confirmTitle': 'هل تريد تسجيل الدخول هنا؟',
  'byMail.confirm': 'هذا الرابط لتسجيل الدخول باسم {account}.',
  'byMail.confirmOther': 'طُلب هذا الرابط من متصفح أو تطبيق آخر. لا تتابع إلا إذا كنت أنت من طلبه.',
  'byMail.confirmInstead': 'لقد سجّلت الدخول حاليًا باسم {account}، وسيتم تسجيل خروجك من هذا الحساب.',
  'byMail.confirmButton': 'تسجيل الدخول باسم {account}',
  'fault.INVALID_OTP': 'هذا الرمز غير صحيح أو لم يعد صالحًا.',
  'fault.MAGIC_LINK_INVALID': 'لم يعد هذا الرابط صالحًا. اطلب رابطًا جديدًا.',
  'mail.magicLink.subject': 'رابط تسجيل الدخول الخاص بك',
  'mail.magicLink.text': 'يريد شخص ما، نأمل أنه أنت، تسجيل الدخول بالعنوان {account}.',
  'mail.magicLink.button': 'تسجيل الدخول',
  'mail.code.signIn': 'رمز تسجيل الدخول الخاص بك',
  'mail.code.verify': 'رمز تأكيد عنوانك',
  'mail.code.reset': 'رمز تعيين كلمة مرور جديدة',
  'mail.code.change': 'رمز تغيير عنوانك',
  'mail.code.signInText': 'يريد شخص ما، نأمل أنه أنت، تسجيل الدخول بالعنوان {account}. هذا هو الرمز:',
  'mail.code.verifyText': 'أثبت بهذا الرمز أن {account} هو عنوانك:',
  'mail.code.resetText': 'طلب شخص ما، نأمل أنه أنت، كلمة مرور جديدة للحساب {account}. هذا هو الرمز:',
  'mail.code.changeText': 'يريد شخص ما، نأمل أنه أنت، استخدام {account} عنوانًا لحسابه. هذا هو الرمز:',
  'mail.code.notYou': 'إذا لم تطلب ذلك، فلا تفعل شيئًا، ولا تُعطِ الرمز لأحد.',
  'mail.changed.owner': 'تم تأكيد عنوانك، وأُلغي كل ما تم إعداده قبل ذلك',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
