import { expect, test } from "vitest";
import { passwordFault } from "./access.password.contract.ts";
import { makePassword } from "./access.password.ts";

const names = ["ana.sokolova", "Ana Sokolova", "Linija Demo", "Ромашка"];
const faultOf = (password: string) => passwordFault(password, { names, current: "quiet river under birches" });

test.each([
  ["password_same", "quiet river under birches"],
  ["password_repeats", "aaaaaaaaaaaa"], ["password_repeats", "abcabcabcabc"], ["password_repeats", "121212121212"], ["password_repeats", "ghjcnjghjcnj"],
  ["password_sequence", "abcdefghijkl"], ["password_sequence", "123456789012"], ["password_sequence", "qwertyuiop12"], ["password_sequence", "1qaz2wsx3edc"],
  ["password_sequence", "1q2w3e4r5t6y"], ["password_sequence", "123qweasdzxc"], ["password_sequence", "йцукенгшщзхъ"],
  ["password_name", "Ana.Sokolova1987"], ["password_name", "SOKOLOVA-2026!"], ["password_name", "linija202648"], ["password_name", "Ромашка12345"],
  ["password_common", "Password1234"], ["password_common", "p@ssw0rd2026"], ["password_common", "welcomeadmin1"], ["password_common", "пароль123456"], ["password_common", "geslo-geslo-1"], ["password_common", "gfhjkm-2026-gfhjkm"],
] as const)("calls a password that many would guess what it is (R303): %s, %s", (fault, password) => {
  expect(faultOf(password)).toBe(fault);
});

test.each(["dragon monkey sunshine lamp", "correct horse battery staple", "мы едем завтра к морю", "ana bere knjige ponoči", "        k7Qx         t2", "v8#Lq0zR!p2m", "839201746582"])("asks for no kinds of characters, only that it is not guessed (R303): %s", (password) => {
  expect(faultOf(password)).toBeNull();
});

test("makes passwords that can be read aloud, are never the same, and would be taken (R303)", () => {
  const made = Array.from({ length: 500 }, makePassword);
  expect(new Set(made).size).toBe(500);
  for (const password of made) {
    expect(password).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
    expect(faultOf(password), password).toBeNull();
  }
});
