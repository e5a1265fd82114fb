import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Passkeys: on the sign-in page, in the account, and the mail about them. */
export const PASSKEYS = {
  'account.passkeys': 'مفاتيح المرور',
  'passkeys.signIn': 'تسجيل الدخول بمفتاح مرور',
  'passkeys.signInWithout': 'تحتاج مفاتيح المرور إلى JavaScript. إذا لم تكن متاحة، فسجِّل الدخول بإحدى الطرق الأخرى.',
  'passkeys.use': 'استخدام مفتاح مرور',
  'passkeys.useTitle': 'التأكيد بمفتاح مرور',
  'passkeys.useAbout': 'للمتابعة، أثبت هويتك بأحد مفاتيح المرور الخاصة بك.',
  'passkeys.useWithout': 'تحتاج مفاتيح المرور إلى JavaScript. إذا لم تكن متاحة، فاختر طريقة أخرى.',
  'passkeys.otherWay': 'تسجيل الدخول بطريقة أخرى',
  'passkeys.about':
    'يتيح لك مفتاح المرور تسجيل الدخول ببصمة إصبعك أو بوجهك أو برمز قفل جهازك. ولا يمكن لأي موقع آخر أن يطلبه.',
  'passkeys.none': 'ليس لديك أي مفتاح مرور بعد.',
  'passkeys.add': 'إضافة مفتاح مرور',
  'passkeys.addWithout':
    'تحتاج إضافة مفتاح مرور إلى JavaScript. إذا لم تكن متاحة، يمكنك إعادة تسمية مفاتيحك الحالية وإزالتها، وتسجيل الدخول كالمعتاد.',
  'passkeys.name': 'الاسم',
  'passkeys.nameRule': 'اسم يساعدك على تمييزه، مثل «هاتفي».',
  'passkeys.unnamed': 'مفتاح مرور بلا اسم',
  'passkeys.since': 'تاريخ الإضافة',
  'passkeys.lastUsed': 'آخر استخدام',
  'passkeys.never': 'لم يُستخدم بعد',
  'passkeys.kept': 'مكان الحفظ',
  'passkeys.keptHere': 'على جهاز واحد',
  'passkeys.keptShared': 'في مدير كلمات المرور، على أجهزتك',
  'passkeys.rename': 'إعادة التسمية',
  'passkeys.remove': 'إزالة',
  'passkeys.failed': 'لم ينجح ذلك، أو تم إلغاؤه. حاوِل مرة أخرى، أو سجِّل الدخول بطريقة أخرى.',
  'done.passkeyAdded': 'تمت إضافة مفتاح المرور.',
  'done.passkeyRemoved': 'تمت إزالة مفتاح المرور. أزِله أيضًا من جهازك أو من مدير كلمات المرور.',
  'fault.CHALLENGE_NOT_FOUND': 'ظلت هذه الصفحة مفتوحة لمدة طويلة. أعِد تحميلها.',
  'fault.FAILED_TO_VERIFY_REGISTRATION': 'لا يمكن استخدام مفتاح المرور هذا هنا.',
  'fault.PREVIOUSLY_REGISTERED': 'سبقت إضافة مفتاح المرور هذا.',
  'fault.PASSKEY_LIMIT_REACHED': 'لقد بلغت الحد الأقصى لعدد مفاتيح المرور. أزِل أحدها أولًا.',
  'fault.PASSKEY_NOT_FOUND': 'مفتاح المرور هذا غير معروف هنا. ربما تمت إزالته من الحساب.',
  'fault.AUTHENTICATION_FAILED': 'لم يُقبل مفتاح المرور هذا. حاوِل مرة أخرى، أو سجِّل الدخول بطريقة أخرى.',
  'fault.LAST_SIGN_IN_METHOD': 'هذه طريقتك الوحيدة لتسجيل الدخول. أضِف طريقة أخرى أولًا.',
  'mail.passkeyCopied.subject': 'قد تكون لدى شخص ما نسخة من مفتاح المرور الخاص بك',
  'mail.passkeyCopied.text': 'رُفضت محاولة تسجيل دخول إلى {account} بمفتاح المرور الخاص بك «{passkey}»: يبدو أنه نسخة.',
  'mail.passkeyCopied.do':
    'إذا لم تكن قد استعدت جهازًا من نسخة احتياطية، فأزِل مفتاح المرور هذا من حسابك، وأضِف مفتاحًا جديدًا.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
