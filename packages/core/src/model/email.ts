/** Has the form of an e-mail address; whether somebody reads it, only a letter can tell. */
export function isEmail(text: string): boolean {
  return text.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(text);
}
