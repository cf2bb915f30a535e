const CYRILLIC: Readonly<Record<string, string>> = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "y", к: "k", л: "l", м: "m", н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "kh", ц: "ts", ч: "ch",
  ш: "sh", щ: "shch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya", є: "ye", і: "i", ї: "yi", ґ: "g", ў: "u", ђ: "dj", ј: "j", љ: "lj", њ: "nj", ћ: "c", џ: "dz", ѓ: "g", ќ: "k", ѕ: "dz",
};
const LATIN: Readonly<Record<string, string>> = { đ: "d", ł: "l", ø: "o", ß: "ss", æ: "ae", œ: "oe", ı: "i", "№": " " };

/** A name in small Latin letters that can be typed and read aloud: «Скорая помощь» → `skoraya-pomoshch`, »Žičnica Šmarna« → `zicnica-smarna`. */
export function latin(name: string, between = "-"): string {
  const plain = name.toLowerCase().normalize("NFC").replaceAll(/[\p{L}№]/gu, (letter) => CYRILLIC[letter] ?? LATIN[letter] ?? letter);
  const words = plain.normalize("NFKD").replaceAll(/\p{M}/gu, "").match(/[a-z0-9]+/g) ?? [];
  return words.join(between);
}
