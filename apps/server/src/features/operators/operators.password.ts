import { randomInt } from "node:crypto";

/**
 * Passwords of phones are typed with ten keys: one or two presses a letter, so the first two letters of each key count
 * (without q, which looks like g), all small, so that nothing has to be switched; no digits, which look like letters.
 */
const KEYS = ["ab", "de", "gh", "jk", "mn", "p", "tu", "wx"];
const LETTERS = KEYS.join("");
const LENGTH = 20;

/** Twenty letters, 74 bits. The same key never twice in a row: a phone would take its second press for the next letter. */
export function newPhonePassword(): string {
  let password = "";
  while (password.length < LENGTH) {
    const letter = LETTERS[randomInt(LETTERS.length)]!;
    if (keyOf(letter) !== keyOf(password.at(-1))) password += letter;
  }
  return password;
}

export const keyOf = (letter: string | undefined): string | undefined => KEYS.find((key) => letter !== undefined && key.includes(letter));
