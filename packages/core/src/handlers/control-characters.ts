/** Whether a text holds NUL, a line end, a tab or another control character of ASCII: none belongs in a name. */
export function hasControlCharacters(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
