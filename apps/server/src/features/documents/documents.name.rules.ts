/** A title as the name of a file on any system. */
export function safeName(title: string): string {
  const plain = title.normalize("NFC").replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}<>:"|?*/\\.]/gu, " ").replaceAll(/\s+/g, " ").trim();
  return Array.from(plain).slice(0, 80).join("").trim() || "document";
}
