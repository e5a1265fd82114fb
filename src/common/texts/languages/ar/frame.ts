import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': 'اللغة',
  'frame.help': 'المساعدة',
  'frame.errorTitle': 'خطأ: {title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': 'حسابك',
  'frame.administration': 'الإدارة',
  'frame.sections': 'الأقسام',
  'frame.signedInAs': 'تم تسجيل الدخول باسم {account}',
  'frame.oneMoment': 'لحظة من فضلك',
  'frame.continue': 'متابعة',
  'frame.goBack': 'رجوع',
  'frame.cancel': 'إلغاء',
  'frame.unknown': 'غير معروف',
  'frame.toAccount': 'الانتقال إلى حسابك',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
