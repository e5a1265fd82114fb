import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': 'حدث خطأ ما',
  'error.client': 'هذا الرابط أو النموذج غير مكتمل أو انتهت صلاحيته.',
  'error.clientDo': 'عُد إلى حيث بدأت وحاوِل من جديد.',
  'error.notFoundTitle': 'الصفحة غير موجودة',
  'error.notFound': 'ربما كُتب العنوان بشكل غير صحيح، أو لم تعد الصفحة موجودة.',
  'error.limitTitle': 'محاولات كثيرة جدًا',
  'error.limit': 'الرجاء الانتظار {time} ثم المحاولة مرة أخرى.',
  'error.awayTitle': 'سنعود قريبًا',
  'error.away': 'حدثت مشكلة من جانبنا، ولم يُفقد شيء. حاوِل مرة أخرى بعد لحظات.',
  'error.tryAgain': 'إعادة المحاولة',
  'error.details': 'تفاصيل للمطورين',
  'error.help': 'الحصول على المساعدة',
  'fault.limit': 'محاولات كثيرة جدًا. الرجاء الانتظار {time} ثم المحاولة مرة أخرى.',
  'fault.EMAIL_PASSWORD_SIGN_UP_DISABLED': 'لا يمكن إنشاء حسابات جديدة هنا. سجِّل الدخول بحساب لديك بالفعل.',
  'fault.INVALID_EMAIL_OR_PASSWORD': 'البريد الإلكتروني أو كلمة المرور غير صحيحة.',
  'fault.INVALID_EMAIL': 'أدخِل بريدًا إلكترونيًا صالحًا.',
  'fault.INVALID_PASSWORD': 'كلمة المرور غير صحيحة.',
  'fault.PASSWORD_TOO_SHORT': 'كلمة المرور هذه قصيرة جدًا.',
  'fault.PASSWORD_TOO_LONG': 'كلمة المرور هذه طويلة جدًا.',
  'fault.NAME_MISSING': 'أدخِل اسمك.',
  'fault.NAME_UNSEEN': 'أدخِل اسمًا فيه حرف مرئي واحد على الأقل.',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
    'يوجد حساب بالفعل بهذا البريد الإلكتروني. سجِّل الدخول أو استخدم بريدًا آخر.',
  'fault.IMAGE_NOT_WEB': 'أدخِل عنوان ويب.',
  'fault.EMAIL_NOT_VERIFIED': 'أكِّد بريدك الإلكتروني أولًا: افتح الرسالة التي أرسلناها إليك.',
  'fault.SESSION_NOT_FRESH': 'سجِّل الدخول مرة أخرى لتنفيذ هذا الإجراء.',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT': 'هذه طريقتك الوحيدة لتسجيل الدخول. أضِف طريقة أخرى أولًا.',
  'fault.USER_CODE_UNKNOWN': 'لا يوجد جهاز ينتظر بهذا الرمز. تحقَّق منه وأدخِله مرة أخرى.',
  'fault.USER_CODE_EXPIRED': 'انتهت صلاحية هذا الرمز. اطلب رمزًا جديدًا من جهازك.',
  'fault.USER_CODE_DECIDED': 'تم الرد على هذا الطلب بالفعل. اطلب رمزًا جديدًا من جهازك.',
  'fault.USER_CODE_NOT_OPENED': 'أدخِل الرمز مرة أخرى لمعرفة الغرض منه.',
  'fault.USER_CODE_OF_ANOTHER': 'تم فتح هذا الرمز من حساب آخر. اطلب رمزًا جديدًا من جهازك.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
