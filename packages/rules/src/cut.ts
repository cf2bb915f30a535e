/** The first `most` code units of a text, one less where the last would be half of a sign: no database keeps a half. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

/** The same, and a sign that there was more. */
export const shortText = (text: string, most: number): string => (text.length > most ? `${cutText(text, most)}…` : text);
