const CONTROL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** Without the characters that steer a terminal: names and addresses are what others have written. Ends of lines stay. */
export function plain(text: string): string {
  return text.replaceAll(CONTROL, ' ');
}
